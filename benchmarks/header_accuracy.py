"""How often normalised headers agree with the manifest: `python -m benchmarks.header_accuracy [FOLDER]`.

FOLDER holds manifest.csv and series/ (default ../shared/data). With --wrong every series that is not right is listed.
The key that maps the manifest's words to mrseek's is tests/manifest_truth.py.
"""

import argparse
from pathlib import Path

from tests.header_accuracy import column_accuracies, is_undecided
from tests.manifest_series import ManifestSeries, manifest_series
from tests.manifest_truth import COLUMNS


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--wrong", action="store_true", help="list every series that is not right")
    options = parser.parse_args()
    series = manifest_series(options.folder)
    print("| column | right | wrong | undecided | stated | accuracy |\n|---|---:|---:|---:|---:|---:|")
    for one in column_accuracies(series):
        counts = f"{one.right} | {one.wrong} | {one.undecided} | {one.stated}"
        print(f"| {one.column} | {counts} | {one.accuracy:.3f} |")
    if options.wrong:
        print_wrong(series)


def print_wrong(series: tuple[ManifestSeries, ...]) -> None:
    """One line for each value that is not right."""
    for column, is_right in COLUMNS.items():
        for one in series:
            if is_right(one.header, one.manifest) is False:
                print(f"{column}: {one.series_id}: {'undecided' if is_undecided(column, one.header) else 'wrong'}")


if __name__ == "__main__":
    main()
