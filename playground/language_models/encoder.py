"""Reads a sentence, or two, with a BERT-like model: every token sees every token.

Must not know who asks. Keeps no state between calls: forty visitors may share one reader.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

import torch

from playground.contracts.attention import AttentionMap, allowed_by
from playground.contracts.generation import GenerateRequest, Step
from playground.contracts.readers import ModelFacts
from playground.contracts.reading import Guesses, Reading, ReadRequest, Timings
from playground.contracts.tokens import Token
from playground.errors import BadInput
from playground.language_models.checkpoints import Checkpoint
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
from playground.settings import Limits


class EncoderReader:
    """A Reader over one opened encoder checkpoint."""

    def __init__(self, facts: ModelFacts, checkpoint: Checkpoint, tokenizer: Tokenizer, limits: Limits) -> None:
        self.facts = facts
        self._model = checkpoint.model
        self._has_head = checkpoint.has_head
        self._tokenizer = tokenizer
        self._at_most = min(limits.tokens, facts.context)
        self._characters = limits.text_characters
        self._takes_segments = getattr(checkpoint.model.config, "type_vocab_size", 0) > 1

    def count(self, request: ReadRequest) -> int:
        self._check(request)
        return self._tokenizer.cut(request.text, request.pair, at_most=1).full_length

    def read(self, request: ReadRequest) -> Reading:
        begun = time.perf_counter()
        self._check(request)
        cut = self._tokenizer.cut(request.text, request.pair, self._at_most)
        check_something_to_read(cut)
        tokens = self._hide_blanks(cut, request.blanks)
        layers = chosen_layers(request.layers, self.facts.layers)
        asked = time.perf_counter()
        weights, logits = self._forward(tokens, cut.segments, request.mask)
        answered = time.perf_counter()
        mask = request.mask or "all"
        found = AttentionMap("encoder", mask, stack_layers(weights, layers), tokens, tokens, layers)
        return Reading(
            request=request,
            model=self.facts.name,
            family="encoder",
            words=cut.words,
            target_words=cut.pair_words,
            tokens=tokens,
            maps=(found,),
            guesses=self._guesses(cut, request.blanks, logits),
            notes=cut_notes(len(cut.ids), cut.full_length),
            timings=Timings(asked - begun, answered - asked, time.perf_counter() - begun),
        )

    def guess(self, request: ReadRequest) -> tuple[Guesses, ...]:
        return self.read(request).guesses

    def generate(self, request: GenerateRequest) -> Iterator[Step]:
        raise BadInput(f"{self.facts.name} fills gaps and does not write on; choose a model of the decoder family.")

    def _check(self, request: ReadRequest) -> None:
        if request.target:
            raise BadInput(f"{self.facts.name} writes nothing, so it takes no target; give a second sentence instead.")
        check_text(request.text, self._characters, (request.pair,))
        if request.blanks and not self._has_head:
            raise BadInput(f"{self.facts.name} holds no language head, so it cannot guess hidden words.")

    def _hide_blanks(self, cut: CutText, blanks: tuple[int, ...]) -> tuple[Token, ...]:
        """The tokens with one mask for each piece of a blanked word, standing where the piece stood."""
        if not blanks:
            return cut.tokens
        name, id_ = self._tokenizer.wrapper.mask_token, self._tokenizer.wrapper.mask_token_id
        if id_ is None:
            raise BadInput(f"{self.facts.name} has no mask token, so it cannot guess hidden words.")
        hidden = {"text": name, "piece": name, "id": id_, "special": True}
        return tuple(replace(token, **hidden) if token.word in blanks else token for token in cut.tokens)

    def _forward(
        self, tokens: tuple[Token, ...], segments: tuple[int, ...], mask: str
    ) -> tuple[tuple[torch.Tensor, ...], torch.Tensor | None]:
        """The attentions, each [1, head, query, key], and the logits [1, token, vocabulary] where there is a head."""
        device = self._model.device
        given = {"input_ids": torch.tensor([[token.id for token in tokens]], device=device)}
        if self._takes_segments:
            given["token_type_ids"] = torch.tensor([segments], device=device)
        if mask not in ("", "all"):
            given["attention_mask"] = additive_mask(allowed_by(mask, "encoder", len(tokens), len(tokens))).to(device)
        with torch.inference_mode():
            answer = self._model(**given, output_attentions=True)
        return check_attention(answer.attentions, self.facts.name), answer.logits if self._has_head else None

    def _guesses(self, cut: CutText, blanks: tuple[int, ...], logits: torch.Tensor | None) -> tuple[Guesses, ...]:
        rows = [row for row, token in enumerate(cut.tokens) if token.word in blanks] if blanks else []
        if not rows or logits is None:
            return ()
        shares = torch.softmax(logits[0, rows].float(), dim=-1)  # [blank, vocabulary]
        return tuple(self._ranked(share, row, cut) for share, row in zip(shares, rows, strict=True))

    def _ranked(self, share: torch.Tensor, row: int, cut: CutText) -> Guesses:
        best = best_guesses(share, self._tokenizer.text_of)
        return Guesses(row, cut.tokens[row].word, best, truth_of(share, cut.ids[row]))
