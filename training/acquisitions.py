"""How simulated patients may be scanned. Light to import: the command line offers it."""

from enum import StrEnum


class Acquisitions(StrEnum):
    """How simulated patients are scanned."""

    HOSPITAL = "hospital"  # by protocols, as `mrseek phantoms` scans them
    WIDE = "wide"  # at large: `wide_studies.py`
