"""Chooses the next token from a model's logits: greedily, or by chance after temperature, top-k and top-p.

Must not know any text, nor run a model: ids and logits in, one id out. The order is transformers' own, and so are the
rules a checkpoint brings along (a forced first token, words it must not write).
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers import (
    ForcedBOSTokenLogitsProcessor,
    ForcedEOSTokenLogitsProcessor,
    GenerationConfig,
    LogitsProcessor,
    LogitsProcessorList,
    MinLengthLogitsProcessor,
    MinNewTokensLengthLogitsProcessor,
    NoBadWordsLogitsProcessor,
    NoRepeatNGramLogitsProcessor,
    PreTrainedModel,
    RepetitionPenaltyLogitsProcessor,
    SuppressTokensAtBeginLogitsProcessor,
    SuppressTokensLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from playground.contracts.generation import GenerateRequest
from playground.errors import Unreadable

_GREEDY_BELOW = 1e-6  # dividing by less than this leaves what float32 can hold

# name in the generation config, and what it makes of (its value, how many ids there are, and may be, ids that end it)
_Rule = Callable[[Any, int, int, list[int]], LogitsProcessor]
_RULES: tuple[tuple[str, _Rule], ...] = (
    ("repetition_penalty", lambda value, begun, most, ends: RepetitionPenaltyLogitsProcessor(float(value))),
    ("no_repeat_ngram_size", lambda value, begun, most, ends: NoRepeatNGramLogitsProcessor(value)),
    ("bad_words_ids", lambda value, begun, most, ends: NoBadWordsLogitsProcessor(value, ends)),
    ("min_length", lambda value, begun, most, ends: MinLengthLogitsProcessor(value, ends)),
    ("min_new_tokens", lambda value, begun, most, ends: MinNewTokensLengthLogitsProcessor(begun, value, ends)),
    ("forced_bos_token_id", lambda value, begun, most, ends: ForcedBOSTokenLogitsProcessor(value)),
    ("forced_eos_token_id", lambda value, begun, most, ends: ForcedEOSTokenLogitsProcessor(most, value)),
    ("suppress_tokens", lambda value, begun, most, ends: SuppressTokensLogitsProcessor(value)),
    ("begin_suppress_tokens", lambda value, begun, most, ends: SuppressTokensAtBeginLogitsProcessor(value, begun)),
)
_OFF = (None, 0, [])
_NEEDS_AN_END = ("min_length", "min_new_tokens")
_FIRST_MAY_BE_FORCED = ("begin_suppress_tokens",)  # then it counts from the second token on


class Choice:
    """How one request chooses its tokens: its own rules and its own chance, shared with nobody."""

    def __init__(self, config: GenerationConfig, request: GenerateRequest, begun: int, at_most: int) -> None:
        """`config` is the checkpoint's generation config, `begun` the ids there are, `at_most` the new ones."""
        self.ends = ids_that_end(config)
        self._greedy = request.temperature < _GREEDY_BELOW
        self._chance = torch.Generator().manual_seed(request.seed)
        rules = _own_rules(config, begun, begun + at_most)
        self._rules = LogitsProcessorList(rules if self._greedy else [*rules, *_warpers(request)])

    def take(self, ids: Sequence[int], logits: torch.Tensor) -> int:
        """The next id, for the ids so far and the logits [vocabulary] of what may follow."""
        scores = self.scores(ids, logits)
        if self._greedy:
            return int(scores.argmax())
        return int(torch.multinomial(torch.softmax(scores, dim=-1), 1, generator=self._chance))

    def scores(self, ids: Sequence[int], logits: torch.Tensor) -> torch.Tensor:
        """The logits [vocabulary] after all rules; what is out of the question is minus infinity."""
        try:
            return self._rules(torch.tensor([list(ids)]), logits[None])[0]
        except (ValueError, TypeError, IndexError, RuntimeError) as error:
            raise Unreadable("The model's own rules for writing do not fit its vocabulary.") from error


def _own_rules(config: GenerationConfig, begun: int, longest: int) -> list[LogitsProcessor]:
    ends, made = sorted(ids_that_end(config)), []
    for name, make in _RULES:
        value = getattr(config, name, None)
        on = value is not None if name.startswith("forced_") else value not in _OFF
        if on and (ends or name not in _NEEDS_AN_END):
            late = name in _FIRST_MAY_BE_FORCED and begun == 1 and config.forced_bos_token_id is not None
            made.append(_made(name, make, (value, begun + late, longest, ends)))
    return made


def _made(name: str, make: _Rule, given: tuple[Any, int, int, list[int]]) -> LogitsProcessor:
    try:
        return make(*given)
    except (ValueError, TypeError, RuntimeError) as error:
        raise Unreadable(f"The model's own rule {name} for writing cannot be followed.") from error


def _warpers(request: GenerateRequest) -> list[LogitsProcessor]:
    warpers: list[LogitsProcessor] = []
    if request.temperature != 1.0:
        warpers.append(TemperatureLogitsWarper(float(request.temperature)))
    if request.top_k:
        warpers.append(TopKLogitsWarper(top_k=request.top_k))
    if request.top_p < 1.0:
        warpers.append(TopPLogitsWarper(top_p=float(request.top_p)))
    return warpers


def writing_rules(model: PreTrainedModel) -> GenerationConfig:
    """How a checkpoint says it writes; one without a language head only has what its config says."""
    return getattr(model, "generation_config", None) or GenerationConfig.from_model_config(model.config)


def ids_that_end(config: GenerationConfig) -> frozenset[int]:
    """The ids after which a text is over: a generation config holds one, several, or none."""
    value = config.eos_token_id
    if value is None:
        return frozenset()
    return frozenset([value] if isinstance(value, int) else value)
