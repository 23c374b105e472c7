"""The sequence classes and the words that name them, most telling first."""

from enum import StrEnum
from types import MappingProxyType

from indexer.header.text import by_name, phrases


class SequenceClass(StrEnum):
    """What kind of picture a series holds, in the words that radiologists use."""

    T1 = "T1"
    T2 = "T2"
    T2_STAR = "T2*"  # gradient echo with T2* weighting, and multi-echo gradient echo
    PD = "PD"
    FLAIR = "FLAIR"
    STIR = "STIR"
    DIR = "DIR"  # double inversion recovery
    SWI = "SWI"
    QSM = "QSM"
    DWI = "DWI"  # diffusion-weighted and diffusion tensor source images, trace images, calculated b-values
    ADC = "ADC"
    FA = "FA"
    DIFFUSION_MAP = "diffusion map"  # mean, axial or radial diffusivity, kurtosis, eigenvector colours
    BOLD = "BOLD"
    ASL = "ASL"  # label, control, difference and M0 images
    DSC = "DSC"
    DCE = "DCE"
    CBF = "CBF"  # absolute or relative
    CBV = "CBV"
    PERFUSION = "perfusion"  # perfusion-weighted, or a map of transit time, where no more is said
    MT = "MT"
    FIELDMAP = "fieldmap"
    CINE = "cine"
    LGE = "LGE"
    TAGGING = "tagging"
    PHASE_CONTRAST = "phase contrast"
    MRA = "MRA"
    MRV = "MRV"
    MRCP = "MRCP"
    DUAL_ECHO = "dual echo"  # in and out of phase, Dixon, proton density with T2
    BSSFP = "bSSFP"
    T1_MAP = "T1 map"
    T2_MAP = "T2 map"  # multi-echo spin echo for T2 mapping too
    T2_STAR_MAP = "T2* map"
    SPECTROSCOPY = "spectroscopy"
    ELASTOGRAPHY = "elastography"
    LOCALIZER = "localizer"


SEQUENCES: tuple[str, ...] = tuple(SequenceClass)

S = SequenceClass

