"""The protocol that is kept to show what it is worth, against a loop that makes the same mistakes on purpose."""

import numpy as np
import pytest

from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import PATIENT, STUDY, Items, Values
from retrieval.evaluation.naive_protocol import NAIVE_KS, naive_points
from retrieval.evaluation.relevance import SharedLabels, shared_labels
from retrieval.evaluation.rules import label_overlap, parse_rule
from retrieval.evaluation.score_sources import random_scores
from retrieval.evaluation.task_names import Task
from retrieval.evaluation.tasks import BuiltTask, Leaving, TaskSpec, build_task

COUNT = 70


def built_of(findings: list[Values], vectors: np.ndarray) -> tuple[BuiltTask, SharedLabels]:
    columns = {
        "finding": findings,
        PATIENT: [(f"p{one // 3}",) for one in range(len(findings))],
        STUDY: [(f"s{one // 2}",) for one in range(len(findings))],
    }
    ids = tuple(f"{one:03}" for one in range(len(findings)))
    items = Items("series", ids, columns, ItemVectors(vectors, np.arange(len(ids) + 1)), "s")
    data, spec = EvaluationData({Channel.IMAGE: items}), TaskSpec(Task.IMAGE_TO_IMAGE, Channel.IMAGE)
    built = build_task(data, data, spec, (parse_rule("overlap:finding"),), Leaving())
    assert isinstance(built, BuiltTask)
    labels = label_overlap(built.rules, built.queries, built.gallery)
    assert labels is not None
    return built, labels


def made(count: int = COUNT) -> tuple[list[Values], np.ndarray]:
    generator = np.random.default_rng(2)
    findings: list[Values] = [tuple(np.array(list("abcdef"))[generator.random(6) < 0.3]) for _ in range(count)]
    vectors = generator.standard_normal((count, 8)).astype(np.float32)
    return findings, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def by_loop(findings: list[Values], vectors: np.ndarray, *, mistaken: bool) -> list[float]:
    """`mistaken`: everybody stays in the gallery, and the list of values is never emptied."""
    values: list[float] = []
    printed = []
    for k in NAIVE_KS:
        values = values if mistaken else []
        for query, asked in enumerate(findings):
            cosines = (vectors.astype(float) @ vectors[query].astype(float)).astype(np.float32)
            able = [one for one in range(len(findings)) if findings[one] and (mistaken or one // 3 != query // 3)]
            best = sorted(able, key=lambda one, row=cosines: (-row[one], one))[:k]
            shares = [len({*asked} & {*findings[one]}) / len({*asked} | {*findings[one]}) for one in best]
            values.append(float(np.mean(shares)))
        printed.append(float(np.mean(values)))
    return printed


@pytest.mark.parametrize("block_bytes", [1, 1 << 20])
def test_the_numbers_of_a_loop_with_the_same_mistakes(block_bytes: int) -> None:
    findings, vectors = made()
    assert 3 < sum(not one for one in findings) < COUNT - max(NAIVE_KS)
    built, labels = built_of(findings, vectors)
    points = naive_points(built, labels, np.random.default_rng(9), block_bytes=block_bytes)
    drawn = random_scores(COUNT, COUNT, np.random.default_rng(9), same=True).items.vectors
    assert tuple(one.k for one in points) == NAIVE_KS
    columns = {
        "random": by_loop(findings, drawn, mistaken=True),
        "random_apart": by_loop(findings, drawn, mistaken=False),
        "vectors": by_loop(findings, vectors, mistaken=True),
        "vectors_apart": by_loop(findings, vectors, mistaken=False),
    }
    for name, expected in columns.items():
        assert [getattr(one, name) for one in points] == pytest.approx(expected, abs=1e-9), name


def test_random_vectors_find_themselves() -> None:
    findings, vectors = made()
    point = naive_points(*built_of(findings, vectors), np.random.default_rng(0), block_bytes=1 << 20)[0]
    assert point.random == pytest.approx(np.mean([bool(one) for one in findings]), abs=1e-12)
    assert point.random_apart < point.random - 0.4


def test_a_small_gallery_has_no_numbers_beyond_its_size() -> None:
    findings, vectors = made(9)
    built, labels = built_of(findings, vectors)
    able = sum(bool(one) for one in findings)
    assert able < 9
    points = naive_points(built, labels, np.random.default_rng(0), block_bytes=1 << 20)
    assert [one.k for one in points] == [k for k in NAIVE_KS if k <= able]


def test_where_nobody_has_a_label_there_is_nothing_to_say() -> None:
    built, _ = built_of(*made())
    nobody = shared_labels([frozenset()] * COUNT, [frozenset()] * COUNT)
    assert naive_points(built, nobody, np.random.default_rng(0), block_bytes=1 << 20) == ()
