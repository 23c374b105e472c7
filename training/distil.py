"""Stage "distil": a smaller text tower that keeps its teacher's vectors and tells radiology's words apart.

The student is cut from its teacher (`distil_vocabulary.py`, `distil_model.py`), held near the teacher's vectors
(`distil_loss.py`), and taught by sets of texts that are true of the same series (`distil_batch.py`): a general sentence
encoder hardly separates "T1-weighted" from "T2-weighted", or left from right.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from indexer.header.region_names import SAID_REGIONS
from indexer.header.sequence_names import SAID_SEQUENCES
from training.distil_batch import DistilPlanner
from training.distil_config import DistilConfig
from training.distil_corpus import DistilTexts, general_texts, grammar_words, held_out_texts, training_texts
from training.distil_model import DistilBatch, DistilModule, TextGroup, cut_student
from training.distil_validation import DistilValidator, Vectors
from training.distil_vocabulary import cut_vocabulary, frequent_words
from training.frozen_text import FrozenTexts
from training.stage import ParameterGroup
from training.text_tower import TextChoice, TextStart, TokenBatches, open_text_start, padded
from training.workers import Workers, share_of_texts

_GROUPS = 4  # of texts of about one length: padding costs less than small batches from here on
_VALIDATION_BATCH = 64
_TEACHER_BATCH = 512  # texts that a kill may cost


class DistilStage:
    """Batches and validation around the module."""

    def __init__(self, config: DistilConfig, workers: Workers) -> None:
        self._config, self._workers = config, workers
        texts = training_texts(config.corpus)
        teacher = open_text_start(config.teacher)
        start = open_student(config, texts, teacher)
        self._frozen = FrozenTexts(teacher, config.student.max_tokens, config.teacher_vectors)
        self._tokens = TokenBatches(start.tokenizer, config.student.max_tokens)
        self._module = build_module(config, start, workers)
        # Of the teacher's whole vocabulary: words that the student has to spell come near their old places too.
        words, corpus = frequent_words(teacher.tokenizer), config.corpus
        general = general_texts(words, corpus.general, corpus.seed)
        self._planner = DistilPlanner(texts, general, config.batch, config.seed)
        for place in range(0, len(self._planner.kept), _TEACHER_BATCH):  # now: a thread that draws batches stays light
            self._frozen(self._planner.kept[place : place + _TEACHER_BATCH])
        known = set(general)
        others = [t for t in general_texts(words, 2 * corpus.held_out, corpus.seed + 1) if t not in known]
        self._validator = DistilValidator(
            held_out_texts(corpus, texts), others[: corpus.held_out], self._frozen, corpus.seed
        )

    @property
    def module(self) -> nn.Module:
        """The student with its loss."""
        return self._module

    def groups(self) -> list[ParameterGroup]:
        """All of it at one rate."""
        return [ParameterGroup(dict(self._module.named_parameters()))]

    def batch(self, step: int, part: int) -> DistilBatch:
        """This process' share of a batch."""
        plan = self._planner.plan(step, part)
        mine = share_of_texts(self._workers, plan.texts)
        contrasts = [
            (torch.tensor(one.anchors), torch.tensor(one.texts), torch.from_numpy(one.positives))
            for one in (plan.cards, plan.reports)
        ]
        kept = [plan.texts[place] for place in plan.kept]
        return DistilBatch(
            self._grouped(mine), len(mine), torch.tensor(plan.kept), torch.from_numpy(self._frozen(kept)), contrasts
        )

    def _grouped(self, texts: Sequence[str]) -> list[TextGroup]:
        """Texts in groups of about one length, the shortest first."""
        ids = [self._tokens.tokenizer.encode(text).ids for text in texts]
        order = sorted(range(len(ids)), key=lambda place: (len(ids[place]), place))
        return [
            TextGroup(torch.from_numpy(places), *padded([ids[int(place)] for place in places]))
            for places in np.array_split(np.array(order, np.int64), _GROUPS)
            if len(places)
        ]

    def before_step(self, step: int) -> None:
        """Nothing follows a schedule of its own."""

    def after_step(self, step: int) -> None:
        """Nothing follows a step."""

    def validate(self) -> dict[str, float]:
        """Agreement with the teacher, precision of queries, and what is told apart."""
        return self._validator(self._vectors_of)

    def _vectors_of(self, texts: Sequence[str]) -> Vectors:
        found = np.empty((len(texts), self._module.bert.config.hidden_size), np.float32)
        for start in range(0, len(texts), _VALIDATION_BATCH):
            for group in self._grouped(texts[start : start + _VALIDATION_BATCH]):
                found[start + group.places.numpy()] = self._module.vectors(group.ids, group.mask).cpu().numpy()
        return found


def open_student(config: DistilConfig, texts: DistilTexts, teacher: TextStart) -> TextStart:
    """The student as a run begins with it: cut from the teacher, or an exported one.

    Its vocabulary keeps the pieces of every header word that is recognised, in all languages of `indexer/header`.
    """
    if config.student.start is not None:
        return open_text_start(TextChoice(weights=config.student.start))
    headers = [phrase for said in (*SAID_REGIONS.values(), *SAID_SEQUENCES.values()) for phrase in said]
    words = [*texts.all, *grammar_words(), *headers]
    return cut_student(teacher, config.student, cut_vocabulary(teacher.tokenizer, words, config.student.pieces))


def build_module(config: DistilConfig, start: TextStart, workers: Workers) -> DistilModule:
    """The module that a run begins with; nothing of it is random."""
    return DistilModule(start, config.weights, workers)
