"""Headers that were never read from a file: all that nobody states is unknown, what is stated is certain."""

from typing import TypeVar

from indexer.records import Derived, Geometry, SeriesHeader

T = TypeVar("T", str, bool, float)


def stated(value: T | None, rule: str) -> Derived[T]:
    """A value that somebody knows for certain; None and "" are not known.

    >>> stated("knee", "made").confidence, stated("", "made").value, stated(False, "made").value
    (1.0, None, False)
    """
    return Derived() if value is None or value == "" else Derived(value, rule=rule, confidence=1.0)


def silent_header(geometry: Geometry) -> SeriesHeader:
    """The header of a series of which nothing is known but its grid: to be replaced field by field."""
    return SeriesHeader(
        modality="MR",
        sequence=Derived(),
        plane=Derived(),
        region=Derived(),
        role=Derived(),
        contrast=Derived(),
        fat_sat=Derived(),
        side=Derived(),
        age_years=Derived(),
        sex=Derived(),
        study_date="",
        manufacturer=Derived(),
        model="",
        field_strength_t=Derived(),
        tr_ms=None,
        te_ms=None,
        ti_ms=None,
        flip_angle_deg=None,
        b_value=None,
        slice_thickness_mm=None,
        series_description="",
        protocol="",
        study_description="",
        body_part="",
        site="",
        geometry=geometry,
    )
