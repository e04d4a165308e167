"""Reads a text with a T5-like model and shows what it writes of it, typed or greedily its own, with all three maps.

Must not know who asks. Keeps no state between calls: forty visitors may share one reader. A text is taken as typed,
without a task's prefix. A chosen mask is the decoder's: what it may see of what it wrote.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from transformers import GenerationConfig
from transformers.modeling_outputs import BaseModelOutput
from transformers.utils import ModelOutput

from playground.contracts.attention import AttentionMap, allowed_by
from playground.contracts.generation import GenerateRequest, Step
from playground.contracts.readers import ModelFacts
from playground.contracts.reading import Guesses, Reading, ReadRequest, Timings
from playground.contracts.tokens import Token
from playground.contracts.words import Word, cut_words
from playground.errors import BadInput, CannotOpenModel
from playground.language_models.checkpoints import Checkpoint
from playground.language_models.choosing import Choice, ids_that_end, writing_rules
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
from playground.language_models.written_text import WrittenText, written_tokens
from playground.settings import Limits

Weights = tuple[torch.Tensor, ...]  # one per layer, each [1, head, query, key]


@dataclass(frozen=True)
class _Written:
    """What the decoder writes, row by row, and the words of it."""

    tokens: tuple[Token, ...]
    words: tuple[Word, ...]
    notes: tuple[str, ...] = ()


class EncoderDecoderReader:
    """A Reader over one opened encoder–decoder checkpoint."""

    def __init__(self, facts: ModelFacts, checkpoint: Checkpoint, tokenizer: Tokenizer, limits: Limits) -> None:
        self.facts = facts
        self._model = checkpoint.model
        self._has_head = checkpoint.has_head
        self._tokenizer = tokenizer
        self._at_most = min(limits.tokens, facts.context)
        self._limits = limits
        self._rules = writing_rules(checkpoint.model)
        self._start, self._ends = _start_id(checkpoint, self._rules), ids_that_end(self._rules)

    def count(self, request: ReadRequest) -> int:
        self._check(request)
        return self._tokenizer.cut(request.text, at_most=1).full_length

    def read(self, request: ReadRequest) -> Reading:
        begun = time.perf_counter()
        self._check(request)
        cut = self._cut(request.text)
        chosen_layers(request.layers, max(self.facts.layers, self.facts.decoder_layers))
        asked = time.perf_counter()
        seen = self._encode(cut.ids)
        written = self._typed(request.target, cut) if request.target.strip() else self._greedy(seen, cut)
        inputs = self._inputs(written.tokens)
        answer = self._forward(seen, inputs, request.mask)
        found = seen.attentions, answer.decoder_attentions, answer.cross_attentions
        weights = tuple(check_attention(one, self.facts.name) for one in found)
        answered = time.perf_counter()
        return Reading(
            request=request,
            model=self.facts.name,
            family="encoder-decoder",
            words=cut.words,
            tokens=cut.tokens,
            maps=_maps(request, cut.tokens, inputs, weights),
            target_words=written.words,
            target_tokens=inputs,
            written=written.tokens,
            guesses=self._guesses(answer.logits[0], written.tokens) if self._has_head else (),
            notes=(*cut_notes(len(cut.ids), cut.full_length), *written.notes),
            timings=Timings(asked - begun, answered - asked, time.perf_counter() - begun),
        )

    def guess(self, request: ReadRequest) -> tuple[Guesses, ...]:
        return self.read(request).guesses

    def generate(self, request: GenerateRequest) -> Iterator[Step]:
        """What the model writes of the text. Spans lie in what is written; its words count on after the text's."""
        check_text(request.text, self._limits.text_characters)
        self._check_head()
        cut = self._cut(request.text)
        at_most = min(request.max_tokens, self._longest())
        choice = Choice(self._rules, request, 1, at_most)
        written = WrittenText(self._tokenizer, first_word=len(cut.words))
        return self._steps(cut, choice, at_most, written)

    def _steps(self, cut: CutText, choice: Choice, at_most: int, written: WrittenText) -> Iterator[Step]:
        way = CachedPass(self._model, "decoder_input_ids", {"encoder_outputs": self._encode(cut.ids)})
        yield from show_steps(choose_ids(way, (self._start,), choice, at_most), written, self._tokenizer.text_of)

    def _check(self, request: ReadRequest) -> None:
        if request.pair:
            raise BadInput(f"{self.facts.name} reads one text, so it takes no second sentence; give a target instead.")
        if request.blanks:
            raise BadInput(f"{self.facts.name} fills gaps that the text itself names, such as <extra_id_0>.")
        check_text(request.text, self._limits.text_characters, (request.target,))
        if not request.target.strip():
            self._check_head()

    def _check_head(self) -> None:
        if not self._has_head:
            raise BadInput(f"{self.facts.name} holds no language head, so it cannot write; give it a target to read.")

    def _longest(self) -> int:
        return min(self._limits.generated_tokens, self._at_most)

    def _cut(self, text: str) -> CutText:
        cut = self._tokenizer.cut(text, at_most=self._at_most)
        check_something_to_read(cut)
        return cut

    def _encode(self, ids: tuple[int, ...]) -> BaseModelOutput:
        with torch.inference_mode():
            given = torch.tensor([ids], device=self._model.device)
            answer = self._model.get_encoder()(input_ids=given, output_attentions=True)
        return BaseModelOutput(last_hidden_state=answer.last_hidden_state, attentions=answer.attentions)

    def _typed(self, target: str, source: CutText) -> _Written:
        """A target as typed, with its closing token."""
        cut = self._tokenizer.cut(target, at_most=self._at_most)
        first = len(source.words)
        tokens = [replace(one, word=None if one.word is None else one.word + first) for one in cut.tokens]
        if self._ends and cut.ids[-1:] not in [(id_,) for id_ in self._ends]:
            tokens = [*tokens[: self._at_most - 1], self._special(min(self._ends), len(target))]
        if not tokens:
            raise BadInput("There is nothing to read in this target; type at least one word.")
        return _Written(tuple(tokens), cut.words, cut_notes(len(cut.ids), cut.full_length, "target"))

    def _greedy(self, seen: BaseModelOutput, source: CutText) -> _Written:
        """What the model writes by itself, always taking the likeliest token."""
        way, at_most = CachedPass(self._model, "decoder_input_ids", {"encoder_outputs": seen}), self._longest()
        choice = Choice(self._rules, GenerateRequest(""), 1, at_most)
        ids = [chosen.id for chosen in choose_ids(way, (self._start,), choice, at_most)]
        text, tokens = written_tokens(self._tokenizer, ids, len(source.words))
        forced = self._rules.forced_eos_token_id is not None and len(ids) == at_most
        ended = ids[-1] in self._ends and not forced
        notes = () if ended else (f"writing was cut at {at_most} tokens: the model had not come to an end",)
        return _Written(tokens, cut_words(text), notes)

    def _inputs(self, written: tuple[Token, ...]) -> tuple[Token, ...]:
        """What the decoder is given so that it writes this, row by row: the start, then each token it wrote."""
        return (self._special(self._start, 0), *written[:-1])

    def _special(self, id_: int, at: int) -> Token:
        raw = self._tokenizer.wrapper.backend_tokenizer.id_to_token(id_) or ""
        return Token(raw or "∅", raw, id_, at, at, True, None)

    def _forward(self, seen: BaseModelOutput, inputs: tuple[Token, ...], mask: str) -> ModelOutput:
        """One teacher-forced pass of the decoder: every row at once."""
        device = self._model.device
        given = {"decoder_input_ids": torch.tensor([[token.id for token in inputs]], device=device)}
        if mask:
            allowed = allowed_by(mask, "decoder", len(inputs), len(inputs))
            given["decoder_attention_mask"] = additive_mask(allowed).to(device)
        with torch.inference_mode():
            return self._model(encoder_outputs=seen, use_cache=False, output_attentions=True, **given)

    def _guesses(self, logits: torch.Tensor, written: tuple[Token, ...]) -> tuple[Guesses, ...]:
        """Row by row what the model would write there, and how what stands there fares."""
        shares = torch.softmax(logits.float(), dim=-1)  # [row, vocabulary]
        text_of = self._tokenizer.text_of
        return tuple(
            Guesses(row, token.word, best_guesses(share, text_of), truth_of(share, token.id))
            for row, (share, token) in enumerate(zip(shares, written, strict=True))
        )


