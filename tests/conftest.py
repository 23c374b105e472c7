"""What every test may use: the real series where they are, and a patient key that is nobody's."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared" / "data"

# Set before any worker process starts, so that the whole suite works under one throw-away key.
os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session", autouse=True)
def patient_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A patient key for the session; the user's own is never touched."""
    path = tmp_path_factory.mktemp("key") / "patient.key"
    before = os.environ.get("MRSEEK_PATIENT_KEY")
    os.environ["MRSEEK_PATIENT_KEY"] = str(path)
    yield path
    if before is None:
        del os.environ["MRSEEK_PATIENT_KEY"]
    else:
        os.environ["MRSEEK_PATIENT_KEY"] = before


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the 111 real series; skips where it is not."""
    if not (SHARED / "manifest.csv").exists():
        pytest.skip("the real series of ../shared/data are not here")
    return SHARED
