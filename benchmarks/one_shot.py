"""One question from process start to answer: mrseek, and the usual stack (transformers, FAISS, DuckDB), interleaved.

    python -m benchmarks.one_shot [--series 100000] [--rounds 7] [--folder FOLDER]

Both encode the same words with the same weights (all-MiniLM-L6-v2), compare them with the same vectors (made, unit
length) and fetch ten rows of the same table. Where sentence-transformers is installed the reference is that, otherwise
torch and transformers' AutoModel with mean pooling, which is what it does inside. Prints a table of medians and the
ratio, and what mrseek had imported.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
WORDS = "axial FLAIR brain with white matter lesions"

MRSEEK = """
import json, sys
from pathlib import Path
from retrieval.collection import Collection
from retrieval.query import Query, TextPart
from indexer.records import Channel
with Collection.open(Path(sys.argv[1])) as collection:
    answer = collection.search(Query((TextPart(sys.argv[2]),), channels=(Channel.CARD,), where=sys.argv[4]))
heavy = sorted({"torch", "transformers", "pyarrow", "sqlalchemy"} & set(sys.modules))
print(json.dumps({"hits": [hit.series for hit in answer.hits], "steps": dict(answer.plan.timings_ms), "heavy": heavy}))
"""

COMMAND = "import sys; from cli.main import main; sys.argv[0] = 'mrseek'; sys.exit(main())"

_FIND = """
index = faiss.read_index(f"{sys.argv[1]}/snapshots/1/card.faiss")
scores, ids = index.search(vector, 10)
table = f"read_parquet('{sys.argv[1]}/snapshots/1/series.parquet')"
listed = ", ".join(map(str, ids[0].tolist()))
rows = duckdb.sql(f"SELECT * FROM {table} WHERE row_id IN ({listed})").fetchall()
print(json.dumps({"hits": len(rows)}))
"""

TRANSFORMERS = (
    """
import json, sys
import duckdb, faiss, torch
from transformers import AutoModel, AutoTokenizer
tokenizer, model = AutoTokenizer.from_pretrained(sys.argv[3]), AutoModel.from_pretrained(sys.argv[3]).eval()
with torch.no_grad():
    tokens = tokenizer([sys.argv[2]], return_tensors="pt")
    states, mask = model(**tokens).last_hidden_state, tokens["attention_mask"][..., None]
    mean = (states * mask).sum(1) / mask.sum(1)
    vector = torch.nn.functional.normalize(mean).numpy()
"""
    + _FIND
)

SENTENCE_TRANSFORMERS = (
    """
import json, sys
import duckdb, faiss
from sentence_transformers import SentenceTransformer
vector = SentenceTransformer(sys.argv[3]).encode([sys.argv[2]], normalize_embeddings=True)
"""
    + _FIND
)


def main() -> None:
    """Makes the collection where there is none, runs the rounds, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="keep the made collection here, or use the one that is here")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary) / "made"
        if not folder.exists():
            make(folder, asked.series)
        measure(folder, asked.rounds)


def make(folder: Path, series: int) -> None:
    """A collection of made rows and random unit vectors that carries the MiniLM text tower."""
    from encoders.minilm import open_minilm
    from indexer.records import Channel
    from tests.made_collection import make_collection

    make_collection(folder, series=series, text=open_minilm(), encoded=False, channels=(Channel.CARD,))


def measure(folder: Path, rounds: int) -> None:
    """Runs every contestant once a round, after one round that is not counted (it fills the page cache)."""
    from encoders.minilm import find_package

    usual = "sentence_transformers" if find_spec("sentence_transformers") else "transformers"
    weights = str(find_package())
    contestants = {
        "mrseek, library": [MRSEEK, str(folder), WORDS, weights, ""],
        "mrseek, library, with a filter": [
            MRSEEK,
            str(folder),
            WORDS,
            weights,
            "field_strength_t >= 3 and slices > 20",
        ],
        "mrseek, command line": [COMMAND, "search", WORDS, "-c", str(folder), "--json"],
        usual: [
            SENTENCE_TRANSFORMERS if usual == "sentence_transformers" else TRANSFORMERS,
            str(folder),
            WORDS,
            weights,
        ],
    }
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name, arguments in contestants.items():
            took, said = run(arguments)
            if turn:
                seconds[name].append(took)
            if turn == rounds and "steps" in said:
                print(f"{name}: steps {json.loads(said)['steps']}, heavy imports {json.loads(said)['heavy']}")
    report(seconds, usual)


def run(arguments: list[str]) -> tuple[float, str]:
    """Seconds from process start to its end, and what it printed."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{arguments[0][:60]!r} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return took, done.stdout


def report(seconds: dict[str, list[float]], usual: str) -> None:
    """Medians, smallest and largest, and how many times the usual stack takes."""
    reference = statistics.median(seconds[usual])
    print(f"{'':34}{'median s':>10}{'min':>8}{'max':>8}{'times faster':>14}")
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"{name:34}{median:10.3f}{min(values):8.3f}{max(values):8.3f}{reference / median:14.1f}")


if __name__ == "__main__":
    main()