def _maps(
    request: ReadRequest, tokens: tuple[Token, ...], inputs: tuple[Token, ...], weights: tuple[Weights, ...]
) -> tuple[AttentionMap, ...]:
    """The encoder's map, the decoder's and the one across; one that has none of the layers asked for is left out."""
    kinds = ("encoder", "all", tokens, tokens), ("decoder", request.mask or "causal", inputs, inputs)
    made = []
    for (kind, mask, rows, cols), mine in zip((*kinds, ("cross", "all", inputs, tokens)), weights, strict=True):
        layers = tuple(layer for layer in request.layers or range(len(mine)) if layer < len(mine))
        if layers:
            made.append(AttentionMap(kind, mask, stack_layers(mine, layers), rows, cols, layers))
    return tuple(made)


def _start_id(checkpoint: Checkpoint, rules: GenerationConfig) -> int:
    """The token every decoder input starts with, where the checkpoint's files name one."""
    config = checkpoint.model.config
    named = rules.decoder_start_token_id, getattr(config, "decoder_start_token_id", None)
    found = next((id_ for id_ in (*named, rules.bos_token_id) if id_ is not None), None)
    if type(found) is not int or not 0 <= found < config.vocab_size:
        raise CannotOpenModel("The config of this model does not say with which token its decoder starts.")
    return found
