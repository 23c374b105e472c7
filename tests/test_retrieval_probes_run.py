"""Forced choices of a collection: planted towers score what they must, and real files agree with a slow computation."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.records import Channel
from indexer.reports.sentences import sentences_of
from indexer.run import IndexOptions, index_archive
from phantoms.archive import ArchiveLayout, make_archive
from retrieval.collection import Collection
from retrieval.probes.choices import Choice, rewritten, sample
from retrieval.probes.controls import SEQUENCES, exchange_region
from retrieval.probes.forced_choice import Gallery, score_choices
from retrieval.probes.negation import affirm, negate
from retrieval.probes.results import ProbeForm, ProbeKind, ProbeResult, as_json, as_markdown
from retrieval.probes.run import run_probes
from retrieval.probes.shares import even_interval
from tests.made_collection import make_collection

DENIED = ("No fracture.", "No midline shift.", "No hydrocephalus.")
STATED = ("Joint effusion.",)
PATIENTS = 4
AXES = np.eye(2 * PATIENTS, dtype=np.float32)


def choices() -> list[Choice]:
    """One sentence a patient: three that deny, one that states."""
    said = (*DENIED, *STATED)
    return [
        choice
        for place, text in enumerate(said)
        for choice in rewritten(text, f"study {place}", f"pat {place}", "brain" if place < 2 else "")
    ]


def ask(gallery: Gallery, encoded: dict[str, NDArray[np.float32]], draws: int = 200) -> ProbeResult:
    return score_choices(
        choices(),
        ProbeKind.NEGATION,
        Channel.IMAGE,
        gallery,
        encoded,
        found=9,
        draws=draws,
        generator=np.random.default_rng(0),
    )


def one_axis_each() -> Gallery:
    return Gallery(AXES, {f"study {place}": np.array([place]) for place in range(PATIENTS)})


def test_a_tower_that_understands_scores_one_and_strangers_half() -> None:
    encoded = {choice.said: AXES[place] for place, choice in enumerate(choices())}
    encoded |= {choice.rewritten: AXES[PATIENTS + place] for place, choice in enumerate(choices())}
    found = ask(one_axis_each(), encoded)
    assert (found.value, found.n, found.found, found.patients) == (1.0, 4, 9, 4)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (1.0, 1.0)
    assert [(share.name, share.value) for share in found.references] == [
        ("other patients", 0.5),
        ("same region", 0.5),
    ]


def test_a_tower_that_does_not_hear_negation_scores_half_by_ties() -> None:
    encoded = {text: AXES[place] for place, one in enumerate(choices()) for text in (one.said, one.rewritten)}
    found = ask(one_axis_each(), encoded)
    assert found.value == 0.5
    assert [share.value for share in found.directions] == [0.5, 0.5]


def test_a_tower_that_likes_a_word_scores_half_however_often_reports_use_it() -> None:
    texts = [text for choice in choices() for text in (choice.said, choice.rewritten)]
    encoded = {text: AXES[0] if "no " in text.lower() else AXES[1] for text in texts}
    found = ask(Gallery(AXES[:1], {f"study {place}": np.array([0]) for place in range(PATIENTS)}), encoded)
    assert [(share.name, share.n, share.value) for share in found.directions] == [
        ("denied", 3, 1.0),
        ("stated", 1, 0.0),
    ]
    assert found.value == 0.5
    assert found.references[0].value == 0.5


def test_other_patients_are_asked_for_reference() -> None:
    """Sentence 0 is true of study 1 as well, of the same region, and of no other; all others of their own alone."""
    encoded = {choice.said: AXES[place] for place, choice in enumerate(choices())}
    encoded |= {choice.rewritten: AXES[7] for choice in choices()}
    gallery = Gallery(np.stack([*AXES[:4], AXES[0]]), {f"study {place}": np.array([place]) for place in range(4)})
    gallery.rows["study 1"] = np.array([1, 4])  # type: ignore[index]  # a second series, like that of study 0
    references = {share.name: share for share in ask(gallery, encoded).references}
    denied = (1.0 + 0.5 + 0.5) / 3 + (0.5 + 0.5 + 0.5) / 3 + (0.5 + 0.5 + 0.5) / 3
    assert references["other patients"].value == pytest.approx((denied / 3 + 0.5) / 2)
    assert references["same region"].value == pytest.approx(((1.0 + 0.5 + 0.5) / 3 + 0.5) / 2)
    alone = ask(Gallery(AXES, {"study 0": np.array([0])}), encoded)
    assert (alone.value, alone.interval, alone.references) == (1.0, None, ())


def test_the_best_series_stands_for_a_study() -> None:
    gallery = Gallery(AXES, {f"study {place}": np.array([7, place]) for place in range(PATIENTS)})
    encoded = {choice.said: 0.8 * AXES[place] for place, choice in enumerate(choices())}
    encoded |= {choice.rewritten: 0.7 * AXES[7] for choice in choices()}
    assert ask(gallery, encoded).value == 1.0
    assert ask(gallery, encoded | {choice.rewritten: 0.9 * AXES[7] for choice in choices()}).value == 0.0


def test_studies_without_vectors_are_not_asked_and_nobody_gives_no_value() -> None:
    encoded = {text: AXES[0] for choice in choices() for text in (choice.said, choice.rewritten)}
    assert ask(Gallery(AXES, {"study 1": np.array([1])}), encoded).n == 1
    nobody = ask(Gallery(AXES, {}), encoded)
    assert (nobody.value, nobody.n) == (None, 0)
    assert "no sentence" in nobody.note


def test_patients_are_what_is_drawn() -> None:
    """Ten answers of one patient say no more than one: two patients, one right and one wrong, bound nothing."""
    right = np.array([1.0] * 10 + [0.0] * 10)
    patients = np.repeat([0, 1], 10)
    wide = even_interval([""] * 20, right, patients, 500, np.random.default_rng(0))
    narrow = even_interval([""] * 20, right, np.arange(20), 500, np.random.default_rng(0))
    assert wide is not None
    assert narrow is not None
    assert (wide.low, wide.high) == (0.0, 1.0)
    assert 0.2 < narrow.low < 0.4
    assert even_interval([""] * 20, right, np.zeros(20, np.int64), 500, np.random.default_rng(0)) is None


def test_a_sample_takes_from_both_directions() -> None:
    many = tuple(
        Choice(ProbeKind.NEGATION, "denied" if place < 90 else "stated", "s", "p", "", str(place), "")
        for place in range(100)
    )
    drawn = sample(many, 30, np.random.default_rng(0))
    assert [sum(one.direction == name for one in drawn) for name in ("denied", "stated")] == [20, 10]
    assert list(drawn) == sorted(set(drawn), key=many.index)
    assert sample(many, 1000, np.random.default_rng(0)) == many
    assert sample((), 10, np.random.default_rng(0)) == ()


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probes")
    made = make_archive(folder / "archive", patients=5, seed=2, layout=ArchiveLayout.BIDS)
    index_archive([made.root], folder / "c", reports=made.reports, encoder="tiny", options=IndexOptions(workers=1))
    return folder / "c"


def by_hand(collection: Collection, channel: Channel, kind: ProbeKind) -> list[tuple[str, float]]:
    """(direction, right) of every choice, sentence by sentence and series by series."""
    tower, vectors = collection.towers.text, collection.vectors(channel)
    owner = dict(collection.tables.rows("SELECT row_id, study_id FROM series"))
    asked: dict[tuple[str, str], tuple[str, str]] = {}
    for study, section, text in collection.tables.rows("SELECT study_id, section, text FROM reports"):
        for said in sentences_of(text) if section not in {"indication", "comparison", "recommendation"} else ():
            ways = {"denied": affirm(said), "stated": negate(said)}
            if kind is ProbeKind.REGION:
                ways = {"": exchange_region(said)}
            for name, false in ways.items():
                if false and study:
                    asked[study, said] = (name, false)
    found = []
    for (study, said), (name, false) in asked.items():
        rows = [place for place, row_id in enumerate(vectors.row_ids.tolist()) if owner[row_id] == study]
        if rows:
            own = np.array(vectors.vectors)[rows].astype(np.float64)
            true, wrong = (float((own @ tower.encode([text])[0]).max()) for text in (said, false))
            found.append((name, 0.5 if abs(true - wrong) < 1e-6 else float(true > wrong)))
    return found


def test_a_collection_agrees_with_sentences_asked_one_by_one(phantoms: Path) -> None:
    calls: list[tuple[int, int]] = []
    with Collection.open(phantoms) as collection:
        results = run_probes(collection, draws=50, progress=lambda done, total: calls.append((done, total)))
        expected = by_hand(collection, Channel.CARD, ProbeKind.NEGATION)
        by_region = [right for _, right in by_hand(collection, Channel.CARD, ProbeKind.REGION)]
    found = {(one.form, one.channel, one.kind): one for one in results}
    card = found[ProbeForm.CHOICE, Channel.CARD, ProbeKind.NEGATION]
    assert card.n == len(expected) > 10
    by_name = {share.name: share.value for share in card.directions}
    for name in ("denied", "stated"):
        assert by_name[name] == pytest.approx(np.mean([right for way, right in expected if way == name]))
    assert card.value == pytest.approx(np.mean(list(by_name.values())))
    assert found[ProbeForm.CHOICE, Channel.CARD, ProbeKind.REGION].value == pytest.approx(np.mean(by_region))
    assert np.mean(by_region) > 0.8  # the control: words of a header name the region
    assert calls[-1][0] == calls[-1][1] > 0
    image = [one for one in results if one.channel is Channel.IMAGE]
    assert {one.kind for one in image} == set(ProbeKind)
    assert {(one.value, one.n, one.note) for one in image} == {(None, 0, "not applicable: spaces differ")}
    assert [one.kind for one in results if one.channel is None] == [ProbeKind.NEGATION, ProbeKind.SIDE]


def test_an_aligned_collection_is_asked_by_its_voxels(tmp_path: Path) -> None:
    make_collection(tmp_path / "c", series=40, aligned=True)
    with Collection.open(tmp_path / "c") as collection:
        results = run_probes(collection, draws=50)
        expected = by_hand(collection, Channel.IMAGE, ProbeKind.REGION)
        table = collection.series_table(["sequence"])["sequence"].tolist()
    found = {one.kind: one for one in results if one.channel is Channel.IMAGE}
    assert found[ProbeKind.REGION].n == len(expected) > 5
    assert found[ProbeKind.REGION].value == pytest.approx(np.mean([right for _, right in expected]))
    assert found[ProbeKind.SEQUENCE].found == sum(name in SEQUENCES for name in table)
    assert found[ProbeKind.SEQUENCE].n == found[ProbeKind.SEQUENCE].found - 1  # the first series has no voxel vector
    assert found[ProbeKind.NEGATION].note.startswith("not applicable")


def test_the_same_seed_gives_the_same_and_a_sample_says_so(phantoms: Path) -> None:
    with Collection.open(phantoms) as collection:
        one, again = (run_probes(collection, seed=3, draws=50, most_choices=10) for _ in range(2))
    assert one == again
    card = next(found for found in one if found.channel is Channel.CARD and found.kind is ProbeKind.NEGATION)
    assert card.n == 10 < card.found
    assert f"10 of {card.found}" in "\n".join(as_markdown(one))


def test_no_report_no_channel_and_no_text_in_what_is_shown(phantoms: Path, tmp_path: Path) -> None:
    with Collection.open(phantoms) as collection:
        results = run_probes(collection, draws=50)
        texts = [row[0] for row in collection.tables.rows("SELECT text FROM reports")]
    shown = json.dumps(as_json(results), allow_nan=False) + "\n".join(as_markdown(results))
    shown += repr(results) + repr(choices())
    assert not [said for text in texts for said in sentences_of(text) if said in shown]
    assert not [said for said in (*DENIED, *STATED) if said in shown]
    make_collection(tmp_path / "c", series=8, channels=(Channel.CARD,))
    with Collection.open(tmp_path / "c") as bare:
        found = {(one.channel, one.kind): one for one in run_probes(bare, draws=0)}
    assert found[Channel.IMAGE, ProbeKind.SIDE].note == "not applicable: no image vectors"
    assert found[Channel.CARD, ProbeKind.SEQUENCE].interval is None
    assert found[Channel.CARD, ProbeKind.SEQUENCE].value is not None


def test_json_holds_every_number() -> None:
    encoded = {text: AXES[0] for choice in choices() for text in (choice.said, choice.rewritten)}
    (told,) = as_json([ask(one_axis_each(), encoded)])
    assert (told["kind"], told["form"], told["channel"], told["control"]) == (
        "negation",
        "forced choice",
        "image",
        False,
    )
    assert (told["n"], told["found"], told["patients"], told["chance"]) == (4, 9, 4, 0.5)
    assert (told["value"], told["interval"]) == (0.5, [0.5, 0.5])
    assert told["directions"][0] == {"name": "denied", "n": 3, "value": 0.5}


def test_a_collection_without_reports_still_has_headers(phantoms: Path, tmp_path: Path) -> None:
    index_archive([phantoms.parent / "archive"], tmp_path / "c", encoder="tiny", options=IndexOptions(workers=1))
    with Collection.open(tmp_path / "c") as collection:
        asked = {one.kind: one.n for one in run_probes(collection, draws=0) if one.channel is Channel.CARD}
    assert asked[ProbeKind.REGION] == asked[ProbeKind.NEGATION] == asked[ProbeKind.SIDE] == 0
    assert asked[ProbeKind.SEQUENCE] > 5
