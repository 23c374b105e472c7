"""Pseudonyms: what stands for a patient, a study, a series or a report in everything that leaves the catalog.

A pseudonym is HMAC-SHA256 of the natural identifier under a secret key, cut to 64 bits: the same identifier has the
same pseudonym in every collection made under the same key, and nobody without the key can try identifiers until one
fits (hospital numbers are few). The key lives *outside* the collection, so that a collection can be handed on without
it: `$MRSEEK_PATIENT_KEY` (a file), else `~/.config/mrseek/patient.key`, made at first use with mode 0600. Collections
carry its fingerprint only.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from common.errors import StorageError, UsageError

_KEY_BYTES = 32


class IdKind(StrEnum):
    """What a pseudonym stands for; its first letters show in the pseudonym itself."""

    PATIENT = "pat"
    STUDY = "stu"
    SERIES = "ser"
    REPORT = "rep"


@dataclass(frozen=True, slots=True)
class Pseudonymizer:
    """Turns natural identifiers into pseudonyms under one secret key."""

    key: bytes

    @property
    def fingerprint(self) -> str:
        """Which key this is, without saying anything about it: 16 hexadecimal digits."""
        return hmac.new(self.key, b"mrseek key fingerprint", hashlib.sha256).hexdigest()[:16]

    def __call__(self, kind: IdKind, *natural: str) -> str:
        """The pseudonym of a natural identifier: the kind, a dash, 16 hexadecimal digits.

        >>> Pseudonymizer(b"0" * 32)(IdKind.PATIENT, "4711")
        'pat-22e29ff20358f796'
        """
        message = "\x1f".join((kind.value, *natural)).encode()
        return f"{kind.value}-{hmac.new(self.key, message, hashlib.sha256).hexdigest()[:16]}"

    def __repr__(self) -> str:
        return f"Pseudonymizer(fingerprint={self.fingerprint!r})"


def key_file() -> Path:
    """Where the key is kept: `$MRSEEK_PATIENT_KEY`, else `mrseek/patient.key` in the user's configuration folder."""
    named = os.environ.get("MRSEEK_PATIENT_KEY")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "mrseek" / "patient.key"


def load_pseudonymizer(path: Path | None = None, *, create: bool = True) -> Pseudonymizer:
    """The pseudonymizer of the key in `path` (default: `key_file()`); with `create`, a new key where there is none.

    Raises:
        UsageError: there is no key and `create` is false, or the file cannot be read or holds no key.
        StorageError: the key file cannot be made.
    """
    path = path or key_file()
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        if not create:
            raise UsageError(
                f"There is no patient key at {path}.",
                remedy="Set MRSEEK_PATIENT_KEY to the key file under which this collection was made.",
            ) from None
        text = _create_key(path)
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise UsageError(
            f"The patient key {path} cannot be read: {error.strerror}.",
            remedy="Give yourself the right to read it, or name another file with MRSEEK_PATIENT_KEY.",
        ) from error
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise UsageError(
            f"{path} holds no patient key: expected {2 * _KEY_BYTES} hexadecimal digits.",
            remedy="Name the right file with MRSEEK_PATIENT_KEY.",
        )
    return Pseudonymizer(key)


def _create_key(path: Path) -> str:
    """Makes a key; when two processes race, both return the one that landed first."""
    text = secrets.token_hex(_KEY_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as stream:
                stream.write(text + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            os.link(partial, path)  # fails where a key exists: the first one wins, and is whole
        except FileExistsError:
            pass
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"Cannot make the patient key {path}: {error.strerror}.",
            remedy="Set MRSEEK_PATIENT_KEY to a file in a folder that you can write to.",
        ) from error
    return path.read_text().strip()
