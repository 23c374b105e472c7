"""Sample archives that anyone may have: made-up patients, scans of simple shapes, and reports that say what is in them.

    plan_patients(n, seed) -> patients -> studies -> series       study.py, protocols.py, scanners.py, findings.py
    a series' shapes -> labels -> intensities -> noise -> Volume  anatomy*.py, shapes.py, contrast.py, acquire.py
    a study's findings -> report                                  reports.py
    all of it -> a folder of DICOM or a BIDS dataset              archive.py, dicom_writer.py, bids_writer.py, tables.py

Use `make_archive` for files and `iterate_phantoms` for volumes in memory. Nobody was scanned, and nothing is true to
nature: the shapes are for demonstrations and for tests of plumbing. The same seed gives the same bytes, in any process.
"""
