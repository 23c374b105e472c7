"""Fingerprints: what decides a tower's output, as plain data, in one hash."""

import hashlib
import json
from collections.abc import Mapping

Identity = Mapping[str, object]


def fingerprint_of(identity: Identity) -> str:
    """The sha256 of an identity's canonical JSON (sorted keys, no spaces), 64 hexadecimal digits.

    An identity holds plain JSON values only: names of recipes, settings, hashes of files. Floats are written by
    `repr`, which is exact.

    >>> fingerprint_of({"kind": "a", "size": 1}) == fingerprint_of({"size": 1, "kind": "a"})
    True
    >>> fingerprint_of({"size": 1}) == fingerprint_of({"size": 2})
    False
    """
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
