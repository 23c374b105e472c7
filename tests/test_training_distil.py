"""Stage "distil": the cut vocabulary, a student that begins as its teacher, positives, losses, a run and its export."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from common.errors import UsageError
from encoders.onnx_text import OnnxTextTower
from encoders.text_folder import load_text_tower
from tests.training_cases import write_config
from training.config import read_train_config
from training.distil import DistilStage, open_student
from training.distil_batch import DistilPlanner, positives_of
from training.distil_config import DistilBatchSettings, DistilConfig, DistilCorpus, DistilWeights, StudentSettings
from training.distil_corpus import card_item, general_texts, held_out_texts, training_texts
from training.distil_loss import near_loss, relations_loss
from training.distil_model import DistilModule, cut_student
from training.distil_validation import near_pairs, precision_at, told_apart
from training.distil_vocabulary import cut_vocabulary, frequent_words
from training.draws import generator
from training.export import export_run
from training.frozen_text import FrozenTexts
from training.query_grammar import Query
from training.run import run_training
from training.run_folder import RunFolder
from training.text_tower import BERT_CONFIG, BERT_TOKENIZER, BERT_WEIGHTS, TextChoice, TextStart, open_text_start
from training.texts import text_key
from training.workers import Alone

PROJECT = Path(__file__).resolve().parent.parent
SMOKE = (PROJECT / "configs" / "train-distil-smoke.toml").read_text()
TEXTS = ("axial T2-weighted MRI of the brain", "No haemorrhage.", "left knee, 3 T", "a free question about the weather")
SMALL = DistilCorpus(cards=30, patients=4, general=10, queries=10, held_out=8)


@pytest.fixture(scope="module")
def minilm() -> TextStart:
    return open_text_start(TextChoice())


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, minilm: TextStart) -> Path:
    """A teacher of three narrow layers with MiniLM's tokenizer."""
    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 32}
    config = {**minilm.config, **sizes}
    bert = BertModel(BertConfig(**config), add_pooling_layer=False)
    save_file({name: tensor.contiguous() for name, tensor in bert.state_dict().items()}, folder / BERT_WEIGHTS)
    (folder / BERT_CONFIG).write_text(json.dumps(config))
    (folder / BERT_TOKENIZER).write_bytes(minilm.tokenizer)
    return folder


