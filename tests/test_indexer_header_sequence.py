"""Sequence class and role: one table for each rule, with the cases that the rule must refuse."""

import pytest

from indexer.header.role import ROLES
from indexer.header.sequence_names import (
    BIDS_SUFFIXES,
    IMAGE_TYPES,
    IMPLIED_SEQUENCES,
    SAID_SEQUENCES,
    SEQUENCES,
    SequenceClass,
)
from indexer.header.text import normal_form
from tests.header_cases import header_of

SPIN_ECHO = {"ScanningSequence": "SE"}
GRADIENT_ECHO = {"ScanningSequence": "GR"}


@pytest.mark.parametrize(
    ("description", "sequence"),
    [
        # Siemens
        ("t1_mprage_sag_p2_iso", "T1"),
        ("t2_tse_tra_320_p2", "T2"),
        ("t2_localizer", "localizer"),
        ("AAHScout_MPR_cor", "localizer"),
        ("t2_tirm_tra_dark-fluid", "FLAIR"),
        ("t2_tirm_cor", "STIR"),
        ("ep2d_diff_tra_DYNDIST", "DWI"),
        ("ep2d_diff_3scan_trace_p2_ADC", "ADC"),
        ("ep2d_bold_moco_p2", "BOLD"),
        ("SWI_Images", "SWI"),
        ("Mag_Images", "T2*"),
        ("gre_field_mapping", "fieldmap"),
        ("tof_fl3d_tra_p2_multi-slab", "MRA"),
        ("ep2d_perf_p2", "DSC"),
        ("Twist_dynamic_TT=8.0s", "DCE"),
        ("fl3d_vibe_pre_flip_2deg_PD", "PD"),
        ("t1_vibe_fs_tra_bh_dyn", "T1"),
        ("t2_space_dark-fluid_sag", "FLAIR"),
        ("t2starmap_images", "T2* map"),
        ("pcasl_2d_m0", "ASL"),
        ("tgse_pcasl_3d", "ASL"),
        ("relCBF", "CBF"),
        ("de_high-res_psir", None),
        # GE
        ("Ax T2 FLAIR", "FLAIR"),
        ("Sag BRAVO", "T1"),
        ("3D ASL", "ASL"),
        ("Ax SWAN", "SWI"),
        ("FSE PD AXIAL OBL", "PD"),
        ("Axial EPI-FMRI (Interleaved I to S)", "BOLD"),
        ("3-Plane Loc", "localizer"),
        ("Apparent Diffusion Coefficient (mm?/s)", "ADC"),
        ("Fractional Aniso.", "FA"),
        ("LAVA dyn", "DCE"),
        ("T2MAP", "T2 map"),
        # Philips
        ("Survey_BH", "localizer"),
        ("sDIR_TSE", None),
        ("DUAL/ADRENA", "dual echo"),
        ("mDIXON-W", "dual echo"),
        ("SSh_DWI FAST", "DWI"),
        ("T2W/UTSE/RC$", "T2"),
        ("WIP Ax_localiser_BH", "localizer"),
        ("VEN_BOLD", "BOLD"),
        # glued, foreign, research
        ("t2tsesag", "T2"),
        ("ep2ddifftraDYNDISTADC", "ADC"),
        ("CINESAX", "cine"),
        ("anat-T1w_acq-tfl", "T1"),
        ("dti_tra_dir16_AP", "DWI"),
        ("Übersicht", "localizer"),
        ("Repérage", "localizer"),
        ("Protonendichte sag", "PD"),
        ("Angiographie TOF", "MRA"),
        ("MOLLI native", "T1 map"),
        ("sag t2*", "T2*"),
        ("t2s_uncropped", "T2*"),
        ("GRE-MT1", "MT"),
        ("mtoff", "MT"),
        ("rs_fMRI_run2", "BOLD"),
        ("2D PC flow venc 120", "phase contrast"),
        ("LGE short axis", "LGE"),
        ("MRCP thick slab", "MRCP"),
        ("DSC perfusion", "DSC"),
        ("MTT", "perfusion"),
        # words that must not be misread
        ("T12 vertebra", None),
        ("Ax 5 FA 15", None),
        ("carotid TWIST angio", "MRA"),
        ("relaxation", None),
        ("facet", None),
    ],
)
def test_series_descriptions(description: str, sequence: str | None) -> None:
    header = header_of(description)
    assert header.sequence.value == sequence
    if sequence:
        assert header.sequence.raw == description


