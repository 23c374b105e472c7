from math import exp, log
from pathlib import Path

import numpy as np
import pytest
import torch

from common.errors import UsageError
from tests.training_cases import make_pool, write_config
from training.config import read_train_config
from training.corpus import read_corpus
from training.export import export_run
from training.language import LanguageStage, Masker
from training.language_config import CorpusSettings, LanguageConfig, MaskSettings
from training.language_mask import NOT_ASKED, Vocabulary, mask_words
from training.run import run_training
from training.run_folder import RunFolder
from training.stage import RunSettings
from training.text_tower import TextChoice, TokenBatches, open_text_start
from training.workers import Alone

VOCABULARY = Vocabulary(103, np.arange(1000, 1100))
PROJECT = Path(__file__).resolve().parent.parent


def test_whole_words_and_the_right_share_are_masked() -> None:
    """Words of one to three tokens; a word is asked for whole or not at all, and never more than the share."""
    words = [None, *(number for number in range(60) for _ in range(1 + number % 3)), None]
    tokens = [101, *range(2000, 2000 + len(words) - 2), 102]
    for seed in range(30):
        found = mask_words(np.random.default_rng(seed), tokens, words, VOCABULARY, MaskSettings())
        asked = found.asked != NOT_ASKED
        assert not asked[0] and not asked[-1]
        assert 17 <= asked.sum() <= 18  # 15 % of 120
        for number in range(60):
            assert len({bool(asked[place]) for place, word in enumerate(words) if word == number}) == 1
        np.testing.assert_array_equal(found.asked[asked], np.array(tokens)[asked])
        np.testing.assert_array_equal(found.tokens[~asked], np.array(tokens)[~asked])


def test_80_10_10() -> None:
    words, tokens = list(range(10_000)), list(range(5000, 15_000))
    found = mask_words(np.random.default_rng(0), tokens, words, VOCABULARY, MaskSettings(share=1.0))
    fates = np.array([(found.tokens == 103).mean(), ((found.tokens >= 1000) & (found.tokens < 1100)).mean()])
    np.testing.assert_allclose(fates, [0.8, 0.1], atol=0.015)
    assert (found.tokens == np.array(tokens)).mean() == pytest.approx(0.1, abs=0.015)


def test_a_text_of_one_word_is_masked_and_one_of_none_is_not() -> None:
    one = mask_words(np.random.default_rng(0), [101, 7, 8, 102], [None, 0, 0, None], VOCABULARY, MaskSettings())
    assert one.asked.tolist() == [NOT_ASKED, 7, 8, NOT_ASKED]
    none = mask_words(np.random.default_rng(0), [101, 102], [None, None], VOCABULARY, MaskSettings())
    assert (none.asked == NOT_ASKED).all()


def test_minilms_tokenizer_knows_its_words_and_special_tokens() -> None:
    tokenizer = TokenBatches(open_text_start(TextChoice()).tokenizer, 48).tokenizer
    masker = Masker(tokenizer, MaskSettings(share=1.0, hidden=1.0), 0)
    assert not {0, 100, 101, 102, 103} & set(masker.vocabulary.ordinary.tolist())
    found = masker("haemorrhage", "here")
    assert found.tokens[0] == 101 and found.tokens[-1] == 102 and set(found.tokens[1:-1].tolist()) == {103}
    assert len(found.tokens) > 3  # one word of several tokens
    np.testing.assert_array_equal(masker("brain", 1).tokens, masker("brain", 1).tokens)


def test_a_corpus_of_phantoms_tables_and_pools(tmp_path: Path) -> None:
    (tmp_path / "reports.csv").write_text('report_id,text\nR1,"FINDINGS: A table says this."\n')
    pool = make_pool(tmp_path / "pool", 3)
    settings = CorpusSettings(phantom_patients=12, reports=(tmp_path / "reports.csv",), pools=(pool,), held_out=0.3)
    corpus = read_corpus(settings, 64)
    every = corpus.train + corpus.held_out
    assert "A table says this." in every and any("lesion of 2 mm" in text for text in every)
    assert len(set(every)) == len(every) and corpus.held_out and len(every) > 30
    assert read_corpus(settings, 64) == corpus
    assert max(len(text.split()) for text in read_corpus(settings, 24).train) <= 14
    with pytest.raises(UsageError, match=r"corpus\.phantom_patients"):
        CorpusSettings()


def test_perplexity_is_that_of_the_slow_loop(tmp_path: Path) -> None:
    config = write_config(tmp_path, (PROJECT / "configs" / "train-language-smoke.toml").read_text())
    stage = LanguageStage(read_train_config(config), Alone("cpu"))  # type: ignore[arg-type]
    stage.module.eval()
    with torch.no_grad():
        found = stage.validate()
        logs = []
        for number, text in enumerate(stage._corpus.held_out):
            masked = stage._masker(text, "held-out", number)
            scores = stage.module.model(input_ids=torch.from_numpy(masked.tokens)[None]).logits[0].double()
            places = np.flatnonzero(masked.asked != NOT_ASKED)
            logs += [scores[place].log_softmax(0)[masked.asked[place]].item() for place in places]
    assert found["perplexity"] == pytest.approx(exp(-np.mean(logs)), rel=1e-4)
    assert found["perplexity_chance"] == 30522 - 5
    assert log(found["perplexity"]) == pytest.approx(log(30522), rel=0.1)  # untrained


def test_texts_come_epoch_by_epoch(tmp_path: Path) -> None:
    config = write_config(tmp_path, (PROJECT / "configs" / "train-language-smoke.toml").read_text())
    stage = LanguageStage(read_train_config(config), Alone("cpu"))  # type: ignore[arg-type]
    size = len(stage._corpus.train)
    first, second = ([stage._text(epoch * size + place) for place in range(size)] for epoch in (0, 1))
    assert sorted(first) == sorted(second) == sorted(stage._corpus.train) and first != second


def test_a_language_run_learns_and_its_tower_begins_another(tmp_path: Path) -> None:
    config = write_config(
        tmp_path,
        (PROJECT / "configs" / "train-language-smoke.toml").read_text(),
        steps="30",
        rate="1e-2",
        validate_every="15",
    )
    summary = run_training(config, tmp_path / "run", steps=15)
    summary = run_training(config, tmp_path / "run", resume=True)
    validations = [
        line["validation"]["perplexity"] for line in RunFolder(tmp_path / "run").lines() if "validation" in line
    ]
    assert summary.step == 30 and validations[1] < validations[0] < 30517 / 3
    export_run(tmp_path / "run", tmp_path / "text")
    start = open_text_start(TextChoice(weights=tmp_path / "text"))
    state = RunFolder(tmp_path / "run").load()["module"]
    name = "encoder.layer.0.output.dense.weight"
    assert torch.equal((start.weights or {})[name], state[f"model.bert.{name}"])


def test_a_language_run_that_trains_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="Set it to -1"):
        LanguageConfig("x", RunSettings(1), CorpusSettings(phantom_patients=1), TextChoice())
