"""The patient key: made once and private, and every file that is none is refused with a remedy."""

from pathlib import Path

import pytest

from common.errors import UsageError
from common.pseudonym import IdKind, load_pseudonymizer


def test_a_new_key_is_private_and_stays(tmp_path: Path) -> None:
    made = load_pseudonymizer(tmp_path / "made" / "key")
    assert (tmp_path / "made" / "key").stat().st_mode & 0o777 == 0o600
    assert load_pseudonymizer(tmp_path / "made" / "key", create=False) == made
    assert made(IdKind.PATIENT, "4711") != load_pseudonymizer(tmp_path / "other")(IdKind.PATIENT, "4711")


@pytest.mark.parametrize("content", [b"", b"abc", b"\xb8\xff" * 32, b"00" * 31, b"zz" * 32])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(UsageError, match="holds no patient key") as caught:
        load_pseudonymizer(tmp_path / "key")
    assert caught.value.remedy
    assert (tmp_path / "key").read_bytes() == content


def test_a_key_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: Is a directory") as caught:
        load_pseudonymizer(tmp_path)
    assert "MRSEEK_PATIENT_KEY" in caught.value.remedy


def test_without_a_key_nothing_is_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no patient key"):
        load_pseudonymizer(tmp_path / "key", create=False)
    assert not (tmp_path / "key").exists()