def test_fa_means_fractional_anisotropy_only_beside_diffusion() -> None:
    assert header_of("ep2d_diff_MDDW_12dir_FA").sequence.value == "FA"
    assert header_of("t1_vibe FA 15").sequence.value == "T1"


def test_a_protocol_name_speaks_where_the_description_does_not() -> None:
    found = header_of("marked lesion<MPR Collection>", ProtocolName="t1_vibe_fs_tra_bh").sequence
    assert (found.value, found.raw, found.rule, found.confidence) == ("T1", "t1_vibe_fs_tra_bh", "protocol-name", 0.8)


def test_the_description_goes_before_the_protocol() -> None:
    assert header_of("ADC", ProtocolName="PRO DCE W_T1 MAPPING").sequence.value == "ADC"


@pytest.mark.parametrize(
    ("image_type", "sequence"),
    [
        (r"DERIVED\PRIMARY\DIFFUSION\ADC\DIS2D", "ADC"),
        (r"DERIVED\PRIMARY\DIFFUSION\FA\ND", "FA"),
        (r"DERIVED\PRIMARY\DIFFUSION\TRACEW\ND", "DWI"),
        (r"DERIVED\PRIMARY\PERFUSION\ASL\RELCBF\ND", "CBF"),
        (r"DERIVED\PRIMARY\ASL\SUBTRACTION", "ASL"),
        (r"ORIGINAL\PRIMARY\DIFFUSION\NONE", "DWI"),
    ],
)
def test_image_type_states_what_the_picture_is(image_type: str, sequence: str) -> None:
    found = header_of("t2_something", ImageType=image_type).sequence
    assert (found.value, found.rule, found.confidence) == (sequence, "image-type", 1.0)


def test_a_plain_image_type_decides_nothing() -> None:
    assert header_of("", ImageType=r"ORIGINAL\PRIMARY\M\ND\NORM").sequence.value is None
    assert header_of("Ax_localiser", ImageType=r"ORIGINAL\PRIMARY\T1\NONE").sequence.value == "localizer"


@pytest.mark.parametrize(
    ("entities", "sequence", "role"),
    [
        ({"suffix": "T1w"}, "T1", "anatomical"),
        ({"suffix": "FLAIR"}, "FLAIR", "anatomical"),
        ({"suffix": "bold", "task": "rest"}, "BOLD", "functional"),
        ({"suffix": "sbref", "task": "rest"}, "BOLD", "functional"),
        ({"suffix": "sbref", "dir": "AP"}, "DWI", "diffusion"),
        ({"suffix": "dwi"}, "DWI", "diffusion"),
        ({"suffix": "phasediff"}, "fieldmap", "fieldmap"),
        ({"suffix": "epi"}, "fieldmap", "fieldmap"),
        ({"suffix": "asl"}, "ASL", "perfusion"),
        ({"suffix": "MTS", "mt": "on"}, "MT", "anatomical"),
        ({"suffix": "T2starw"}, "T2*", "anatomical"),
    ],
)
def test_bids_suffixes(entities: dict[str, str], sequence: str, role: str) -> None:
    header = header_of("", entities=entities)
    assert (header.sequence.value, header.role.value, header.sequence.rule) == (sequence, role, "bids-suffix")


@pytest.mark.parametrize(
    ("guess", "sequence"),
    [
        (["anat", "_acq-tfl3_run-5_T1w"], "T1"),
        (["func", "_dir-AP_bold"], "BOLD"),
        (["discard", "_T1w"], None),
        ("T1w", None),
    ],
)
def test_dcm2niix_guesses(guess: object, sequence: str | None) -> None:
    assert header_of("", sidecar={"BidsGuess": guess}).sequence.value == sequence


