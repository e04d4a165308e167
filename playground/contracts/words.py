"""Cuts a text into words, once, by our own rule: the one axis on which every model can be compared.

Must not know any tokenizer: they disagree about words (WordPiece finds 8 where Unigram finds 5).

The rule: a run of letters and digits, with inner ’, ' or -, is one word; every other mark is one by itself.
Two refinements follow what a person sees as one sign: combining marks stay with their letter, and an emoji with
its joiners, skin tones and flag pairs stays whole. Blanks and invisible characters belong to no word.
"""

import unicodedata
from dataclasses import dataclass

_INNER = frozenset("'’-\u200c\u200d\u00ad")  # the last three are invisible, and only ever stand inside a word
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands: `text == whole[start:end]`."""

    text: str
    start: int
    end: int


def cut_words(text: str) -> tuple[Word, ...]:
    """The words of `text` in order; none overlap, and only blanks and invisible characters lie between them."""
    words, at = [], 0
    while at < len(text):
        end = _end_of_word(text, at)
        if end > at:
            words.append(Word(text[at:end], at, end))
        at = max(end, at + 1)
    return tuple(words)


def word_of_span(words: tuple[Word, ...], start: int, end: int) -> int | None:
    """The index of the word that the characters [start, end) overlap most, the earlier one on a tie."""
    best, most = None, 0
    for index, word in enumerate(words):
        if word.start >= end:
            break
        shared = min(end, word.end) - max(start, word.start)
        if shared > most:
            best, most = index, shared
    return best


def _end_of_word(text: str, at: int) -> int:
    """Where the word that begins at `at` ends; `at` itself when no word begins there."""
    if _in_run(text[at]):
        return _end_of_run(text, at)
    if not _visible(text[at]):
        return at
    return _end_of_mark(text, at)


def _end_of_run(text: str, at: int) -> int:
    end = at + 1
    while end < len(text):
        inner = text[end] in _INNER and end + 1 < len(text) and _in_run(text[end + 1])
        if not inner and not _in_run(text[end]):
            break
        end += 2 if inner else 1
    return end


def _end_of_mark(text: str, at: int) -> int:
    """One mark with what hangs on it: combining marks, a skin tone, a joined emoji, the second half of a flag."""
    end = at + 1
    if _flag_half(text[at]) and end < len(text) and _flag_half(text[end]):
        end += 1
    while end < len(text):
        joined = text[end] == _JOINER and end + 1 < len(text) and _symbol(text[end + 1])
        if not joined and not _hangs_on(text[end]):
            break
        end += 2 if joined else 1
    return end


def _in_run(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def _visible(character: str) -> bool:
    """Everything but blanks, controls and half characters; what this Python does not know yet may be a new emoji."""
    return unicodedata.category(character) not in ("Zs", "Zl", "Zp", "Cc", "Cf", "Cs")


def _symbol(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk", "Sm", "Cn")


def _hangs_on(character: str) -> bool:
    tag = 0xE0020 <= ord(character) <= 0xE007F  # the letters inside the flags of Scotland, Wales and England
    return unicodedata.category(character)[0] == "M" or 0x1F3FB <= ord(character) <= 0x1F3FF or tag


def _flag_half(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF
