"""Writes on, one token at a time: a pass with a cache of its own, a choice, and the Step that a person sees.

Must not know how a text is read nor who listens. A probability and its alternatives are the model's own, at
temperature 1 and before any top-k, top-p or rule: what people compare is what the model finds, not what was cut away.
Closing the iterator stops the model: nothing is computed before it is asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import PreTrainedModel

from playground.contracts.generation import Step
from playground.language_models.choosing import Choice
from playground.language_models.reading_steps import best_guesses
from playground.language_models.written_text import WrittenText


@dataclass(frozen=True, eq=False)
class Chosen:
    """One id, the model's own shares [vocabulary] at that place, and whether the text ends with it."""

    id: int
    shares: torch.Tensor
    ends: bool


class CachedPass:
    """One text's way through a shared model. The cache is this pass's own: forty may run at once."""

    def __init__(self, model: PreTrainedModel, ids_name: str, given: Mapping[str, Any]) -> None:
        self._model, self._ids_name, self._given = model, ids_name, given
        self._cache: Any = None
        self._seen = 0

    def next_logits(self, ids: Sequence[int]) -> torch.Tensor:
        """The logits [vocabulary] of what follows these further ids."""
        with torch.inference_mode():  # not around a yield: it would hold for whoever listens
            self._seen += len(ids)
            given = {self._ids_name: torch.tensor([list(ids)], device=self._model.device), **self._given}
            if self._ids_name == "input_ids":  # all of it is text, though a person may type the padding token
                given["attention_mask"] = torch.ones(1, self._seen, device=self._model.device)
            answer = self._model(**given, past_key_values=self._cache, use_cache=True)
            self._cache = answer.past_key_values
            return answer.logits[0, -1].float().cpu()


def choose_ids(way: CachedPass, begun: Sequence[int], choice: Choice, at_most: int) -> Iterator[Chosen]:
    """The ids that follow `begun`, each computed when it is asked for, until the text ends or `at_most` are written."""
    ids, new = list(begun), list(begun)
    for _ in range(at_most):
        logits = way.next_logits(new)
        id_ = choice.take(ids, logits)
        ids.append(id_)
        new = [id_]
        yield Chosen(id_, torch.softmax(logits, dim=-1), id_ in choice.ends)
        if id_ in choice.ends:
            return


def show_steps(found: Iterator[Chosen], written: WrittenText, text_of: Callable[[int], str]) -> Iterator[Step]:
    """What a person sees of each chosen id."""
    for chosen in found:
        token = written.add(chosen.id)
        best = best_guesses(chosen.shares, text_of)
        yield Step(token, float(chosen.shares[chosen.id]), best, chosen.ends)