# Looked up in this order in each text: what is derived or special before the weighting that it also names
# ("t2_localizer" is a localizer, "T1w TOF" an angiogram, "T2 FLAIR" a FLAIR).
SAID_SEQUENCES = MappingProxyType(
    {
        S.LOCALIZER: phrases(
            "localizer, localiser, localisateur, localizador, lokalizer, loc, scout, aahscout, aascout, aahead "
            "scout, survey, reperage, reperes, ubersicht, uebersicht, plan scan, planscan, 3plane, 3 plane, 3pl, tri "
            "pilot, pilot, calibration, asset cal, ref scan, sensitivity map"
        ),
        S.ADC: phrases("adc, apparent diffusion coefficient, eadc, dadc"),
        S.FA: phrases("fa map, fractional anisotropy, fracaniso, fractional aniso"),
        S.DIFFUSION_MAP: phrases(
            "colfa, mean diffusivity, axial diffusivity, radial diffusivity, kurtosis map, dki map, tensor map"
        ),
        S.T1_MAP: phrases("t1 map, t1 mapping, molli, shmolli, t1 images, despot1"),
        S.T2_STAR_MAP: phrases("t2star map, t2star mapping, r2star map, r2star, r2s map"),
        S.T2_MAP: phrases("t2 map, t2 mapping, cartigram, mese, multi echo se, multiecho se, multi echo t2"),
        S.CBF: phrases("cbf, relcbf, rel cbf, rcbf, cerebral blood flow"),
        S.CBV: phrases("cbv, relcbv, rel cbv, rcbv, cerebral blood volume"),
        S.SPECTROSCOPY: phrases("mrs, mrsi, csi, svs, spectroscopy, spektroskopie, spectroscopie, mega press"),
        S.ELASTOGRAPHY: phrases("mre, elastography, elastographie, mr touch"),
        S.ASL: phrases("asl, pcasl, pasl, casl, 3d asl, arterial spin labeling, arterial spin labelling"),
        S.DSC: phrases("dsc, ep2d perf, perf dsc, dsc perfusion, first pass, dynamic susceptibility contrast"),
        S.DCE: phrases(
            "dce, twist, tricks, disco, grasp, 4d thrive, vibe dyn, dyn vibe, dynamic contrast, t1 dynamic, t1 dyn, "
            "dyn t1, lava dyn, eff dyn"
        ),
        S.PERFUSION: phrases("perfusion, perf, pwi, mtt, tmax, ttp, mean transit time, time to peak"),
        S.FIELDMAP: phrases(
            "field map, fieldmap, field mapping, fieldmapping, fmap, b0map, b0 map, b0 mapping, b1map, b1 map, phase "
            "diff, fieldmaphz, topup, spin echo field map"
        ),
        S.BOLD: phrases("bold, fmri, epi fmri, boldref, resting state, rest state, rsfmri, func, alff, falff"),
        S.DWI: phrases(
            "dwi, dti, dmri, diff, diffusion, diffusie, advdiff, resolve, zoomit diff, tracew, trace, dwibs, hardi, "
            "dsi, dki, ivim, noddi, resolve diff, bval, b value, bvalue, b1000, b800, b500"
        ),
        S.QSM: phrases("qsm, susceptibility map, chi map"),
        S.SWI: phrases("swi, swan, swip, venobold, veno bold, susceptibility weighted, susceptibility"),
        S.MRV: phrases("mrv, venography, venographie, venogram, tof ven"),
        S.PHASE_CONTRAST: phrases(
            "phase contrast, pc mra, pca, venc, 4d flow, 4dflow, flow quant, qflow, q flow, through plane flow"
        ),
        S.MRA: phrases("mra, tof, angio, angiography, angiographie, angiogram, time of flight, cemra, careangio"),
        S.MRCP: phrases("mrcp, cholangio, bili mrcp, cpre"),
        S.LGE: phrases("lge, late enhancement, delayed enhancement, late gad, late gadolinium, mde, psir de, de ir"),
        S.TAGGING: phrases("tagging, tagged, grid tag, spamm"),
        S.CINE: phrases("cine, kino, cinema"),
        S.MT: phrases(
            "mt, mtr, mtsat, mt on, mt off, mton, mtoff, mt0, mt1, mts, magnetization transfer, magnetisation transfer"
        ),
        S.DIR: phrases("dir, double inversion recovery"),
        S.FLAIR: phrases("flair, t2 flair, fla, dark fluid, darkfluid, da fl, t2w flair, vista flair"),
        S.STIR: phrases("stir, t2 tirm, tirm, short tau, short ti, turbo stir"),
        S.T2_STAR: phrases(
            "t2star, t2starw, t2s, t2 star, t2 gre, gre t2, t2 fl2d, t2 ffe, medic, merge, hemo, me gre, megre, "
            "multi echo gre, haemo"
        ),
        S.DUAL_ECHO: phrases(
            "in phase, inphase, out phase, out of phase, opp phase, opposed phase, opp, in opp, inopp, dual, dual "
            "echo, dixon, mdixon, ideal, pd t2, t2 pd, t1 vibe dixon in"
        ),
        S.PD: phrases("pd, pdw, proton density, protonendichte, densite de protons, rho, dp"),
        S.T2: phrases("t2, t2w, t2 weighted, t2 tse, t2 fse, t2 haste, inplanet2"),
        S.T1: phrases("t1, t1w, t1c, t1ce, t1gd, t1post, t1wce, t1weighted, t1 fs, inplanet1, unit1"),
    }
)

# Pulse sequences that are nearly always run with one weighting: weaker than a weighting that is named.
IMPLIED_SEQUENCES = MappingProxyType(
    {
        S.T1: phrases(
            "mprage, mp2rage, memprage, mpr, tfl 3d, bravo, fspgr, spgr, ir fspgr, vibe, lava, thrive, ethrive, "
            "flash, 3d tfe, turbo flash, mdeft, vibrant, fl3d"
        ),
        S.T2: phrases("haste, ssfse, ss fse, sshtse, drive, ciss, fiesta c, single shot fse, myelo, myelography"),
        S.BSSFP: phrases("trufi, true fisp, truefisp, fiesta, bffe, bssfp, b tfe, btfe, balanced ffe"),
    }
)

