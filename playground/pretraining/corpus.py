"""Sentence pairs: reads them, cleans them, and keeps apart those that no model may be trained on.

Must not know tokens or models; what it hands on are plain sentences.
"""

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playground.errors import BadInput
from playground.pretraining.unfit_words import is_unfit

LONGEST = 400  # characters; a longer line is no sentence and would not fit the models' context
ALIKE = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"'})


class Pair(NamedTuple):
    """An English sentence and one of its French translations."""

    english: str
    french: str


@dataclass(frozen=True)
class Corpus:
    """What may be learned from, and what is only ever asked about."""

    training: tuple[Pair, ...]
    held_out: tuple[Pair, ...]

    def english(self) -> list[str]:
        """The distinct English training sentences in the order of the file."""
        return list(dict.fromkeys(pair.english for pair in self.training))

    def references(self) -> dict[str, list[str]]:
        """Every held-out English sentence with all its French translations."""
        found: dict[str, list[str]] = {}
        for pair in self.held_out:
            found.setdefault(pair.english, []).append(pair.french)
        return found


def read_corpus(path: Path) -> Corpus:
    """The corpus in a tab-separated file or in the one such file of a zip, cleaned and divided."""
    return divide(parse_pairs(read_lines(path), path.name))


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, or of the largest `.txt` or `.tsv` in a zip."""
    if not path.is_file():
        raise BadInput(f"There is no corpus file at {path}; give the path of a tab-separated file or a .zip of one.")
    try:
        raw = _unzip(path) if zipfile.is_zipfile(path) else path.read_bytes()
        return raw.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text; save it as UTF-8 and try again.") from None
    except zipfile.BadZipFile:
        raise BadInput(f"{path.name} is a damaged zip file; download it again.") from None


def _unzip(path: Path) -> bytes:
    """The largest text file in the archive: next to it lies only a note on the licence."""
    with zipfile.ZipFile(path) as archive:
        texts = [entry for entry in archive.infolist() if entry.filename.lower().endswith((".txt", ".tsv"))]
        if not texts:
            raise BadInput(f"{path.name} holds no .txt or .tsv file.")
        return archive.read(max(texts, key=lambda entry: entry.file_size))


def parse_pairs(lines: Iterable[str], name: str) -> list[Pair]:
    """English, tab, French, on each line; further columns (attribution, in newer editions) are left aside."""
    pairs = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        columns = line.rstrip("\r").split("\t")
        if len(columns) < 2:
            raise BadInput(f"Line {number} of {name} has no tab: each line must be English, a tab, and French.")
        pairs.append(Pair(columns[0], columns[1]))
    if not pairs:
        raise BadInput(f"{name} holds no sentence pairs.")
    return pairs


def normalise(text: str) -> str:
    """One form of every character, every run of white space (narrow and no-break too) one space, straight quotes."""
    composed = unicodedata.normalize("NFC", text).translate(ALIKE)
    return re.sub(r"\s+", " ", composed).strip()


def is_held_out(english: str) -> bool:
    """About 2 % of the sentences, chosen by a hash of the English side exactly as it stands in the file."""
    return int(hashlib.sha256(english.encode("utf-8")).hexdigest()[:4], 16) % 50 == 0


def divide(pairs: Iterable[Pair]) -> Corpus:
    """Clean and divide: no held-out sentence, in either language, is left on the training side."""
    training, held_out = [], []
    for pair in dict.fromkeys(pairs):
        clean = Pair(normalise(pair.english), normalise(pair.french))
        (held_out if is_held_out(pair.english) else training).append(clean)
    sources = {pair.english.casefold() for pair in held_out}
    answers = {pair.french.casefold() for pair in held_out}
    kept = (
        pair
        for pair in dict.fromkeys(training)
        if pair.english.casefold() not in sources and pair.french.casefold() not in answers and is_fit(pair)
    )
    corpus = Corpus(tuple(kept), tuple(dict.fromkeys(held_out)))
    if not corpus.training:
        raise BadInput("After cleaning no sentence pair is left to train on.")
    return corpus


def is_fit(pair: Pair) -> bool:
    """Both sides there, of a sentence's length, and fit for a classroom."""
    sizes_fit = all(0 < len(side) <= LONGEST for side in pair)
    return sizes_fit and not is_unfit(pair.english, "english") and not is_unfit(pair.french, "french")


def describe(path: Path, corpus: Corpus) -> dict[str, object]:
    """What a card says of the corpus: the file's name and fingerprint, and how much of it was used."""
    return {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "training_pairs": len(corpus.training),
        "training_english_sentences": len(corpus.english()),
        "held_out_pairs": len(corpus.held_out),
    }
