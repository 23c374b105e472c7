"""Region, plane, contrast, fat saturation, side: tables, with what to refuse."""

import pytest

from indexer.header.region import within
from indexer.header.region_names import PARENTS, REGIONS, SAID_REGIONS, Region
from indexer.header.text import normal_form
from indexer.records import Geometry
from tests.header_cases import BODY, CORD_COLUMN, HEAD, HEAD_SLICES, header_of

# --- region ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body_part", "region"),
    [
        ("BRAIN", "brain"),
        ("HEAD", "brain"),
        ("CSPINE", "cervical spine"),
        ("TSPINE", "thoracic spine"),
        ("LSPINE", "lumbar spine"),
        ("SPINE", "spine"),
        ("ABDOMEN", "abdomen"),
        ("ABDOMENPELVIS", "abdomen"),
        ("PROSTATE", "prostate"),
        ("HEART", "heart"),
        ("KNEE", "knee"),
        ("EXTREMITY", "leg"),
        ("WHOLEBODY", "whole body"),
        ("UNKNOWN", None),
    ],
)
def test_body_part_examined(body_part: str, region: str | None) -> None:
    found = header_of("", BodyPartExamined=body_part).region
    assert found.value == region
    assert found.confidence == (1.0 if region else 0.0)


@pytest.mark.parametrize(
    ("description", "region"),
    [
        ("MR Schädel nativ", "brain"),
        ("MRT Kopf", "brain"),
        ("IRM cérébrale", "brain"),
        ("Irm encéphale", "brain"),
        ("IRM du genou gauche", "knee"),
        ("MRT Knie rechts", "knee"),
        ("MR prostaat kanker detectie", "prostate"),
        ("LWS sag", "lumbar spine"),
        ("HWS", "cervical spine"),
        ("rachis lombaire", "lumbar spine"),
        ("Rachis cervical", "cervical spine"),
        ("C-SPINE", "cervical spine"),
        ("MR L SPINE WO", "lumbar spine"),
        ("t2_lumbar", "lumbar spine"),
        ("MRI Abd Leber", "liver"),
        ("Oberschenkel", "upper leg"),
        ("Becken", "pelvis"),
        ("Schulter li", "shoulder"),
        ("poignet droit", "wrist"),
        ("Sprunggelenk", "ankle"),
        ("CINESAX", "heart"),
        ("4ch cine", "heart"),
        ("Mamma", "breast"),
        ("fetal haste", "fetus"),
        ("fetal brain haste", "fetal brain"),
        ("Moelle épinière", "spinal cord"),
        ("chronic stroke t1", "brain"),
        ("glioma follow up", "brain"),
        ("MS lesions", "brain"),
        ("pituitary dyn", "pituitary"),
        # refused: a part of a joint, the patient's position, milliseconds, words inside words
        ("femoral head AVN", None),
        ("head first supine", None),
        ("te 90 ms", None),
        ("heading", None),
        ("t2_tse_sag", None),
    ],
)
def test_regions_in_descriptions(description: str, region: str | None) -> None:
    assert header_of(description).region.value == region


@pytest.mark.parametrize(
    ("body_part", "tags", "region", "rule", "confidence"),
    [
        ("EXTREMITY", {"SeriesDescription": "KNEE sag pd"}, "knee", "series-description-refines-body-part", 0.8),
        ("ABDOMEN", {"StudyDescription": "abdomen^liver"}, "liver", "study-description-refines-body-part", 0.8),
        ("PROSTATE", {"StudyDescription": "PELVIS W/O CONT"}, "prostate", "body-part", 1.0),
        ("BRAIN", {"StudyDescription": "SPINE AND BRAIN"}, "brain", "body-part", 1.0),
        ("BRAIN", {"SeriesDescription": "t2 knee sag"}, "knee", "series-description-over-body-part", 0.5),
        ("LSPINE", {"SeriesDescription": "t2 sag HWS"}, "cervical spine", "series-description-over-body-part", 0.5),
    ],
)
def test_body_part_against_descriptions(
    body_part: str, tags: dict[str, str], region: str, rule: str, confidence: float
) -> None:
    found = header_of(tags.get("SeriesDescription", ""), BodyPartExamined=body_part, **_others(tags)).region
    assert (found.value, found.rule, found.confidence) == (region, rule, confidence)


