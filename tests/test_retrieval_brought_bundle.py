"""Bundles: what is frozen scores the same, bit for bit; what was touched is refused; other systems are scored by it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pyarrow.parquet as pq
import pytest

from common.errors import IntegrityError, NotFoundError, UsageError
from indexer.records import Channel
from retrieval.brought.bundle_form import MANIFEST
from retrieval.brought.bundle_read import open_bundle
from retrieval.brought.bundle_seal import sealed
from retrieval.brought.bundle_source import BundleSource
from retrieval.brought.bundle_tables import read_items, write_items
from retrieval.brought.bundle_write import BundleOptions, write_bundle
from retrieval.brought.compare import compare_reports
from retrieval.brought.rerun import rerun
from retrieval.brought.source import CollectionSource
from retrieval.collection import Collection
from retrieval.evaluation.data import read_evaluation_data
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.rules import parse_rule
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Aggregate, Level, Task
from retrieval.report.document import as_document
from tests.brought_files import write_run
from tests.made_collection import make_collection

WITH = BundleOptions(title="made", note="CC0", with_vectors=True)
ALL = Settings(draws=20)
BY_IMAGE = Settings(tasks=(Task.IMAGE_TO_IMAGE,), channels=(Channel.IMAGE,), draws=0)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    made = make_collection(tmp_path_factory.mktemp("bundle") / "c", series=80, aligned=True)
    with Collection.open(made.path) as opened:
        yield opened


@pytest.fixture(scope="module")
def frozen(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("frozen") / "b"
    write_bundle(out, collection, ALL, WITH)
    return out


def numbers(document: dict[str, Any]) -> dict[str, Any]:
    """All but who it is of."""
    return {name: part for name, part in document.items() if name != "subject"}


@pytest.mark.parametrize(
    "settings",
    [
        ALL,
        replace(ALL, tasks=(Task.TEXT_TO_TEXT,), allow_same_patient=True),
        replace(ALL, level=Level.STUDY, aggregate=Aggregate.MEAN, tasks=(Task.TEXT_TO_IMAGE, Task.IMAGE_TO_IMAGE)),
        replace(ALL, level=Level.PATIENT, tasks=(Task.IMAGE_TO_TEXT,)),
        replace(ALL, relevance=(parse_rule("overlap:region+sequence"), parse_rule("study")), strata=("plane",), seed=3),
        replace(ALL, tasks=(Task.IMAGE_TO_IMAGE,), exclude=("study", "patient"), relevance=(parse_rule("plane"),)),
        replace(ALL, tasks=(Task.IMAGE_TO_IMAGE,), exclude=("series",), allow_same_patient=True),
    ],
)
def test_it_scores_as_its_collection_bit_for_bit(collection: Collection, tmp_path: Path, settings: Settings) -> None:
    write_bundle(tmp_path / "b", collection, settings, WITH)
    ours = as_document(CollectionSource(collection).evaluate(settings))
    theirs = as_document(BundleSource(open_bundle(tmp_path / "b")).evaluate(Settings()))
    assert len(ours["tasks"]) >= 1
    found = compare_reports(numbers(ours), numbers(theirs))
    assert found.differences == ()
    assert found.numbers > 50


def test_measures_and_a_task_may_be_chosen_and_nothing_else(frozen: Path) -> None:
    source = BundleSource(open_bundle(frozen))
    chosen = replace(
        Settings(), tasks=(Task.IMAGE_TO_IMAGE,), channels=(Channel.CARD,), measures=(parse_measure("map"),)
    )
    (result,) = source.evaluate(replace(chosen, draws=0)).tasks
    assert (result.spec.task, result.spec.channel) == (Task.IMAGE_TO_IMAGE, Channel.CARD)
    assert list(result.figures) == [parse_measure("map")]
    for settings in (
        replace(chosen, level=Level.STUDY),
        replace(chosen, relevance=(parse_rule("plane"),)),
        replace(chosen, exclude=("study",)),
        replace(chosen, allow_same_patient=True),
    ):
        with pytest.raises(UsageError, match="is fixed"):
            source.evaluate(settings)


@pytest.mark.parametrize(
    "name", ["README.md", "tasks/text-to-image-image/queries.parquet", "tasks/image-to-image-card/qrels.trec"]
)
def test_a_changed_byte_is_refused(frozen: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(frozen, tmp_path / "b")
    open_bundle(tmp_path / "b")
    content = bytearray((tmp_path / "b" / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "b" / name).write_bytes(content)
    with pytest.raises(IntegrityError, match=name):
        open_bundle(tmp_path / "b")
    (tmp_path / "b" / name).unlink()
    with pytest.raises(IntegrityError, match=f"lacks {name}"):
        open_bundle(tmp_path / "b")


def test_a_changed_manifest_is_refused(frozen: Path, tmp_path: Path) -> None:
    shutil.copytree(frozen, tmp_path / "b")
    file = tmp_path / "b" / MANIFEST
    document = json.loads(file.read_text())
    document["configuration"]["allow_same_patient"] = True
    file.write_text(json.dumps(document))
    with pytest.raises(IntegrityError, match="seal"):
        open_bundle(tmp_path / "b")
    file.write_text(json.dumps(sealed({**document, "tasks": [], "files": {"../x": {"sha256": "0", "bytes": 1}}})))
    with pytest.raises(IntegrityError, match="outside"):
        open_bundle(tmp_path / "b")
    file.write_text(json.dumps(sealed({**document, "files": {}})))
    with pytest.raises(IntegrityError, match="does not list"):
        open_bundle(tmp_path / "b")
    file.write_text(json.dumps(sealed({**document, "version": 99})))
    with pytest.raises(UsageError, match="version 99"):
        open_bundle(tmp_path / "b")
    for text in ("", "{", "[]", '{"kind": "mrseek-bundle", "version": 1}', "\x00" * 50):
        file.write_text(text)
        with pytest.raises(IntegrityError):
            open_bundle(tmp_path / "b")
    file.unlink()
    with pytest.raises(NotFoundError):
        open_bundle(tmp_path / "b")


def test_nothing_of_the_archive_leaves(collection: Collection, frozen: Path) -> None:
    """No column of texts or paths, and no byte of a report's text or a series' path in any file."""
    secrets = {row[0] for row in collection.tables.rows("SELECT text FROM reports") if len(row[0]) > 8}
    secrets |= {row[0] for row in collection.tables.rows("SELECT path FROM series")}
    assert len(secrets) > 20
    for file in frozen.rglob("*"):
        if file.suffix == ".parquet":
            table = pq.read_table(file)
            assert not {"text", "path", "card", "study_date"} & set(table.column_names)
            cells = {str(cell) for name in table.column_names if name != "vector" for cell in table[name].to_pylist()}
            assert not [one for one in secrets if any(one in cell for cell in cells)]
        elif file.is_file():
            text = file.read_text()
            assert not [one for one in secrets if one in text]
    with pytest.raises(UsageError, match="never goes into a bundle"):
        write_bundle(frozen.parent / "no", collection, replace(ALL, strata=("path",)), WITH)


def test_a_folder_that_is_there_is_left_alone(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(UsageError, match="already"):
        write_bundle(tmp_path / "b", collection, ALL, WITH)
    assert list((tmp_path / "b").iterdir()) == []


def test_a_failure_leaves_nothing(collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise UsageError("stopped")

    monkeypatch.setattr("retrieval.brought.bundle_write.readme_of", fail)
    with pytest.raises(UsageError, match="stopped"):
        write_bundle(tmp_path / "b", collection, BY_IMAGE, WITH)
    assert list(tmp_path.iterdir()) == []


def test_the_same_collection_gives_the_same_files(collection: Collection, tmp_path: Path) -> None:
    first, second = (write_bundle(tmp_path / name, collection, BY_IMAGE, WITH) for name in ("a", "b"))
    assert first.files == second.files


def test_items_come_back_as_they_were(collection: Collection, tmp_path: Path) -> None:
    data = read_evaluation_data(collection, ALL.wanted)
    assert data.texts is not None
    for items in (*data.scans.values(), data.texts):
        write_items(tmp_path / "x.parquet", items, with_vectors=True)
        side = open_side(tmp_path / "x.parquet", items.noun, items.space)
        assert (side.ids, side.noun, side.space) == (items.ids, items.noun, items.space)
        assert {name: list(values) for name, values in side.columns.items()} == {
            name: list(values) for name, values in items.columns.items()
        }
        assert side.vectors.vectors.tobytes() == np.ascontiguousarray(items.vectors.vectors).tobytes()
        assert np.array_equal(side.vectors.offsets, items.vectors.offsets)
        assert np.array_equal(side.sizes, items.sizes)
    assert (np.diff(data.texts.vectors.offsets) > 1).any(), "some report has several passages"
    assert not data.scans[Channel.IMAGE].vectors.with_vectors.all(), "some series has no vector"


def open_side(file: Path, noun: str, space: str) -> Any:
    from retrieval.brought.bundle_form import FrozenSide

    return read_items(file.parent, FrozenSide(file.name, noun, 0, space, 0))


def own_run(frozen: Path, place: str, seed: int = 0) -> dict[str, dict[str, float]]:
    """Somebody's run: every item of the gallery, in random order, distinct scores."""
    gallery = list(dict.fromkeys(pq.read_table(frozen / place / "gallery.parquet")["id"].to_pylist()))
    generator = np.random.default_rng(seed)
    return {
        query: dict(zip(gallery, generator.permutation(len(gallery)).astype(float).tolist(), strict=True))
        for query in gallery
    }


