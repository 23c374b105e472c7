#!/usr/bin/env bash
# make demo: index a sample archive (or DATA=folder), then every kind of search and a recall table.
# Every line that it runs is printed first, so that it can be typed again by hand.
set -euo pipefail
BIN=${BIN:-.venv/bin}
OUT=${OUT:-demo-output}
DATA=${DATA:-}
REPORTS=${REPORTS:-}
export PATH="$(cd "$BIN" && pwd):$PATH"
export MRSEEK_COLLECTION="$OUT/collection"

quoted() { case $1 in *[!A-Za-z0-9_./=-]*) printf ' "%s"' "$1" ;; *) printf ' %s' "$1" ;; esac; }
run() {
  printf '\n$ mrseek'; for word in "$@"; do quoted "$word"; done; printf '\n'
  mrseek "$@" || { code=$?; [ "$code" -eq 3 ] || exit "$code"; }  # 3: done, with some series in the ledger
}

rm -rf "$OUT"; mkdir -p "$OUT"
if [ -z "$DATA" ]; then
  DATA="$OUT/archive"
  run phantoms --patients 16 --seed 7 --out "$DATA"
  REPORTS="$DATA/reports.csv"
fi
export MRSEEK_COLLECTION
printf '\n# the collection: export MRSEEK_COLLECTION=%q\n' "$MRSEEK_COLLECTION"
run index "$DATA" ${REPORTS:+--reports "$REPORTS"}
run status

printf '\n# text to scan: words against headers, reports and voxels together\n'
run search "sagittal T2 of the spine" -k 5
run search "FLAIR of the brain" --where "field_strength_t >= 1" -k 5 --explain

# Voxels alone: neither header nor report has a say in the ranking; the table and the report only show that it is right.
if [[ $(mrseek status) == *"words can be compared with voxels"* ]]; then
  for words in "MRI of the knee" "axial FLAIR of the brain"; do
    printf '\n# text to scan by the voxels alone%s\n' "${REPORTS:+, and what the report of the best hit says}"
    run search "$words" --channel image -k 5
    if [ -n "$REPORTS" ]; then
      hit=$(mrseek search "$words" --channel image -k 1 --format ids)
      run search "$words" --target report --where "series_id = '$hit'" -k 1 --with-text
    fi
  done
else
  printf '\n# this collection has no encoder that compares words with voxels: no search by voxels alone\n'
fi

first=$(mrseek search "T2" -k 1 --format ids)
printf '\n# image to image: scans like this one\n'
run search "$first" -k 5 --channel image

if [ -n "$REPORTS" ]; then
  printf '\n# image to text: reports for that scan\n'
  run search "$first" --target report -k 3 --with-text
fi

printf '\n# retrieval recall, with chance, baselines and 95 %% intervals by patient; the page: %s\n' "$OUT/recall/report.html"
run eval --out "$OUT/recall"

printf '\n# is anything wrong with these vectors, or explained by the scanner?\n'
run audit