def _others(tags: dict[str, str]) -> dict[str, str]:
    return {keyword: value for keyword, value in tags.items() if keyword != "SeriesDescription"}


@pytest.mark.parametrize(
    ("coil", "region"),
    [("32Ch Head", "brain"), ("HD TR Knee PA", "knee"), ("8CARDIAC", "heart"), ("HeadNeck_64", None), ("BODY", None)],
)
def test_coils(coil: str, region: str | None) -> None:
    assert header_of("t2_tse", ReceiveCoilName=coil).region.value == region


@pytest.mark.parametrize(
    ("description", "entities", "geometry", "region", "rule"),
    [
        ("flair", {}, BODY, "brain", "usual-for-sequence"),
        ("ep2d_bold", {}, BODY, "brain", "usual-for-sequence"),
        ("asl", {}, BODY, "brain", "usual-for-sequence"),
        ("bold", {}, CORD_COLUMN, "spinal cord", "column-shaped"),
        ("dwi", {}, CORD_COLUMN, "spinal cord", "column-shaped"),
        ("flair", {}, CORD_COLUMN, None, ""),
        ("", {"suffix": "T1w"}, BODY, "brain", "bids-anatomical"),
        ("t1", {}, HEAD, "brain", "head-sized"),
        ("t2", {}, HEAD_SLICES, "brain", "head-sized"),
        ("t2", {}, BODY, None, ""),
        ("", {}, HEAD, None, ""),
    ],
)
def test_what_is_usual_decides_last_and_at_low_confidence(
    description: str, entities: dict[str, str], geometry: Geometry, region: str | None, rule: str
) -> None:
    found = header_of(description, entities=entities, geometry=geometry).region
    assert (found.value, found.rule) == (region, rule)
    assert found.confidence == (0.5 if region else 0.0)


def test_only_the_path_inside_the_archive_is_read() -> None:
    assert header_of("t2", path="prostate/case1/t2.nii.gz").region.rule == "folder-name"
    assert header_of("t2", path="prostate/case1/t2.nii.gz").region.value == "prostate"


def test_regions_nest_without_circles() -> None:
    for region in REGIONS:
        assert within(Region(region), Region(region))
    assert all(not within(parent, child) for child, parent in PARENTS.items())


def test_every_region_has_names_in_the_form_in_which_texts_are_read() -> None:
    assert set(SAID_REGIONS) == set(Region)
    owners: dict[str, Region] = {}
    for region, names in SAID_REGIONS.items():
        for phrase in names:
            assert normal_form(phrase) == f" {phrase} ", phrase
            assert owners.setdefault(phrase, region) is region, phrase


# --- plane ----------------------------------------------------------------------------------------------------------


def test_the_geometry_decides_the_plane() -> None:
    found = header_of("t2_tse_sag").plane
    assert (found.value, found.rule, found.confidence) == ("axial", "geometry", 1.0)


@pytest.mark.parametrize(
    ("orientation", "plane"),
    [
        (r"1\0\0\0\1\0", "axial"),
        (r"1\0\0\0\0\-1", "coronal"),
        (r"0\1\0\0\0\-1", "sagittal"),
        (r"0.99\0.03\0.02\-0.03\0.99\-0.01", "axial"),
        (r"1\0\0", "3d"),
        ("", "3d"),
    ],
)
def test_slices_acquired_one_by_one_have_a_plane_though_isotropic(orientation: str, plane: str) -> None:
    tags = {"MRAcquisitionType": "2D", "ImageOrientationPatient": orientation}
    assert header_of("ep2d_bold", geometry=HEAD, **tags).plane.value == plane
    assert header_of("t1_mprage", geometry=HEAD, **{**tags, "MRAcquisitionType": "3D"}).plane.value == "3d"


@pytest.mark.parametrize(
    ("description", "volumes", "plane"),
    [("t2_localizer", 3, "multi"), ("t2_loc sag", 1, "axial"), ("3-plane loc", 1, "multi"), ("localizer", 1, "axial")],
)
def test_localizers_in_several_planes(description: str, volumes: int, plane: str) -> None:
    geometry = Geometry((256, 256, 5), (2.0, 2.0, 6.0), "axial", 0.0, 5, 6.0, 2.0, volumes)
    assert header_of(description, geometry=geometry).plane.value == plane


