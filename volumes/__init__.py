"""The one door to voxels: NIfTI files and DICOM series to volumes in RAS+, (X, Y, Z), mm, float32."""
