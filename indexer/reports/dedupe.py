"""Which reports say the same: a hash of the text with white space and case folded."""

import hashlib


def folded_text_hash(text: str) -> str:
    r"""Hexadecimal sha256 of a text, the same whatever its line breaks, spaces and capitals.

    >>> folded_text_hash("No  acute\ninfarct.") == folded_text_hash("no acute infarct. ")
    True
    """
    return hashlib.sha256(" ".join(text.split()).casefold().encode("utf-8", "surrogatepass")).hexdigest()
