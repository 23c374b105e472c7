"""Why a file or folder of an archive is no series: a few stable sentences, so that thousands can be counted."""

from enum import StrEnum


class SkipReason(StrEnum):
    """What `SkippedFile.reason` may say."""

    NOT_MR = "The modality is not MR."
    NOT_AN_IMAGE = "A DICOM object that holds no image (report, presentation state, key object, raw data, document)."
    SEGMENTATION = "A segmentation, not a scan."
    DICOMDIR = "A DICOMDIR: the files that it lists are read themselves."
    DUPLICATE = "The same instance (SOPInstanceUID) is already in its series."
    MASK = "A mask or label map, not a scan."
    OTHER_DATATYPE = "A BIDS image of another modality than MRI."
    DERIVATIVES = "Derivatives of a BIDS dataset are left out; index that folder as a source of its own to have them."
    SOURCEDATA = "Source data of a BIDS dataset are left out, they are the same scans; index that folder by itself."
    UNREADABLE_FOLDER = "The folder cannot be opened."
    LINKED_TWICE = "A link to a folder that is read already."
    BROKEN_LINK = "A link to a file that is not there (for git-annex: `git annex get` fetches it)."
    ODD_NAME = "The name is not valid UTF-8."
    UNKNOWN_ROW = "A row of the table that no series matches."
    SECOND_ROW = "A row of the table for a series that another row describes already."
