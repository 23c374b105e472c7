"""Tokens that tell whether something changed: cheap ones over file times, exact ones over bytes."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.atomic import sha256_of_file
from indexer.records import FileStat, FoundSeries


def token_of(*parts: object) -> str:
    """The sha256 of plain values, 64 hexadecimal digits: equal values, equal token."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def stat_token(files: Iterable[FileStat]) -> str:
    """Stands for places, sizes and times of files: while it stays, their bytes are taken to be the same."""
    return token_of([(file.path, file.size_bytes, file.mtime_ns) for file in files])


def metadata_token(found: FoundSeries) -> str:
    """Stands for everything that an inventory says of a series except its files' times."""
    return token_of(
        found.kind,
        found.key,
        found.path,
        found.patient_key,
        found.study_key,
        found.accession,
        dict(found.tags),
        dict(found.entities),
        dict(found.extra),
    )


def content_hash(files: Sequence[Path]) -> str:
    """Stands for the bytes of a series, wherever its files lie and whatever they are called: 64 hexadecimal digits.

    Raises:
        OSError: a file cannot be read.
    """
    return token_of(sorted(sha256_of_file(file) for file in files))


def array_hash(array: NDArray[np.float32]) -> str:
    """Stands for an array's shape and values, 64 hexadecimal digits."""
    digest = hashlib.sha256(str(array.shape).encode())
    digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def text_hash(text: str) -> str:
    """Stands for a text as the text tower sees it, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
