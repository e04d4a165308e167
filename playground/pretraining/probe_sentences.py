"""Reads the made-up sentences on which translations, alignment and attention heads are judged.

Must not know models; the sentences lie as plain text in `probes/` and can be added to without touching code.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from playground.contracts.words import cut_words
from playground.errors import BadInput

PROBES = Path(__file__).resolve().parent / "probes"
_LINK = re.compile(r"(\S+?)/([\d,]+)(\S*)")


@dataclass(frozen=True)
class Pointer:
    """A text in which one word should look at another: character spans `looker` and `looked_at`."""

    text: str
    looker: tuple[int, int]
    looked_at: tuple[int, int]
    target: str = ""  # for a translation: `looker` is a span of this French text instead


@dataclass(frozen=True)
class Blank:
    """One word of a sentence, taken out, and for a guesser that knows no more the words left and right of it."""

    text: str
    start: int
    end: int
    left: str = ""
    right: str = ""

    @property
    def word(self) -> str:
        """What stood there, in lower case."""
        return self.text[self.start : self.end].lower()


@dataclass(frozen=True)
class Aligned:
    """An English and a French sentence, and which French word belongs to which English ones (word numbers from 0)."""

    english: str
    french: str
    links: frozenset[tuple[int, int]]  # (French word, English word)


def read_pointers(name: str) -> list[Pointer]:
    """Lines such as `The *girl* said that [she] was tired.`: the word in brackets should look at the starred one."""
    return [_read_pointer(line) for line in _lines(name)]


def read_aligned() -> list[Aligned]:
    """Lines such as `The dog sleeps. <tab> Le/1 chien/2 dort/3.`, the numbers counting English words from 1."""
    return [_read_aligned(line) for line in _lines("aligned.tsv")]


def read_translations(name: str = "translations.tsv") -> list[tuple[str, tuple[str, ...]]]:
    """English sentences, each with every French translation that counts as right."""
    rows = [line.split("\t") for line in _lines(name)]
    return [(row[0], tuple(row[1:])) for row in rows]


def read_blanks() -> list[Blank]:
    """Lines such as `She is eating an [apple].`: the word in brackets is to be guessed."""
    blanks = []
    for line in _lines("masked.txt"):
        text, spans = _strip_marks(line)
        blanks.append(Blank(text, *spans["["]))
    return blanks


def plain_words(text: str) -> list[tuple[int, int]]:
    """The spans of the words of a text, marks left out."""
    return [(word.start, word.end) for word in cut_words(text) if word.text[0].isalnum()]


def _lines(name: str) -> list[str]:
    return [line for line in (PROBES / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def _read_pointer(line: str) -> Pointer:
    texts, spans = [], {}
    for part in line.split("\t"):
        text, found = _strip_marks(part)
        texts.append(text)
        spans |= found
    if set(spans) != {"*", "["}:
        raise BadInput(f"The line {line!r} must mark one word with *stars* and one with [brackets].")
    return Pointer(texts[0], spans["["], spans["*"], texts[1] if len(texts) > 1 else "")


def _strip_marks(part: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """The text without its marks, and where the marked words stand in it."""
    text, spans, last = "", {}, 0
    for match in re.finditer(r"\*(?P<star>[^*]+)\*|\[(?P<bracket>[^\]]+)\]", part):
        text += part[last : match.start()]
        word = match["star"] or match["bracket"]
        spans["*" if match["star"] else "["] = (len(text), len(text) + len(word))
        text += word
        last = match.end()
    return text + part[last:], spans


def _read_aligned(line: str) -> Aligned:
    english, annotated = line.split("\t")
    french = _LINK.sub(r"\1\3", annotated)
    links = set()
    for number, match in enumerate(_LINK.finditer(annotated)):
        links |= {(number, int(digits) - 1) for digits in match[2].split(",") if digits != "0"}
    words = (len(plain_words(french)), len(plain_words(english)))
    if len(_LINK.findall(annotated)) != words[0] or any(link[1] >= words[1] for link in links):
        raise BadInput(f"The alignment of {english!r} does not fit its words.")
    return Aligned(english, french, frozenset(links))
