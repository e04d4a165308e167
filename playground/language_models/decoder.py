"""Reads a text with a GPT-like model, which sees only what stands before, and writes on from it.

Must not know who asks. Keeps no state between calls: forty visitors may share one reader. A guess stands in the row
that makes it: the row before a word that is to be guessed, and the last row for the next word.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from playground.contracts.attention import AttentionMap, allowed_by
from playground.contracts.generation import GenerateRequest, Step
from playground.contracts.readers import ModelFacts
from playground.contracts.reading import Guesses, Reading, ReadRequest, Timings
from playground.contracts.tokens import Token
from playground.errors import BadInput
from playground.language_models.checkpoints import Checkpoint
from playground.language_models.choosing import Choice, writing_rules
from playground.language_models.families import sliding_window
from playground.language_models.generating import CachedPass, choose_ids, show_steps
from playground.language_models.reading_steps import (
    additive_mask,
    best_guesses,
    check_attention,
    check_something_to_read,
    check_text,
    chosen_layers,
    cut_notes,
    stack_layers,
    truth_of,
)
from playground.language_models.tokenizing import CutText, Tokenizer
from playground.language_models.written_text import WrittenText
from playground.settings import Limits


@dataclass(frozen=True)
class _Asked:
    """A row whose guess is wanted; `of` is the place of the token to be guessed, where the text has it."""

    row: int
    of: int | None = None


class DecoderReader:
    """A Reader over one opened decoder checkpoint."""

    def __init__(self, facts: ModelFacts, checkpoint: Checkpoint, tokenizer: Tokenizer, limits: Limits) -> None:
        self.facts = facts
        self._model = checkpoint.model
        self._has_head = checkpoint.has_head
        self._tokenizer = tokenizer
        self._at_most = min(limits.tokens, facts.context)
        self._limits = limits
        self._window, self._sliding = sliding_window(checkpoint.model.config)

    def count(self, request: ReadRequest) -> int:
        self._check(request)
        return self._tokenizer.cut(request.text, at_most=1).full_length

    def read(self, request: ReadRequest) -> Reading:
        begun = time.perf_counter()
        self._check(request)
        cut = self._tokenizer.cut(request.text, at_most=self._at_most)
        check_something_to_read(cut)
        layers = chosen_layers(request.layers, self.facts.layers)
        wanted = self._wanted(cut.tokens, request.blanks)
        asked = time.perf_counter()
        weights, logits = self._forward(cut.ids, request.mask, wanted)
        answered = time.perf_counter()
        mask = request.mask or self._own_mask(len(cut.ids))
        found = AttentionMap("decoder", mask, stack_layers(weights, layers), cut.tokens, cut.tokens, layers)
        return Reading(
            request=request,
            model=self.facts.name,
            family="decoder",
            words=cut.words,
            tokens=cut.tokens,
            maps=(found,),
            guesses=() if logits is None else self._guesses(cut, wanted, logits),
            notes=(*cut_notes(len(cut.ids), cut.full_length), *self._window_notes(request.mask, len(cut.ids))),
            timings=Timings(asked - begun, answered - asked, time.perf_counter() - begun),
        )

    def guess(self, request: ReadRequest) -> tuple[Guesses, ...]:
        return self.read(request).guesses

    def generate(self, request: GenerateRequest) -> Iterator[Step]:
        """The tokens after the text. Their spans lie in the whole text, what was read and what is written."""
        check_text(request.text, self._limits.text_characters)
        if not self._has_head:
            raise BadInput(f"{self.facts.name} holds no language head, so it cannot write.")
        cut = self._tokenizer.cut(request.text, at_most=self._at_most)
        ids, room = cut.ids, self._at_most - cut.full_length
        if not ids:
            raise BadInput("There is nothing to read in this text; type at least one word.")
        if room < 1:
            whole = cut.full_length
            raise BadInput(f"The text has {whole} tokens of at most {self._at_most}: no room is left to write on.")
        at_most = min(request.max_tokens, self._limits.generated_tokens, room)
        choice = Choice(writing_rules(self._model), request, len(ids), at_most)
        way = CachedPass(self._model, "input_ids", {"logits_to_keep": 1})
        written = WrittenText(self._tokenizer, request.text, ids)
        return show_steps(choose_ids(way, ids, choice, at_most), written, self._tokenizer.text_of)

    def _check(self, request: ReadRequest) -> None:
        if request.target:
            raise BadInput(f"{self.facts.name} writes on from the text itself, so it takes no target.")
        if request.pair:
            raise BadInput(f"{self.facts.name} reads one text, so it takes no second sentence.")
        check_text(request.text, self._limits.text_characters)
        if request.blanks and not self._has_head:
            raise BadInput(f"{self.facts.name} holds no language head, so it cannot guess words.")
        if request.blanks and request.mask == "all":
            raise BadInput("With the mask all, the model sees the very words it shall guess; choose causal.")

    def _own_mask(self, tokens: int) -> str:
        """What the model sees by itself. Where only some layers slide, all of them keep within `causal`."""
        every = len(self._sliding) == self.facts.layers
        return f"window:{self._window}" if every and 0 < self._window < tokens else "causal"

    def _window_notes(self, mask: str, tokens: int) -> tuple[str, ...]:
        some = 0 < len(self._sliding) < self.facts.layers
        if mask or not some or tokens <= self._window:
            return ()
        numbers = ", ".join(str(layer + 1) for layer in self._sliding)
        return (f"layers that look back at most {self._window} tokens: {numbers}",)

    def _wanted(self, tokens: tuple[Token, ...], blanks: tuple[int, ...]) -> tuple[_Asked, ...]:
        """The rows that guess: before each piece of the words asked for, or after the last token where none is."""
        if not blanks:
            return (_Asked(len(tokens) - 1),)
        hidden = [at for at, token in enumerate(tokens) if token.word in blanks]
        if hidden == [0] or not hidden:
            raise BadInput(f"Nothing that {self.facts.name} read stands before this word, so it cannot guess it.")
        return tuple(_Asked(at - 1, at) for at in hidden if at > 0)

    def _forward(
        self, ids: tuple[int, ...], mask: str, wanted: tuple[_Asked, ...]
    ) -> tuple[tuple[torch.Tensor, ...], torch.Tensor | None]:
        """The attentions, each [1, head, query, key], and the logits [wanted, vocabulary] where there is a head."""
        device = self._model.device
        given = {"attention_mask": torch.ones(1, len(ids), device=device)}  # all is text, also a typed padding token
        if mask:  # with a mask of four axes OPT cannot count positions by itself
            given["attention_mask"] = additive_mask(allowed_by(mask, "decoder", len(ids), len(ids))).to(device)
            given["position_ids"] = torch.arange(len(ids), device=device)[None]
        if self._has_head:
            given["logits_to_keep"] = torch.tensor([asked.row for asked in wanted], device=device)
        with torch.inference_mode():
            input_ids = torch.tensor([ids], device=device)
            answer = self._model(input_ids=input_ids, use_cache=False, output_attentions=True, **given)
        return check_attention(answer.attentions, self.facts.name), answer.logits[0] if self._has_head else None

    def _guesses(self, cut: CutText, wanted: tuple[_Asked, ...], logits: torch.Tensor) -> tuple[Guesses, ...]:
        shares = torch.softmax(logits.float(), dim=-1)  # [wanted, vocabulary]
        made = []
        for asked, share in zip(wanted, shares, strict=True):
            best = best_guesses(share, self._tokenizer.text_of)
            word = None if asked.of is None else cut.tokens[asked.of].word
            truth = None if asked.of is None else truth_of(share, cut.ids[asked.of])
            made.append(Guesses(asked.row, word, best, truth))
        return tuple(made)