def test_by_hand_with_the_two_lists_the_numbers_are_the_same(frozen: Path, tmp_path: Path) -> None:
    """As the README says: drop the excluded pairs, score by qrels.trec with another tool."""
    place = "tasks/image-to-image-image"
    run = own_run(frozen, place)
    source = BundleSource(open_bundle(frozen), run=write_run(tmp_path / "r", run))
    chosen = replace(BY_IMAGE, measures=tuple(map(parse_measure, ("hit@5", "recall@10", "map", "ndcg@10"))))
    (result,) = source.evaluate(chosen).tasks
    for line in (frozen / place / "exclusions.tsv").read_text().splitlines():
        query, item = line.split("\t")
        del run[query][item]
    qrels: dict[str, dict[str, int]] = {}
    for line in (frozen / place / "qrels.trec").read_text().splitlines():
        query, _, item, gain = line.split("\t")
        qrels.setdefault(query, {})[item] = int(gain)
    theirs = ir_measures.calc_aggregate(
        [ir_measures.Success @ 5, ir_measures.R @ 10, ir_measures.AP, ir_measures.nDCG @ 10],
        qrels,
        {query: found for query, found in run.items() if query in qrels},
    )
    ours = [figure.value for figure in result.figures.values()]
    names = ["Success@5", "R@10", "AP", "nDCG@10"]
    assert ours == pytest.approx([{str(m): v for m, v in theirs.items()}[name] for name in names], abs=1e-9)
    assert result.without_relevant == len(run) - len(qrels)