@pytest.mark.parametrize(
    ("name", "sequence"),
    [
        ("*ep_b50_800", "DWI"),
        ("ep_b800t", "DWI"),
        ("epi_dti", "DWI"),
        ("*epfid2d1_64", "BOLD"),
        ("*fl2d1_v120in", "phase contrast"),
        ("*fm2d2r", "fieldmap"),
        ("*tfl3d1_16ns", "T1"),
        ("*h2d1_205", "T2"),
        ("*spcir_278ns", "FLAIR"),
        ("*swi3d1r", "SWI"),
        ("*tse2d1_25", None),
        ("*fl3d1", None),
        ("fse", None),
    ],
)
def test_sequence_names(name: str, sequence: str | None) -> None:
    found = header_of("", SequenceName=name).sequence
    assert found.value == sequence
    assert found.confidence == (0.5 if sequence else 0.0)


@pytest.mark.parametrize(
    ("contrast", "sequence"),
    [("DIFFUSION", "DWI"), ("FLUID_ATTENUATED", "FLAIR"), ("T2_STAR", "T2*"), ("UNKNOWN", None)],
)
def test_acquisition_contrast(contrast: str, sequence: str | None) -> None:
    assert header_of("", AcquisitionContrast=contrast).sequence.value == sequence


@pytest.mark.parametrize(
    ("kind", "tr", "te", "ti", "sequence"),
    [
        ("SE", 500, 12, 0, "T1"),
        ("SE", 4000, 100, 0, "T2"),
        ("SE", 2300, 22, 0, "PD"),
        ("SE", 9000, 120, 2500, "FLAIR"),
        ("SE", 4000, 60, 160, "STIR"),
        ("SE", 1500, 50, 0, None),
        ("GR", 2300, 3, 900, "T1"),
        ("GR", 600, 20, 0, "T2*"),
        ("GR", 8.6, 4.1, 0, "T1"),
        ("GR", 235, 11, 0, None),
        ("EP", 3000, 30, 0, None),
        (r"EP\GR", 3000, 30, 0, "BOLD"),
    ],
)
def test_echo_and_repetition_times(kind: str, tr: float, te: float, ti: float, sequence: str | None) -> None:
    times = {"RepetitionTime": str(tr), "EchoTime": str(te), "InversionTime": str(ti)}
    found = header_of("", ScanningSequence=kind, SequenceVariant=r"SK\SP", **times).sequence
    assert found.value == sequence
    assert found.rule == ("te-tr" if sequence else "")


@pytest.mark.parametrize(
    ("path", "sequence", "rule"),
    [
        ("case7/flair.nii.gz", "FLAIR", "name"),
        ("case7/T1w.nii.gz", "T1", "name"),
        ("t2_tse/0001", "T2", "folder-name"),
        ("swi_study/mag.nii.gz", "SWI", "folder-name"),
        ("a/mag.nii.gz", "T2*", "magnitude-phase-name"),
        ("fetal/run1.nii.gz", "T2", "usual-for-fetus"),
        ("case7/image.nii.gz", None, ""),
    ],
)
def test_names_of_files_and_folders(path: str, sequence: str | None, rule: str) -> None:
    found = header_of("", path=path).sequence
    assert (found.value, found.rule) == (sequence, rule)


@pytest.mark.parametrize(
    ("description", "tags", "role"),
    [
        ("t2_localizer", {}, "localizer"),
        ("ADC", {}, "map"),
        ("T1 mapping", {}, "map"),
        ("ep2d_bold", {}, "functional"),
        ("DCE", {}, "perfusion"),
        ("t1_mprage", {}, "anatomical"),
        ("t1 MPR Collection", {"ImageType": r"DERIVED\SECONDARY\MPR"}, "derived"),
        ("TOF MIP", {}, "derived"),
        ("exam", {}, None),
    ],
)
def test_roles(description: str, tags: dict[str, str], role: str | None) -> None:
    assert header_of(description, **tags).role.value == role
    assert role is None or role in ROLES


def test_vocabularies_are_in_the_form_in_which_texts_are_read() -> None:
    for names in (*SAID_SEQUENCES.values(), *IMPLIED_SEQUENCES.values()):
        for phrase in names:
            assert normal_form(phrase) == f" {phrase} ", phrase


def test_every_sequence_class_can_be_reached() -> None:
    reachable = {*SAID_SEQUENCES, *IMPLIED_SEQUENCES, *BIDS_SUFFIXES.values(), *IMAGE_TYPES.values()}
    assert reachable == set(SequenceClass)
    assert len(SEQUENCES) == len(set(SEQUENCES))
