"""Inventories of archives: DICOM by header, BIDS, plain NIfTI, the user's table."""
