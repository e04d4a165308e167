"""Turns a tokenizer's pieces into Tokens: what a person sees, where it stands, and to which word it belongs.

Must not know any tokenizer library or model, only the lists they hand over. The marks ## (WordPiece), Ġ (byte-level
BPE) and ▁ (Unigram) are handled here and nowhere else.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from playground.contracts.words import Word, cut_words, word_of_span
from playground.errors import Unreadable

_CONTINUES = re.compile(r"^##(?=.)")
_BYTE_PIECE = re.compile(r"^<0x([0-9A-Fa-f]{2})>$")
_MARKS = ("▁", "Ġ")  # the tokenizer's own blank before the first word has no character, so it is laid on its letter
_BLANKS = MappingProxyType({" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥"})


@dataclass(frozen=True, slots=True)
class Token:
    """One step of a model's input; `word` indexes the words of the text, followed by those of the target."""

    text: str
    piece: str
    id: int
    start: int
    end: int
    special: bool
    word: int | None


@dataclass(frozen=True, slots=True)
class Piece:
    """What a tokenizer says of one token: its raw piece, its id, its span of characters, and whether it is special."""

    raw: str
    id: int
    start: int = 0
    end: int = 0
    special: bool = False
    byte_level: bool = False  # its tokenizer writes bytes as GPT-2 does


def make_tokens(text: str, pieces: Sequence[Piece], first_word: int = 0) -> tuple[Token, ...]:
    """The tokens of `text`; `first_word` is where the words of this text begin in the list shared by a reading."""
    words = cut_words(text)
    return tuple(_make_token(text, words, piece, first_word) for piece in pieces)


def _make_token(text: str, words: tuple[Word, ...], piece: Piece, first_word: int) -> Token:
    if not 0 <= piece.start <= piece.end <= len(text):
        raise Unreadable(f"The tokenizer placed the piece {piece.raw!r} outside the text, so it cannot be shown.")
    start, end = _without_blanks(text, piece.start, piece.end)
    word = word_of_span(words, start, end)
    if piece.special:  # of no word, but where it was typed or stands for a blanked word
        return Token(piece.raw, piece.raw, piece.id, start, end, True, None if word is None else first_word + word)
    # A mark by itself is a blank, whatever letter it is laid on.
    covers = end > start and (piece.raw not in _MARKS or text[start:end].strip() in ("", piece.raw))
    seen = text[start:end] if covers else piece_text(piece.raw, piece.byte_level)
    return Token(show_blanks(seen), piece.raw, piece.id, start, end, False, None if word is None else first_word + word)


def _without_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    """Unigram and byte-level spans count the blank before a word in; a person does not. All blank: left as it is."""
    seen = text[start:end]
    if not seen.strip():
        return start, end
    return end - len(seen.lstrip()), start + len(seen.rstrip())


def piece_text(raw: str, byte_level: bool = False) -> str:
    """What a piece says where there is no span to look at: `##ing` → `ing`, `Ġcat` → `cat`, `▁` → a blank.

    `byte_level`: the tokenizer writes bytes as GPT-2 does; nothing in a piece itself tells `ł` from the byte it stands
    for there. A piece that holds only part of a character says which bytes: half a character has no picture.
    """
    if byte_level:
        return _byte_level_text(raw.lstrip("Ġ") or raw)
    if byte := _BYTE_PIECE.match(raw):
        return _bytes_text(bytes([int(byte.group(1), 16)]))
    if raw.startswith("▁"):
        return raw[1:].replace("▁", " ") or " "
    return _CONTINUES.sub("", raw)


def show_blanks(text: str) -> str:
    """Blanks and invisible characters made visible, so that no token is an empty label; other texts are left alone."""
    if not text:
        return "∅"
    if not all(map(_unseen, text)):
        return text
    return "".join(_BLANKS.get(character, "␣" if character.isspace() else _code(character)) for character in text)


def _unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


def _code(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"


def _byte_level_text(raw: str) -> str:
    """Undoes GPT-2's writing of bytes as printable characters; a piece with any other character is left alone."""
    values = [_byte_of(character) for character in raw]
    return raw if None in values else _bytes_text(bytes(values))


def _bytes_text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(f"⟨{byte:02X}⟩" for byte in data)


def _byte_of(character: str) -> int | None:
    """GPT-2 writes a printable byte as itself and the others, in order, as the characters from U+0100 on."""
    code = ord(character)
    if _printable_byte(code):
        return code
    rank = code - 0x100
    hidden = [byte for byte in range(256) if not _printable_byte(byte)]
    return hidden[rank] if 0 <= rank < len(hidden) else None


def _printable_byte(code: int) -> bool:
    return 0x21 <= code <= 0x7E or 0xA1 <= code <= 0xAC or 0xAE <= code <= 0xFF
