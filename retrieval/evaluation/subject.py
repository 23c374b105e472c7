"""What was evaluated, by name and hash, and whether two collections may be compared patient by patient."""

import hashlib
import json
from typing import TYPE_CHECKING

from common.errors import UsageError
from retrieval.evaluation.results import Subject

if TYPE_CHECKING:
    from retrieval.collection import Collection


def subject_of(collection: "Collection") -> Subject:
    """A collection's snapshot."""
    manifest = collection.manifest
    hashes = {name: entry.sha256 for name, entry in sorted(manifest.files.items())}
    return Subject(
        name=collection.path.resolve().name,
        snapshot=manifest.snapshot,
        content=hashlib.sha256(json.dumps(hashes).encode()).hexdigest(),
        encoder=manifest.encoder.name,
        fingerprint=manifest.encoder.fingerprint,
        code_version=manifest.code_version,
        series=manifest.counts.series,
        reports=manifest.counts.reports,
    )


def check_patient_keys(first: "Collection", second: "Collection", *, allow_same_patient: bool) -> None:
    """Refuses two collections whose pseudonyms were made under different keys: nobody can tell who is in both.

    Raises:
        UsageError: they differ, and the caller did not say that the same patient may be found.
    """
    same = first.manifest.patient_key_fingerprint == second.manifest.patient_key_fingerprint
    if same or allow_same_patient:
        return
    raise UsageError(
        "The two collections have pseudonyms under different keys: a patient who is in both cannot be recognised, and "
        "so cannot be excluded.",
        remedy="Index both under one key (`$MRSEEK_PATIENT_KEY`), or say that the same patient may be found: "
        "`--allow-same-patient`.",
    )
