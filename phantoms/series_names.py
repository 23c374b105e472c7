"""What users of each vendor's scanners call their series."""

from collections.abc import Mapping

from phantoms import sequences as s
from phantoms.scanners import Vendor
from phantoms.scene import ScanPlane
from phantoms.sequences import Sequence

# Sequence name -> Siemens, GE, Philips; {} is the plane.
_NAMES: Mapping[str, tuple[str, str, str]] = {
    s.T1.name: ("t1_tse_{}", "{} T1 FSE", "T1W_TSE_{}"),
    s.T1_GD.name: ("t1_tse_{}_km", "{} T1 FSE +C", "T1W_TSE_{}_GD"),
    s.T1_GD_FS.name: ("t1_tse_fs_{}_km", "{} T1 FSE FS +C", "T1W_SPIR_{}_GD"),
    s.T2.name: ("t2_tse_{}", "{} T2 FSE", "T2W_TSE_{}"),
    s.T2_FS.name: ("t2_tse_fs_{}", "{} T2 FRFSE FS", "T2W_SPAIR_{}"),
    s.PD.name: ("pd_tse_{}", "{} PD FSE", "PDW_TSE_{}"),
    s.PD_FS.name: ("pd_tse_fs_{}", "{} PD FSE FS", "PDW_SPAIR_{}"),
    s.FLAIR.name: ("t2_tirm_{}_dark-fluid", "{} T2 FLAIR", "FLAIR_{}"),
    s.STIR.name: ("t2_tirm_{}", "{} STIR", "STIR_TSE_{}"),
    s.DWI.name: ("ep2d_diff_b1000_{}_TRACEW", "{} DWI b1000", "DWI_{}_b1000"),
    s.ADC.name: ("ep2d_diff_b1000_{}_ADC", "{} ADC (10^-6 mm2/s)", "dADC_{}"),
    s.MPRAGE.name: ("t1_mprage_{}_iso", "{} 3D T1 BRAVO", "T1W_3D_TFE_{}"),
    s.MPRAGE_GD.name: ("t1_mprage_{}_iso_km", "{} 3D T1 BRAVO +C", "T1W_3D_TFE_{}_GD"),
    s.VIBE.name: ("t1_vibe_fs_{}", "{} LAVA", "THRIVE_{}"),
    s.VIBE_GD.name: ("t1_vibe_fs_{}_km", "{} LAVA +C", "THRIVE_{}_GD"),
    s.IN_PHASE.name: ("t1_fl2d_in_{}", "{} T1 IN PHASE", "T1W_FFE_IP_{}"),
    s.OPPOSED.name: ("t1_fl2d_opp_{}", "{} T1 OUT OF PHASE", "T1W_FFE_OOP_{}"),
    s.T2_STAR.name: ("t2_fl2d_{}_hemo", "{} T2* GRE", "T2W_FFE_{}"),
    s.SWI.name: ("t2_swi3d_{}", "{} SWAN", "SWIp_{}"),
    s.TOF.name: ("tof_fl3d_{}", "{} 3D TOF", "TOF_3D_{}"),
    s.BOLD.name: ("ep2d_bold_{}", "{} fMRI EPI", "BOLD_FE_EPI_{}"),
    s.PERFUSION.name: ("pasl_{}_relCBF", "{} ASL CBF", "pCASL_CBF_{}"),
    s.CINE.name: ("trufi_cine_{}", "{} FIESTA CINE", "BTFE_CINE_{}"),
}
_PLACES = {Vendor.SIEMENS: 0, Vendor.GE: 1, Vendor.PHILIPS: 2}
_PLANES = {
    Vendor.SIEMENS: {ScanPlane.AXIAL: "tra", ScanPlane.CORONAL: "cor", ScanPlane.SAGITTAL: "sag"},
    Vendor.GE: {ScanPlane.AXIAL: "Ax", ScanPlane.CORONAL: "Cor", ScanPlane.SAGITTAL: "Sag"},
    Vendor.PHILIPS: {ScanPlane.AXIAL: "TRA", ScanPlane.CORONAL: "COR", ScanPlane.SAGITTAL: "SAG"},
}


def series_description(vendor: Vendor, sequence: Sequence, plane: ScanPlane) -> str:
    """What users of a vendor's scanners call a series.

    >>> series_description(Vendor.GE, s.FLAIR, ScanPlane.AXIAL)
    'Ax T2 FLAIR'
    """
    return _NAMES[sequence.name][_PLACES[vendor]].format(_PLANES[vendor][plane])