@pytest.fixture
def config(tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The smoke twin with the tiny teacher."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    text = SMOKE.replace("[student]", f'[teacher]\nweights = "{tiny}"\n\n[student]').replace("[0, 5]", "[0, 2]")
    return write_config(tmp_path, text, teacher_vectors='"vectors"')


def pieces_of(tokenizer: bytes, text: str) -> list[str]:
    opened = Tokenizer.from_str(tokenizer.decode())
    opened.no_padding()
    return list(opened.encode(text).tokens)


def test_used_texts_are_cut_into_the_same_pieces(minilm: TextStart) -> None:
    cut = cut_vocabulary(minilm.tokenizer, TEXTS, 3000)
    old, new = (json.loads(one)["model"]["vocab"] for one in (minilm.tokenizer, cut.tokenizer))
    assert len(cut.kept) == len(new) == 3000
    assert all(old[piece] == cut.kept[number] for piece, number in new.items())
    for text in TEXTS:
        assert pieces_of(cut.tokenizer, text) == pieces_of(minilm.tokenizer, text)
    ascii_ones = {p for p in old if len(p.removeprefix("##")) == 1 and p.isascii()}
    assert ascii_ones | {"[CLS]", "[MASK]", "the", "of", "μ", "##ß", "°"} <= new.keys()
    assert "中" in old and "中" not in new  # letters of scripts that an English encoder knows little of
    assert pieces_of(cut.tokenizer, "gymnastics")[1:3] != ["gymnastics", "[SEP]"]  # gone, so spelled
    assert "[UNK]" not in pieces_of(cut.tokenizer, "gymnastics étude straße 37°")
    described = json.loads(cut.tokenizer)
    assert [token["id"] for token in described["added_tokens"]] == [0, 1, 2, 3, 4]
    words = frequent_words(cut.tokenizer)
    assert words[:3] == ["the", "of", "and"] and set(general_texts(words, 3, 0)) == set(general_texts(words, 3, 0))


def test_too_few_pieces_and_another_model_are_refused(minilm: TextStart) -> None:
    with pytest.raises(UsageError, match=r"student\.pieces = 100 came; \d+ are needed"):
        cut_vocabulary(minilm.tokenizer, TEXTS, 100)
    with pytest.raises(UsageError, match="expected WordPiece"):
        cut_vocabulary(b'{"model": {"type": "BPE"}}', TEXTS, 100)


def test_a_student_of_all_layers_begins_as_its_teacher(minilm: TextStart, tmp_path: Path) -> None:
    """Vectors of MiniLM itself, from the graph that is searched with."""
    cut = cut_vocabulary(minilm.tokenizer, TEXTS, 3000)
    start = cut_student(minilm, StudentSettings(positions=64), cut)
    assert (start.config["vocab_size"], start.config["max_position_embeddings"]) == (3000, 64)
    module = DistilModule(start, DistilWeights(), Alone("cpu")).eval()
    opened = Tokenizer.from_str(start.tokenizer.decode())
    expected = FrozenTexts(minilm, 64, tmp_path, cache=tmp_path)(TEXTS)
    for text, vector in zip(TEXTS, expected, strict=True):
        ids = torch.tensor([opened.encode(text).ids])
        with torch.no_grad():
            np.testing.assert_allclose(module.vectors(ids, torch.ones_like(ids))[0].numpy(), vector, atol=2e-6)


def test_chosen_layers_are_those_of_the_teacher(tiny: Path) -> None:
    teacher = open_text_start(TextChoice(weights=tiny))
    cut = cut_vocabulary(teacher.tokenizer, TEXTS, 3000)
    start = cut_student(teacher, StudentSettings(layers=(0, 2), positions=64), cut)
    before, after = dict(teacher.weights or {}), dict(start.weights or {})
    name = "encoder.layer.{}.output.dense.weight"
    assert torch.equal(after[name.format(1)], before[name.format(2)]) and name.format(2) not in after
    BertModel(BertConfig(**start.config), add_pooling_layer=False).load_state_dict(after)
    with pytest.raises(UsageError, match="layers 0 to 2"):
        cut_student(teacher, StudentSettings(layers=(0, 3)), cut)
    with pytest.raises(UsageError, match="512 positions"):
        cut_student(teacher, StudentSettings(layers=(0,), positions=1024), cut)


def test_positives_by_hand() -> None:
    own = frozenset({text_key("Axial T1 MRI")})
    anchors = [(own, frozenset({"region:knee", "sequence:T1"})), (frozenset[str](), frozenset({"region:knee"}))]
    texts = [
        Query("axial T1 MRI.", frozenset()),  # a line, spelled otherwise
        Query("knee", frozenset({"region:knee"})),
        Query("T1 knee", frozenset({"region:knee", "sequence:T1"})),
        Query("somebody else's line", frozenset()),
    ]
    assert positives_of(anchors, texts).tolist() == [[True, True, True, False], [False, True, False, False]]


def test_losses_are_those_of_the_slow_loop() -> None:
    random = np.random.default_rng(0)
    student, teacher = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in random.standard_normal((2, 5, 8)))
    near = np.mean([1 - student[n] @ teacher[n] for n in range(5)])
    pairs = [(n, m) for n in range(5) for m in range(5) if n != m]
    relations = np.mean([(student[n] @ student[m] - teacher[n] @ teacher[m]) ** 2 for n, m in pairs])
    found = [loss(torch.from_numpy(student), torch.from_numpy(teacher)).item() for loss in (near_loss, relations_loss)]
    np.testing.assert_allclose(found, [near, relations], rtol=1e-6)


def test_a_batch_is_a_function_of_its_step_and_every_anchor_has_a_positive() -> None:
    texts = training_texts(DistilCorpus(cards=400, patients=10, general=10, queries=10, held_out=4))
    settings = DistilBatchSettings(cards=12, studies=3, kept=8)
    one, two = (DistilPlanner(texts, ("some words",), settings, 5) for _ in range(2))
    assert one.plan(7).texts == two.plan(7).texts != one.plan(8).texts
    for step in range(5):
        plan = one.plan(step)
        assert len(set(plan.texts)) == len(plan.texts) and len(plan.kept) == 8
        assert len(plan.cards.anchors) == 12 and len(plan.reports.anchors) == 3
        for contrast in (plan.cards, plan.reports):
            assert contrast.positives.shape == (len(contrast.anchors), len(contrast.texts))
            assert contrast.positives.any(axis=0).all() and contrast.positives.any(axis=1).all()
            assert not contrast.positives.all()
        assert {plan.texts[place] for place in plan.kept} <= set(one.kept)
    assert sum(text == "some words" for text in one.kept) == 1


