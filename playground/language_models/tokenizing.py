"""Cuts a text into a model's tokens, with the characters each came from.

Must not know the model that reads them. It asks the tokenizer's own engine and sets nothing on it: the wrapper around
it changes shared settings at every call, which readers in other threads would trip over.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizerFast

from playground.contracts.tokens import Piece, Token, make_tokens, piece_text, show_blanks
from playground.contracts.words import Word, cut_words
from playground.errors import CannotOpenModel

_PROBE = "The cat's café, 3 déjà-vu: 猫 😀!"
_FILE_BYTES = 64_000_000


@dataclass(frozen=True)
class CutText:
    """A text as the model gets it. `full_length` is the number of tokens before anything was cut."""

    ids: tuple[int, ...]
    segments: tuple[int, ...]
    tokens: tuple[Token, ...]
    words: tuple[Word, ...]
    pair_words: tuple[Word, ...]
    full_length: int


class Tokenizer:
    """One checkpoint's tokenizer; keeps no state between calls."""

    def __init__(self, folder: Path) -> None:
        self.wrapper = _open(folder)
        self._engine = self.wrapper.backend_tokenizer
        self._engine.no_truncation()
        self._engine.no_padding()
        self._byte_level = "ByteLevel" in repr(self._engine.decoder)

    def cut(self, text: str, pair: str = "", at_most: int | None = None) -> CutText:
        """The tokens of a text, or of two, cut to `at_most` with the closing special tokens kept."""
        found = self._engine.encode(text, pair or None)
        # Each of these builds a whole list anew: asked for once a token, a long text would take seconds.
        ids, segments, special, sentences = found.ids, found.type_ids, found.special_tokens_mask, found.sequence_ids
        kept = _kept(special, at_most)
        pieces = [
            Piece(raw, id_, *span, bool(mark), self._byte_level)
            for raw, id_, span, mark in zip(found.tokens, ids, found.offsets, special, strict=True)
        ]
        words, pair_words = cut_words(text), cut_words(pair)
        first, second = (
            make_tokens(whole, [pieces[at] for at in kept if (sentences[at] or 0) == sentence], first_word)
            for sentence, (whole, first_word) in enumerate(((text, 0), (pair, len(words))))
        )
        in_order = {0: iter(first), 1: iter(second)}  # special tokens go with the first
        return CutText(
            ids=tuple(ids[at] for at in kept),
            segments=tuple(segments[at] for at in kept),
            tokens=tuple(next(in_order[sentences[at] or 0]) for at in kept),
            words=words,
            pair_words=pair_words,
            full_length=len(ids),
        )

    def text_of(self, id_: int) -> str:
        """What a person sees of one token of the vocabulary, with no text around it."""
        return show_blanks(piece_text(self._engine.id_to_token(id_) or "", self._byte_level))


def _kept(special: list[int], at_most: int | None) -> list[int]:
    """All tokens, or the first ones and the special ones that close the text."""
    if at_most is None or len(special) <= at_most:
        return list(range(len(special)))
    closing = 0
    while closing < min(at_most - 1, len(special)) and special[-1 - closing]:
        closing += 1
    return [*range(at_most - closing), *range(len(special) - closing, len(special))]


def _open(folder: Path) -> PreTrainedTokenizerFast:
    """The tokenizer as its file says: for some model types the library rebuilds it and changes its cuts."""
    file = folder / "tokenizer.json"
    if file.is_file() and file.stat().st_size > _FILE_BYTES:
        raise CannotOpenModel(f"The tokenizer of {folder.name} is too large to be one.")
    try:
        chosen = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        if not file.is_file():
            return _fast(chosen, folder)
        plain = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
        same = chosen.is_fast and _ids(chosen) == _ids(plain)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ImportError) as error:
        raise CannotOpenModel(f"The tokenizer of {folder.name} cannot be opened.") from error
    return chosen if same else plain


def _fast(tokenizer: Any, folder: Path) -> PreTrainedTokenizerFast:
    if not getattr(tokenizer, "is_fast", False):
        raise CannotOpenModel(f"The tokenizer of {folder.name} has no fast form, so its tokens cannot be located.")
    return tokenizer


def _ids(tokenizer: PreTrainedTokenizerFast) -> list[int]:
    return tokenizer.backend_tokenizer.encode(_PROBE).ids
