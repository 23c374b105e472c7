"""Simulated patients, scans and reports: archives that anyone may have, with the truth about every series and finding.

    plan_patient(number, seed) -> patient -> studies -> series      plan.py, study.py, protocols.py, findings.py
    a study's subject and a series' acquisition -> voxels           scene.py (the values between), render.py and below
    a study's findings -> report, and back again                    reports.py, report_*.py; report_check.py
    all of it -> a folder of DICOM or a BIDS dataset                archive.py, dicom_writer.py, bids_writer.py

Use `make_archive` for files and `iterate_phantoms` for volumes, sentences and truth in memory. Nobody was scanned. The
same seed gives the same bytes, in any process and from any number of processes.
"""