def test_what_is_measured_was_not_trained_on() -> None:
    train = training_texts(SMALL)
    held_out = held_out_texts(SMALL, train)
    assert len(held_out.cards) == 8 and len(held_out.queries) == 8
    assert not {one.card for one in train.cards} & {one.card for one in held_out.cards}
    assert not set(train.queries) & set(held_out.queries)
    assert not {one.sections for one in train.studies} & {one.sections for one in held_out.studies}


def test_measures_by_hand() -> None:
    scores = np.array([[0.9, 0.8, 0.1], [0.2, 0.3, 0.4]], np.float32)
    truth = np.array([[True, False, True], [False, False, False]])
    assert precision_at(scores, truth, 2) == 0.5  # a query without an answer does not count
    places = {"card": (1.0, 0.0), "right": (1.0, 0.0), "wrong": (0.0, 1.0)}
    pairs = [
        ("card", "right", "wrong"),
        ("card", "wrong", "right"),
        ("card", "right", "right"),
        ("card", "right", "wrong"),
    ]
    assert told_apart(pairs, lambda texts: np.array([places[text] for text in texts], np.float32)) == 0.625
    cards = [card_item(generator(0, number)) for number in range(60)]
    for what in ("sequence", "side", "plane", "region"):
        for card, right, wrong in near_pairs(cards, what, 1):
            assert right != wrong and card in {item.card for item in cards}


def test_a_killed_run_joins_the_curve_and_its_export_is_what_was_trained(config: Path, tmp_path: Path) -> None:
    run_training(config, tmp_path / "whole")
    run_training(config, tmp_path / "parts", steps=2)
    summary = run_training(config, tmp_path / "parts", resume=True)
    whole, parts = (RunFolder(tmp_path / name) for name in ("whole", "parts"))
    losses = [[line["loss"] for line in run.lines() if "loss" in line] for run in (whole, parts)]
    assert summary.step == 4 and losses[0] == losses[1] and len(losses[0]) == 4
    assert {"agreement_general", "precision@5", "precision@5_chance", "told_apart_side"} <= summary.validation.keys()
    made = export_run(tmp_path / "whole", tmp_path / "tower")
    tower, start = load_text_tower(tmp_path / "tower"), open_text_start(TextChoice(weights=tmp_path / "tower"))
    assert isinstance(tower, OnnxTextTower) and tower.spec.fingerprint == made.fingerprint
    state, stage = whole.load()["module"], DistilStage(read_train_config(config), Alone("cpu"))  # type: ignore[arg-type]
    began = stage.module.state_dict()
    for name, tensor in (start.weights or {}).items():
        halfway = (began[f"bert.{name}"] + state[f"bert.{name}"]) / 2
        torch.testing.assert_close(tensor, halfway, rtol=2**-11, atol=1e-7)  # float16's rounding
    going_on = config.read_text().replace("[0, 2]", '[0, 2]\nstart = "tower"')
    again = DistilStage(read_train_config(write_config(tmp_path, going_on)), Alone("cpu"))  # type: ignore[arg-type]
    for name, tensor in (start.weights or {}).items():
        assert torch.equal(again.module.state_dict()[f"bert.{name}"], tensor)
    frozen = FrozenTexts(start, 48, tmp_path / "kept", cache=tmp_path)  # as stage 2 has it, from float32 constants
    np.testing.assert_allclose(tower.encode(TEXTS), frozen(TEXTS), atol=2e-6)
    with pytest.raises(UsageError, match="already"):
        export_run(tmp_path / "whole", tmp_path / "tower")


def test_validation_is_that_of_each_text_alone(config: Path) -> None:
    stage = DistilStage(read_train_config(config), Alone("cpu"))  # type: ignore[arg-type]
    stage.module.eval()
    with torch.no_grad():
        together, alone = stage._vectors_of(TEXTS), np.concatenate([stage._vectors_of([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_the_shipped_configuration_keeps_every_word_of_its_corpus(minilm: TextStart) -> None:
    """Of MiniLM's pieces, those of regions and sequences are there whole."""
    shipped = read_train_config(PROJECT / "configs" / "train-distil.toml")
    assert isinstance(shipped, DistilConfig) and shipped.student.pieces == 14000
    start = open_student(shipped, training_texts(SMALL), minilm)
    for text in ("fluid-attenuated inversion recovery of the cervical spine", "halswirbelsäule", "meniscus, PI-RADS 4"):
        assert pieces_of(start.tokenizer, text) == pieces_of(minilm.tokenizer, text)


def test_contradictions_are_refused() -> None:
    with pytest.raises(UsageError, match="at least 1 of each"):
        DistilCorpus(cards=0)
    with pytest.raises(UsageError, match="at least 2 of each"):
        DistilBatchSettings(kept=1)
