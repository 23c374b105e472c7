"""The errors of mrseek, one tree.

    MrseekError                 exit 1   base: everything that mrseek raises on purpose
    |-- UsageError              exit 2   the caller asked for something that cannot be done as asked
    |   |-- FilterError                  a --where expression that is not one boolean expression over known columns
    |   |-- NotFoundError                a series, report, collection or encoder that is not there
    |   `-- MissingExtraError            an optional package is not installed
    |-- SourceError             exit 1   something in the user's archive cannot be read
    |   |-- VolumeError                  a series whose voxels cannot be decoded
    |   `-- ReportError                  a report table or folder that cannot be read
    |-- StorageError            exit 1   the disk is full, the folder is read-only, another writer holds the lease
    `-- IntegrityError          exit 4   a collection that is damaged, or that another encoder made
        `-- EncoderMismatchError

Exit 3 (`EXIT_PARTIAL`) is no error: the work is done as far as it could be, and what could not be is listed.

A message has three parts: what came, what was expected, what to do next. The last part is `remedy`, so that the
command line and the ledger can show it on a line of its own. Messages never hold a patient's name, id, date of birth
or report text.
"""

EXIT_PARTIAL = 3


class MrseekError(Exception):
    """Base of every error that mrseek raises on purpose.

    Attributes:
        remedy: what the reader can do next, one sentence; empty where the message says it all.
        exit_code: what the command line exits with.
    """

    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def __reduce__(self) -> tuple[object, tuple[type["MrseekError"], str, str]]:
        # The default pickling drops keyword arguments, and these errors travel from worker processes.
        return _rebuild, (type(self), self.message, self.remedy)


def _rebuild(kind: type[MrseekError], message: str, remedy: str) -> MrseekError:
    return kind(message, remedy=remedy)


class UsageError(MrseekError):
    """The caller asked for something that cannot be done as asked."""

    exit_code = 2


class FilterError(UsageError):
    """A filter that is not one boolean expression over the known columns."""


class NotFoundError(UsageError):
    """A series, report, collection or encoder that is not there."""


class MissingExtraError(UsageError):
    """An optional package that is not installed; the remedy is the line to type."""


class SourceError(MrseekError):
    """Something in the user's archive cannot be read."""


class VolumeError(SourceError):
    """A series whose voxels cannot be decoded."""


class ReportError(SourceError):
    """A report table or folder that cannot be read."""


class StorageError(MrseekError):
    """The disk is full, the folder is read-only, or another writer holds the lease."""


class IntegrityError(MrseekError):
    """A collection that is damaged; nothing is answered from it."""

    exit_code = 4


class EncoderMismatchError(IntegrityError):
    """A collection whose vectors another encoder made."""
