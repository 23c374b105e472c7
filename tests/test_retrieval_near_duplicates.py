"""Near-duplicate texts: exactly the connected components of all pairs compared, and what a report's reader expects."""

import random

import numpy as np
import pytest

from common.errors import UsageError
from retrieval.evaluation.near_duplicates import near_duplicate_clusters, shingles, similarity

NORMAL = (
    "There is no acute infarct, no haemorrhage, no mass effect and no midline shift. The ventricles and sulci are of "
    "normal size for the age of 62 years. The orbits, the paranasal sinuses and the left mastoid are clear."
)


def all_pairs(texts: list[str], threshold: float) -> list[int]:
    """Every pair compared; then components by repeated renaming."""
    names = list(range(len(texts)))
    for one in range(len(texts)):
        for other in range(one):
            folded = {" ".join(texts[place].split()).casefold() for place in (one, other)}
            if len(folded) == 1 or similarity(texts[one], texts[other]) >= threshold:
                kept, gone = names[other], names[one]
                names = [kept if name == gone else name for name in names]
    seen: dict[int, int] = {}
    return [seen.setdefault(name, len(seen)) for name in names]


def templated(count: int, seed: int) -> list[str]:
    """Texts that lie at every similarity: copies of few templates with words replaced, dropped and repeated."""
    draw = random.Random(seed)
    templates = [[f"w{draw.randrange(40)}" for _ in range(draw.randrange(1, 30))] for _ in range(5)]
    texts = []
    for _ in range(count):
        words = list(draw.choice(templates))
        for _ in range(draw.randrange(5)):
            words[draw.randrange(len(words))] = f"w{draw.randrange(60)}"
        if draw.random() < 0.3:
            words += words[:2]
        texts.append(draw.choice(["{}", "  {}\n", "{}."]).format(draw.choice([" ", "\t"]).join(words)))
    return texts


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.8, 0.95, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_clusters_are_those_of_all_pairs_compared(seed: int, threshold: float) -> None:
    texts = [*templated(120, seed), "", " ", "one", "one two", "ONE  two", "one two one"]
    assert near_duplicate_clusters(texts, threshold).tolist() == all_pairs(texts, threshold)


def test_some_of_the_random_texts_are_near_and_some_chains_are_long() -> None:
    """The comparison above would prove nothing on texts that are all equal or all apart."""
    texts = templated(120, 0)
    clusters = near_duplicate_clusters(texts, 0.8)
    near = [
        similarity(one, other)
        for one, first in zip(texts, clusters, strict=True)
        for other, second in zip(texts, clusters, strict=True)
        if first == second
    ]
    assert 5 < clusters.max() < 100
    assert min(near) < 0.8 < max(similarity for similarity in near if similarity < 1)


def test_the_order_of_texts_decides_numbers_only() -> None:
    texts = templated(150, 9)
    order = np.random.default_rng(0).permutation(len(texts))
    plain, mixed = near_duplicate_clusters(texts), near_duplicate_clusters([texts[place] for place in order])
    together = plain[:, None] == plain[None, :]
    assert np.array_equal(together[np.ix_(order, order)], mixed[:, None] == mixed[None, :])


def test_a_copied_normal_report_and_one_with_another_number_or_side_are_one_report() -> None:
    texts = [NORMAL, NORMAL.upper(), NORMAL.replace("62", "71"), NORMAL.replace("left", "right")]
    texts.append(NORMAL + " There is a 2.5 cm enhancing mass in the right frontal lobe with oedema around it.")
    assert near_duplicate_clusters(texts).tolist() == [0, 0, 0, 0, 1]


def test_similarity_by_hand() -> None:
    """Five words have three triples; the last word replaced leaves two of four."""
    assert len(shingles("a b c d e")) == 3
    assert similarity("a b c d e", "a b c d f") == 0.5
    words = " ".join(f"w{number}" for number in range(29))
    assert similarity(words, words.replace("w14", "other")) == (29 - 5) / (29 + 1)
    assert near_duplicate_clusters([words, words.replace("w14", "other")], 0.8).tolist() == [0, 0]


def test_an_added_sentence_is_told_apart_by_its_share_alone() -> None:
    """58 triples of 60 words; 14 words more leave 58 of 72, one more word 58 of 73."""
    words = " ".join(f"w{number}" for number in range(60))
    added = [f" a{number}" for number in range(15)]
    assert similarity(words, words + "".join(added[:14])) == 58 / 72 > 0.8 > 58 / 73
    texts = [words, words + "".join(added[:14]), words.replace("w", "v"), words.replace("w", "v") + "".join(added)]
    assert near_duplicate_clusters(texts, 0.8).tolist() == [0, 0, 1, 2]


def test_punctuation_and_case_do_not_tell_texts_apart_but_order_does() -> None:
    assert near_duplicate_clusters(["No lesion; oedema.", "no lesion oedema", "no oedema lesion"], 1.0).tolist() == [
        0,
        0,
        1,
    ]


def test_no_texts_have_no_clusters() -> None:
    found = near_duplicate_clusters([])
    assert (found.tolist(), found.dtype) == ([], np.int64)


@pytest.mark.parametrize("threshold", [0.0, -0.5, 1.01, float("nan")])
def test_a_threshold_that_means_nothing_is_refused(threshold: float) -> None:
    with pytest.raises(UsageError, match="above 0 and at most 1"):
        near_duplicate_clusters(["a"], threshold)


def test_words_outside_latin_and_broken_text_are_words_too() -> None:
    assert near_duplicate_clusters(["Без патологии", "без  ПАТОЛОГИИ", "\udc80 bad"], 0.8).tolist() == [0, 0, 1]