@pytest.mark.parametrize(
    ("description", "plane"),
    [
        ("t2 tra", "axial"),
        ("T2 koronar", "coronal"),
        ("coupe coronale", "coronal"),
        ("sagittale", "sagittal"),
        ("t2", None),
    ],
)
def test_words_decide_where_the_geometry_is_unknown(description: str, plane: str | None) -> None:
    unknown = Geometry((1, 1, 1), (1.0, 1.0, 1.0), "", 0.0, 1, 1.0, 1.0, 1)
    assert header_of(description, geometry=unknown).plane.value == plane


# --- contrast -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "contrast"),
    [
        ("T1 POST GAD", True),
        ("t1_se_tra post KM", True),
        ("t1_tse_tra_KM", True),
        ("T1 nach KM", True),
        ("sag 3d gre +c", True),
        ("Ax T1 C+", True),
        ("Ax T1 +Gd", True),
        ("T1 après injection", True),
        ("T1 gado", True),
        ("t1c", True),
        ("t1post", True),
        ("T1 Post", True),
        ("FLAIR post", True),
        ("CE-MRA carotids", True),
        ("DCE", True),
        ("PRE contrast T1", False),
        ("precontrast", False),
        ("T1 pre", False),
        ("noncontrast", False),
        ("non-contrast T1", False),
        ("T1 w/o contrast", False),
        ("T1 without contrast", False),
        ("T1 ohne KM", False),
        ("T1 nativ", False),
        ("T1 sans injection", False),
        ("T1", None),
        ("T1 post op", None),
        ("T1 post-processing", None),
        ("ep2d_bold post", None),
        ("pcasl post label delay", None),
        ("T1 with and without contrast", None),
        ("T1 pre/post", None),
    ],
)
def test_contrast_in_words(description: str, contrast: bool | None) -> None:
    assert header_of(description).contrast.value is contrast


@pytest.mark.parametrize(
    ("agent", "contrast"),
    [("11 ml Omniscan", True), ("Magnevist", True), ("NONE", False), ("no", False), ("n/a", False), ("", None)],
)
def test_the_agent_states_contrast(agent: str, contrast: bool | None) -> None:
    found = header_of("t1", ContrastBolusAgent=agent).contrast
    assert found.value is contrast
    assert found.confidence == (0.0 if contrast is None else 1.0)


def test_contrast_of_bids_and_of_studies() -> None:
    assert header_of("", entities={"suffix": "T1w", "ce": "gadolinium"}).contrast.value is True
    assert header_of("t1", StudyDescription="MR BRAIN W/O CONT").contrast.value is False
    assert header_of("t1", StudyDescription="MR BRAIN W/WO").contrast.value is None
    assert header_of("t1", StudyDescription="MR BRAIN WITH CONTRAST").contrast.value is None


# --- fat saturation, side ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "tags", "fat_sat"),
    [
        ("pd_tse_fs_sag", {}, True),
        ("T2 SPAIR", {}, True),
        ("t1 fat sat", {}, True),
        ("pdfs", {}, True),
        ("STIR cor", {}, True),
        ("t1_tse", {"ScanOptions": r"PFP\FS"}, True),
        ("t1_tse", {"ScanOptions": r"PFP\SAT1"}, None),
        ("t1_tse", {"SpectrallySelectedSuppression": "FAT"}, True),
        ("t1_tse", {"SpectrallySelectedSuppression": "NONE"}, False),
        ("T1 no fs", {}, False),
        ("T1 non fat sat", {}, False),
        ("t1_tse", {}, None),
    ],
)
def test_fat_saturation(description: str, tags: dict[str, str], fat_sat: bool | None) -> None:
    assert header_of(description, **tags).fat_sat.value is fat_sat


@pytest.mark.parametrize(
    ("description", "tags", "side"),
    [
        ("KNEE LEFT", {}, "left"),
        ("Knie rechts", {}, "right"),
        ("genou gauche", {}, "left"),
        ("R knee pd", {}, "right"),
        ("knee", {"Laterality": "L"}, "left"),
        ("left wrist", {"ImageLaterality": "R"}, "right"),
        ("knees bilateral left right", {}, None),
        ("brain left stroke", {}, None),
        ("epi RL brain", {}, None),
        ("knee", {}, None),
    ],
)
def test_sides(description: str, tags: dict[str, str], side: str | None) -> None:
    assert header_of(description, **tags).side.value == side