# BIDS suffixes and dcm2niix guesses (BIDS specification 1.10, "Suffixes").
BIDS_SUFFIXES = by_name(
    {
        S.T1: phrases("T1w, UNIT1, MP2RAGE, inplaneT1, FLASH, VFA"),
        S.T2: phrases("T2w, inplaneT2"),
        S.PD: phrases("PDw"),
        S.DUAL_ECHO: phrases("PDT2, PDT2w"),
        S.FLAIR: phrases("FLAIR"),
        S.T2_STAR: phrases("T2starw, T2star, MEGRE"),
        S.T2_MAP: phrases("MESE, T2map"),
        S.SWI: phrases("SWI, swi, minIP"),
        S.QSM: phrases("Chimap"),
        S.MRA: phrases("angio"),
        S.MT: phrases("MTS, MTR, MPM, MTsat, MTRmap"),
        S.T1_MAP: phrases("T1map, R1map, IRT1"),
        S.T2_STAR_MAP: phrases("T2starmap, R2starmap"),
        S.BOLD: phrases("bold, boldref, cbv"),
        S.DWI: phrases("dwi, trace, TRACE"),
        S.ADC: phrases("adc, ADC"),
        S.FA: phrases("FA"),
        S.ASL: phrases("asl, m0scan"),
        S.PERFUSION: phrases("perf"),
        S.CBF: phrases("cbf"),
        S.FIELDMAP: phrases(
            "epi, fieldmap, phasediff, phase1, phase2, magnitude, magnitude1, magnitude2, TB1map, TB1EPI"
        ),
        S.SPECTROSCOPY: phrases("svs, mrsi"),
    }
)

# Values of ImageType that say what the picture is, as Siemens, Philips, GE and UIH write them; most telling first.
IMAGE_TYPES = MappingProxyType(
    {
        "ADC": S.ADC,
        "EADC": S.ADC,
        "FA": S.FA,
        "RELCBF": S.CBF,
        "RCBF": S.CBF,
        "CBF": S.CBF,
        "RELCBV": S.CBV,
        "RCBV": S.CBV,
        "CBV": S.CBV,
        "MTT": S.PERFUSION,
        "RELMTT": S.PERFUSION,
        "TMAX": S.PERFUSION,
        "TTP": S.PERFUSION,
        "T1 MAP": S.T1_MAP,
        "T2 MAP": S.T2_MAP,
        "T2_STAR MAP": S.T2_STAR_MAP,
        "T2STAR MAP": S.T2_STAR_MAP,
        "R2_STAR MAP": S.T2_STAR_MAP,
        "QSM": S.QSM,
        "SWI": S.SWI,
        "MNIP": S.SWI,
        "ASL": S.ASL,
        "TRACEW": S.DWI,
        "TRACE": S.DWI,
        "TENSOR": S.DIFFUSION_MAP,
        "DIFFUSION": S.DWI,
        "FMRI": S.BOLD,
        "LOCALIZER": S.LOCALIZER,
        "VELOCITY": S.PHASE_CONTRAST,
        "VELOCITY MAP": S.PHASE_CONTRAST,
        "M_PCA": S.PHASE_CONTRAST,
        "PHASE CONTRAST": S.PHASE_CONTRAST,
        "B0 MAP": S.FIELDMAP,
        "FIELD_MAP": S.FIELDMAP,
        "IN_PHASE": S.DUAL_ECHO,
        "OUT_PHASE": S.DUAL_ECHO,
        "OPP_PHASE": S.DUAL_ECHO,
        "WATER": S.DUAL_ECHO,
        "FAT_FRACTION": S.DUAL_ECHO,
        "PERFUSION": S.PERFUSION,
        "SPECTROSCOPY": S.SPECTROSCOPY,
    }
)

# AcquisitionContrast (0008,9209) of enhanced MR objects: defined terms of DICOM PS3.3 C.8.13.3.
ACQUISITION_CONTRASTS = MappingProxyType(
    {
        "DIFFUSION": S.DWI,
        "FLOW_ENCODED": S.PHASE_CONTRAST,
        "FLUID_ATTENUATED": S.FLAIR,
        "PERFUSION": S.PERFUSION,
        "PROTON_DENSITY": S.PD,
        "STIR": S.STIR,
        "TAGGING": S.TAGGING,
        "T1": S.T1,
        "T2": S.T2,
        "T2_STAR": S.T2_STAR,
        "TOF": S.MRA,
    }
)
