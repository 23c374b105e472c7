"""What the manifest's words mean in mrseek's vocabulary: the key to measuring header normalisation against it.

Where the manifest says more or less than one value can, every value that a reader would call right is listed. A blank
cell means that the source does not say: it is not counted.
"""

from collections.abc import Callable

from indexer.header.numbers import parse_age, parse_field_strength
from indexer.header.region import within
from indexer.header.region_names import Region
from indexer.records import SeriesHeader

# manifest sequence -> sequence classes that are right for it
SEQUENCES: dict[str, tuple[str, ...]] = {
    "T1": ("T1",),
    "T1 SE": ("T1",),
    "T1-EPI": ("T1",),
    "T1 post-contrast": ("T1",),
    "T1 GRE post-contrast": ("T1",),
    "T1 GRE (10 deg)": ("T1",),
    "T1 GRE (5 deg)": ("T1",),
    "T1 VIBE fat-sat dynamic (MPR)": ("T1", "DCE"),
    "T2": ("T2",),
    "T2 TSE": ("T2",),
    "T2*": ("T2*",),
    "PD": ("PD",),
    "PD (VIBE)": ("PD",),
    "FLAIR": ("FLAIR",),
    "DWI": ("DWI",),
    "DTI": ("DWI",),
    "DWI/DTI": ("DWI",),
    "DWI (trace)": ("DWI",),
    "DWI (calculated high b)": ("DWI",),
    "DWI b1400": ("DWI",),
    "DWI b0 (S0)": ("DWI",),
    "ADC": ("ADC",),
    "FA (DTI)": ("FA",),
    "BOLD fMRI": ("BOLD",),
    "BOLD fMRI (EPI)": ("BOLD",),
    "BOLD reference": ("BOLD",),
    "BOLD-derived (ALF)": ("BOLD",),
    "ASL": ("ASL",),
    "ASL M0": ("ASL",),
    "ASL perfusion-weighted": ("ASL", "perfusion"),
    "rCBF (ASL)": ("CBF",),
    "DCE dynamic T1": ("DCE",),
    "MT": ("MT",),
    "MT on (GRE)": ("MT",),
    "MT off (GRE)": ("MT",),
    "fieldmap magnitude (GRE)": ("fieldmap",),
    "fieldmap phase (GRE)": ("fieldmap",),
    "localizer": ("localizer",),
    "cine (short axis)": ("cine",),
    "phase contrast (phase image)": ("phase contrast",),
    "dual-echo GRE (in/out of phase)": ("dual echo",),
    "multi-echo SE (T2 map), echo 1": ("T2 map",),
    "multi-echo SE (T2 map), echo 6": ("T2 map",),
    "GRE magnitude for SWI": ("SWI", "T2*"),
    "multi-echo GRE magnitude": ("T2*",),
    "multi-echo GRE phase": ("T2*",),
}

# manifest anatomy -> regions that are right for it
REGIONS: dict[str, tuple[Region, ...]] = {
    "head": (Region.BRAIN,),
    "abdomen (liver)": (Region.LIVER,),
    "abdomen (liver/spleen)": (Region.LIVER,),
}
PLANES = {
    "3D (near-isotropic)": "3d",
    "multi-plane (axial/coronal/sagittal)": "multi",
    "coronal (oblique)": "coronal",
    "sagittal (oblique)": "sagittal",
}
MANUFACTURERS = {"SIEMENS": "Siemens", "Siemens Healthineers": "Siemens", "Siemens": "Siemens", "GENESIS_SIGNA": "GE"}
MANUFACTURERS |= {"GE MEDICAL SYSTEMS": "GE", "GE Medical Systems": "GE", "UIH": "UIH", "Philips": "Philips"}
MANUFACTURERS |= {"Philips Medical Systems": "Philips", "Hitachi Medical Corporation": "Fujifilm"}

Row = dict[str, str]


def right_regions(row: Row) -> tuple[Region, ...]:
    """The regions that are right for a row, none where its anatomy is blank."""
    anatomy = row["anatomy"]
    return REGIONS.get(anatomy) or ((Region(anatomy),) if anatomy else ())


def is_related(region: str | None, right: tuple[Region, ...]) -> bool:
    """Whether a region is right, or holds or refines a right one."""
    return region is not None and any(within(Region(region), one) or within(one, Region(region)) for one in right)


def _region(header: SeriesHeader, row: Row) -> bool | None:
    right = right_regions(row)
    return header.region.value in right if right else None


def _related_region(header: SeriesHeader, row: Row) -> bool | None:
    right = right_regions(row)
    return is_related(header.region.value, right) if right else None


def _sequence(header: SeriesHeader, row: Row) -> bool | None:
    return header.sequence.value in SEQUENCES[row["sequence"]] if row["sequence"] else None


def _plane(header: SeriesHeader, row: Row) -> bool | None:
    return header.plane.value == PLANES.get(row["plane"], row["plane"]) if row["plane"] else None


def _contrast(header: SeriesHeader, row: Row) -> bool | None:
    """A series is post-contrast where the manifest names an agent, "post-contrast" or a dynamic contrast series."""
    if not row["sequence"]:
        return None
    given = bool(row["contrast_agent"]) or "post-contrast" in row["sequence"] or row["sequence"].startswith("DCE")
    return bool(header.contrast.value) == given


def _field_strength(header: SeriesHeader, row: Row) -> bool | None:
    stated = parse_field_strength(row["field_strength_T"])
    return header.field_strength_t.value == stated if stated else None


def _manufacturer(header: SeriesHeader, row: Row) -> bool | None:
    return header.manufacturer.value == MANUFACTURERS[row["manufacturer"]] if row["manufacturer"] else None


def _age(header: SeriesHeader, row: Row) -> bool | None:
    stated = parse_age(row["age"])
    return header.age_years.value == stated if stated is not None else None


def _sex(header: SeriesHeader, row: Row) -> bool | None:
    return header.sex.value == row["sex"] if row["sex"] else None


# Column -> whether a header is right for a row; None where the manifest does not say.
COLUMNS: dict[str, Callable[[SeriesHeader, Row], bool | None]] = {
    "sequence": _sequence,
    "region": _region,
    "region, or part or whole of it": _related_region,
    "plane": _plane,
    "contrast": _contrast,
    "field strength": _field_strength,
    "manufacturer": _manufacturer,
    "age": _age,
    "sex": _sex,
}