def test_a_run_that_names_strangers_or_no_task_is_refused(frozen: Path, tmp_path: Path) -> None:
    bundle = open_bundle(frozen)
    strangers = BundleSource(bundle, run=write_run(tmp_path / "r", {"nobody": {"x": 1.0}}))
    with pytest.raises(UsageError, match="not in the bundle"):
        strangers.evaluate(BY_IMAGE)
    with pytest.raises(UsageError, match="holds several"):
        strangers.evaluate(Settings())
    with pytest.raises(UsageError, match="not by both"):
        BundleSource(bundle, run=tmp_path / "r", queries=tmp_path / "q")


def test_another_models_vectors_are_matched_by_id(frozen: Path, tmp_path: Path) -> None:
    """The bundle's own vectors, brought from outside in another order, score as they did inside."""
    table = pq.read_table(frozen / "tasks/image-to-image-image/gallery.parquet").select(["id", "vector"])
    kept = table.filter(table["vector"].is_valid())
    shuffled = kept.take(np.random.default_rng(0).permutation(len(kept)))
    pq.write_table(shuffled, tmp_path / "mine.parquet")
    bundle = open_bundle(frozen)
    (mine,) = BundleSource(bundle, queries=tmp_path / "mine.parquet").evaluate(BY_IMAGE).tasks
    (theirs,) = BundleSource(bundle).evaluate(BY_IMAGE).tasks
    assert mine.figures == theirs.figures
    assert any("have no vector in mine.parquet" in note for note in mine.notes)
    with pytest.raises(UsageError, match="--items"):
        BundleSource(bundle, queries=tmp_path / "mine.parquet").evaluate(replace(BY_IMAGE, tasks=(Task.TEXT_TO_IMAGE,)))
    np.savez(tmp_path / "strange.npz", ids=np.array(["x", "y"]), vectors=np.eye(2))
    with pytest.raises(UsageError, match="2 ids that the bundle does not have"):
        BundleSource(bundle, queries=tmp_path / "strange.npz").evaluate(BY_IMAGE)


