"""Stage 1b: masked language modelling of the text tower on reports.

Source: Devlin et al. 2019, "BERT", section 3.1, without the next-sentence task (Liu et al. 2019, "RoBERTa", section
4.2). Texts are drawn epoch by epoch, each epoch in its own order; masks are drawn anew each time ("dynamic", same
paper, section 4.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from common.errors import UsageError
from training.corpus import read_corpus
from training.curves import CHANCE
from training.devices import full_precision
from training.draws import EndlessOrder, generator
from training.language_config import LanguageConfig, MaskSettings
from training.language_mask import NOT_ASKED, Masked, Vocabulary, mask_words
from training.stage import ParameterGroup, StepResult
from training.text_tower import TextStart, TokenBatches, freeze_all_but, open_text_start, padded
from training.workers import Workers, share_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_VALIDATION_BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class LanguageBatch:
    """Masked texts: all int64 (n, t); `asked` is -100 where nothing is to be guessed."""

    ids: Tensor
    mask: Tensor
    asked: Tensor


class LanguageModule(nn.Module):
    """A BERT that guesses hidden tokens."""

    def __init__(self, start: TextStart, workers: Workers) -> None:
        super().__init__()
        from transformers import BertConfig, BertForMaskedLM

        self.model = BertForMaskedLM(BertConfig(**start.config))
        if start.weights is not None:
            self.model.bert.load_state_dict(dict(start.weights))
        self._workers = workers

    @property
    def bert(self) -> nn.Module:
        """The text tower."""
        bert: nn.Module = self.model.bert
        return bert

    def forward(self, batch: LanguageBatch) -> StepResult:
        """The mean over the hidden tokens of all processes of -log p(token)."""
        total, count = self.summed(batch)
        everywhere = self._workers.summed(count)
        loss = total * self._workers.count / everywhere.clamp(min=1)
        return StepResult(loss, len(batch.ids))

    def summed(self, batch: LanguageBatch) -> tuple[Tensor, Tensor]:
        """The sum over the hidden tokens of -log p(token), and how many there are; float32 scalars."""
        device = next(self.parameters()).device
        asked = batch.asked.to(device)  # (n, t)
        seen = self.model.bert(input_ids=batch.ids.to(device), attention_mask=batch.mask.to(device)).last_hidden_state
        guessed = self.model.cls(seen[asked != NOT_ASKED])  # (hidden tokens, vocabulary): a sixth of all
        with full_precision(device):
            total = functional.cross_entropy(guessed.float(), asked[asked != NOT_ASKED], reduction="sum")
        return total, (asked != NOT_ASKED).sum().float()


class Masker:
    """Texts to masked texts."""

    def __init__(self, tokenizer: "Tokenizer", settings: MaskSettings, seed: int) -> None:
        self._tokenizer, self._settings, self._seed = tokenizer, settings, seed
        special = {token for token, added in tokenizer.get_added_tokens_decoder().items() if added.special}
        special |= set(tokenizer.encode("").ids)
        numbers = sorted(set(tokenizer.get_vocab().values()) - special)
        mask = tokenizer.token_to_id("[MASK]")
        if mask is None:
            raise UsageError("The tokenizer has no token [MASK]; expected one of BERT's.")
        self.vocabulary = Vocabulary(mask, np.array(numbers, np.int64))

    def __call__(self, text: str, *place: str | int) -> Masked:
        """A text masked as it is at a place of the run."""
        encoded = self._tokenizer.encode(text)
        random = generator(self._seed, "mask", *place)
        return mask_words(random, encoded.ids, encoded.word_ids, self.vocabulary, self._settings)


class LanguageStage:
    """Batches and perplexity around the module."""

    def __init__(self, config: LanguageConfig, workers: Workers) -> None:
        self._config, self._workers = config, workers
        self._corpus = read_corpus(config.corpus, config.text.max_tokens)
        start = open_text_start(config.text)
        self._masker = Masker(TokenBatches(start.tokenizer, config.text.max_tokens).tokenizer, config.mask, config.seed)
        self._module = build_module(config, start, workers)
        self._order = EndlessOrder(config.seed, len(self._corpus.train))

    @property
    def module(self) -> nn.Module:
        """The BERT with its loss."""
        return self._module

    def groups(self) -> list[ParameterGroup]:
        """All of it at one rate."""
        return [ParameterGroup(dict(self._module.named_parameters()))]

    def batch(self, step: int, part: int) -> LanguageBatch:
        """This process' share of a batch."""
        size = self._config.texts
        first = (step * self._config.run.accumulate + part) * size
        here = share_of(self._workers, size)
        return joined([self._masker(self._text(first + row), first + row) for row in range(here.start, here.stop)])

    def _text(self, number: int) -> str:
        """The text at a number of the endless list: the corpus, in another order each time."""
        return self._corpus.train[self._order[number]]

    def before_step(self, step: int) -> None:
        """Nothing follows a schedule of its own."""

    def after_step(self, step: int) -> None:
        """Nothing follows a step."""

    def validate(self) -> dict[str, float]:
        """The perplexity of held-out reports, always under the same masks; beside it that of guessing blindly."""
        total = count = 0.0
        for start in range(0, len(self._corpus.held_out), _VALIDATION_BATCH):
            texts = self._corpus.held_out[start : start + _VALIDATION_BATCH]
            masked = [self._masker(text, "held-out", start + row) for row, text in enumerate(texts)]
            one, asked = self._module.summed(joined(masked))
            total, count = total + float(one), count + float(asked)
        if not count:
            return {}
        blind = float(len(self._masker.vocabulary.ordinary))
        return {"perplexity": exp(min(total / count, 50.0)), f"perplexity{CHANCE}": blind}


def joined(rows: Sequence[Masked]) -> LanguageBatch:
    """Masked texts as one batch, filled up on the right."""
    ids, mask = padded([row.tokens for row in rows])
    asked = torch.full_like(ids, NOT_ASKED)
    for place, row in enumerate(rows):
        asked[place, : len(row.asked)] = torch.from_numpy(row.asked)
    return LanguageBatch(ids, mask, asked)


def build_module(config: LanguageConfig, start: TextStart, workers: Workers) -> LanguageModule:
    """The module that a run begins with; the same weights in every process."""
    torch.manual_seed(int(generator(config.seed, "weights").integers(2**62)))
    module = LanguageModule(start, workers)
    freeze_all_but(module.bert, config.text.tuned_layers)
    return module
