"""Turns the ids a model writes into text and Tokens, one at a time or all at once, each with its span in that text.

Must not know any model. The text only grows: a character whose bytes are split over several ids is held back until it
is whole, so that nobody sees �. Special tokens have no characters in the written text.
"""

from collections.abc import Sequence
from dataclasses import replace

from playground.contracts.tokens import Piece, Token, make_tokens
from playground.contracts.words import cut_words
from playground.language_models.tokenizing import Tokenizer

_HALF = "\ufffd"  # what a tokenizer makes of part of a character
_NEAR, _MANY = 8, 32  # ids looked back at, so that a blank before a piece comes out; decoding all each time is slow


class WrittenText:
    """A text that grows by ids, after a beginning that was read."""

    def __init__(self, tokenizer: Tokenizer, begun: str = "", ids: Sequence[int] = (), first_word: int = 0) -> None:
        self.text = begun
        self.unfinished = False  # whether the last piece ended inside a character
        self._engine = tokenizer.wrapper.backend_tokenizer
        self._byte_level = "ByteLevel" in repr(self._engine.decoder)
        added = self._engine.get_added_tokens_decoder().items()
        self._special = frozenset(id_ for id_, token in added if token.special)
        self._near = [id_ for id_ in ids if id_ not in self._special][-_NEAR:]
        self._decoded = len(self._decode())
        settled = cut_words(begun)[:-2]  # the last two may yet grow together: can ' t
        self._cut_from = settled[-1].end if settled else 0
        self._first_word = first_word + len(settled)

    def add(self, id_: int) -> Token:
        """The token of the next id; its span lies in `text`, its word counts on from the words of the beginning."""
        piece = self.piece(id_)
        at = self._cut_from
        inside = replace(piece, start=piece.start - at, end=piece.end - at)
        (token,) = make_tokens(self.text[at:], [inside], self._first_word)
        return replace(token, start=token.start + at, end=token.end + at)

    def piece(self, id_: int) -> Piece:
        """The piece of the next id, in the characters it made whole; of no width where it made none."""
        before, special = len(self.text), id_ in self._special
        new = "" if special else self._grow(id_)
        self.text += new
        start = before + len(new) - len(new.lstrip(_HALF))  # what an earlier piece left broken is not this one's
        raw = self._engine.id_to_token(id_) or ""
        return Piece(raw, id_, start, len(self.text), special, self._byte_level)

    def _grow(self, id_: int) -> str:
        """The characters that became whole with this id."""
        self._near.append(id_)
        decoded = self._decode()
        whole = decoded.rstrip(_HALF)
        self.unfinished = whole != decoded
        new, self._decoded = whole[self._decoded :], max(self._decoded, len(whole))
        if len(self._near) > _MANY and not self.unfinished:
            self._near = self._near[-_NEAR:]
            self._decoded = len(self._decode())
        return new

    def _decode(self) -> str:
        return self._engine.decode(self._near)


def written_tokens(tokenizer: Tokenizer, ids: Sequence[int], first_word: int) -> tuple[str, tuple[Token, ...]]:
    """The whole text that these ids write, and its tokens; the pieces of one character all show that character."""
    written, pieces, waiting = WrittenText(tokenizer), [], []
    for id_ in ids:
        piece = written.piece(id_)
        if waiting and piece.end > piece.start:
            if not written.text[waiting[0].end : piece.start]:  # else the character stayed broken
                pieces[-len(waiting) :] = [replace(one, end=piece.start + 1) for one in waiting]
            waiting = []
        pieces.append(piece)
        waiting = [*waiting, piece] if written.unfinished and not piece.special else []
    return written.text, make_tokens(written.text, pieces, first_word)