def test_judgments_stay_below_the_limit(collection: Collection, tmp_path: Path) -> None:
    manifest = write_bundle(tmp_path / "b", collection, BY_IMAGE, replace(WITH, qrels_limit=10))
    (task,) = manifest.tasks
    assert (task.qrels, task.exclusions) == (None, None)
    assert not list((tmp_path / "b").rglob("*.trec")) and not list((tmp_path / "b").rglob("*.tsv"))
    assert len(BundleSource(open_bundle(tmp_path / "b")).evaluate(Settings()).tasks) == 1


def test_graded_judgments_are_whole_numbers_to_a_scale(collection: Collection, tmp_path: Path) -> None:
    graded = replace(BY_IMAGE, relevance=(parse_rule("overlap:region+sequence"),))
    (task,) = write_bundle(tmp_path / "b", collection, graded, WITH).tasks
    gains = {int(line.split("\t")[3]) for line in next((tmp_path / "b").rglob("*.trec")).read_text().splitlines()}
    assert task.gain_scale == 1000
    assert gains == {333, 1000}, "one label of two shared: 1 / 3 of those that either has"


def test_a_bundle_without_vectors_also_holds_what_its_encoder_could_not_do(tmp_path: Path) -> None:
    made = make_collection(tmp_path / "c", series=40, aligned=False)
    with Collection.open(made.path) as opened:
        bare = write_bundle(tmp_path / "bare", opened, ALL, BundleOptions())
        full = write_bundle(tmp_path / "full", opened, ALL, WITH)
    assert ("text-to-image", "image") in {(task.task, task.channel) for task in bare.tasks}
    assert ("text-to-image", "image") in {(one.task.value, one.channel.value) for one in full.skipped}
    bundle = open_bundle(tmp_path / "bare")
    with pytest.raises(UsageError, match="holds no vectors"):
        BundleSource(bundle)
    queries = pq.read_table(tmp_path / "bare/tasks/text-to-image-image/queries.parquet")["id"].to_pylist()
    gallery = pq.read_table(tmp_path / "bare/tasks/text-to-image-image/gallery.parquet")["id"].to_pylist()
    run = write_run(tmp_path / "r", {queries[0]: dict.fromkeys(gallery, 1.0)})
    asked = replace(Settings(), tasks=(Task.TEXT_TO_IMAGE,), channels=(Channel.IMAGE,), draws=0)
    (result,) = BundleSource(bundle, run=run).evaluate(asked).tasks
    assert result.without_vector == len(queries) - 1


def test_a_bundle_of_two_collections(tmp_path: Path) -> None:
    asking, ranked = (make_collection(tmp_path / str(seed), series=40, seed=seed, aligned=True) for seed in (1, 2))
    settings = replace(ALL, tasks=(Task.TEXT_TO_IMAGE, Task.IMAGE_TO_IMAGE))
    settings = replace(settings, relevance=(parse_rule("region+sequence"),), allow_same_patient=True)
    with Collection.open(asking.path) as first, Collection.open(ranked.path) as second:
        write_bundle(tmp_path / "b", first, settings, WITH, gallery=second)
        ours = as_document(CollectionSource(first, second).evaluate(settings))
    source = BundleSource(open_bundle(tmp_path / "b"))
    theirs = as_document(source.evaluate(Settings()))
    assert ours["asked"]["content"] == theirs["asked"]["content"]
    assert compare_reports(numbers(ours), numbers(theirs)).differences == ()
    assert rerun(theirs, source).comparison.differences == ()
