"""Says what every head does on this sentence, measured on the word axis: the answer to "which head do I look at?".

Must not know models or screens. A character is the pattern that most of the head's attention follows; its score is the
share of attention that does, averaged over the words that could follow it.
"""

from dataclasses import dataclass

import numpy as np

from playground.contracts.attention import AttentionMap
from playground.contracts.words import Word
from playground.views.folding import Folded, fold

PATTERNS = ("before", "after", "itself", "copies", "aligns", "end")  # news: named as soon as they reach CLEAR
CLEAR = 0.4  # of the attention on words must follow a pattern before a head is named after it
REPEATS = 2  # repeated words a sentence needs before a head can be said to copy: one may be chance
STANDS_OUT = 0.25  # by so much a repeated word must look more at what followed it than other words do
PARKED = 0.5  # rests on special tokens, or on the first word of a decoder
PICKED = 0.35  # goes, on average, to the one word that a word looks at most


@dataclass(frozen=True)
class Character:
    """What a head does, and how much of its attention does it (0 to 1)."""

    name: str
    score: float


def measure_characters(found: AttentionMap, words: tuple[Word, ...]) -> tuple[tuple[Character, ...], ...]:
    """The character of every head, [layer][head]."""
    folded = fold(found)
    scores = {name: score for name, score in _pattern_scores(found, folded, words).items() if score is not None}
    parked, picked = _parked(found, folded), _picked(folded)
    layers, heads = found.weights.shape[:2]
    return tuple(
        tuple(
            _name({name: float(score[at]) for name, score in scores.items()}, float(parked[at]), float(picked[at]))
            for at in ((layer, head) for head in range(heads))
        )
        for layer in range(layers)
    )


def _name(scores: dict[str, float], parked: float, picked: float) -> Character:
    best = max(scores, key=scores.__getitem__, default="")
    if best and scores[best] >= CLEAR and parked < 0.8:
        return Character(best, scores[best])
    if parked >= PARKED:
        return Character("parks", parked)
    if picked >= PICKED:
        return Character("picks", picked)
    return Character("broad", 1 - picked)


def _pattern_scores(found: AttentionMap, folded: Folded, words: tuple[Word, ...]) -> dict[str, np.ndarray | None]:
    """Each pattern's share, [layer, head], or None where no word of this sentence could follow it."""
    weights, count = folded.weights, folded.weights.shape[2]
    if 0 in weights.shape:
        return {}
    if found.kind == "cross":
        return {"aligns": _along(folded), "end": _at_end(found)}
    return {
        "before": _mean_at(weights, [(at, at - 1) for at in range(1, count)]),
        "after": _mean_at(weights, [(at, at + 1) for at in range(count - 1)]),
        "itself": _mean_at(weights, [(at, at) for at in range(1, count)]),
        "copies": _copied(weights, _followers(folded.rows, words)),
    }


def _mean_at(weights: np.ndarray, cells: list[tuple[int, int]]) -> np.ndarray | None:
    """The mean over cells (query, key) of [layer, head, query, key]."""
    if not cells:
        return None
    queries, keys = np.array(cells).T
    return weights[:, :, queries, keys].mean(axis=-1)


def _copied(weights: np.ndarray, cells: list[tuple[int, int]]) -> np.ndarray | None:
    """What repeated words give to what followed them, where that is more than the words around give to it anyway."""
    if len(cells) < REPEATS:
        return None
    others = [[row for row in range(key + 1, weights.shape[2]) if row != query] for query, key in cells]
    usual = [
        weights[:, :, rows, key].mean(axis=-1) if rows else np.zeros(weights.shape[:2])
        for rows, (_, key) in zip(others, cells, strict=True)
    ]
    copied = _mean_at(weights, cells)
    return np.where(copied - np.mean(usual, axis=0) >= STANDS_OUT, copied, 0)


def _followers(rows: tuple[int, ...], words: tuple[Word, ...]) -> list[tuple[int, int]]:
    """(a repeated word, the word that followed its last earlier occurrence); punctuation repeats too often to count."""
    cells, last = [], {}
    for at, word in enumerate(rows):
        text = words[word].text.casefold() if word < len(words) else ""
        if not text[:1].isalnum():
            continue
        if text in last and last[text] + 1 != at:
            cells.append((at, last[text] + 1))
        last[text] = at
    return cells


def _along(folded: Folded) -> np.ndarray | None:
    """How much of all attention falls on the one word that each written word looks at most, if those words differ."""
    weights = folded.weights
    if weights.shape[2] < 2:
        return None
    best = weights.argmax(axis=-1)  # [layer, head, query]
    distinct = np.array([[len(set(head)) / len(head) for head in layer] for layer in best])
    return (weights.max(axis=-1) * (1 - folded.parked)).mean(axis=-1) * distinct


def _at_end(found: AttentionMap) -> np.ndarray:
    """The share that rests on the end-of-text token of the text looked at."""
    return found.weights[:, :, :, -1].mean(axis=-1) if found.cols[-1].special else np.zeros(found.weights.shape[:2])


def _parked(found: AttentionMap, folded: Folded) -> np.ndarray:
    """What rests on special tokens, in a decoder also on the first word: every later one can see it. [layer, head]"""
    if found.kind == "encoder" or folded.weights.shape[2] < 3:
        return folded.parked.mean(axis=-1) if folded.parked.shape[2] else np.ones(folded.parked.shape[:2])
    on_first = (1 - folded.parked[:, :, 2:]) * folded.weights[:, :, 2:, 0]
    return (folded.parked[:, :, 2:] + (on_first if found.kind == "decoder" else 0)).mean(axis=-1)


def _picked(folded: Folded) -> np.ndarray:
    """The share of the most looked-at word, averaged over the words that look, [layer, head]."""
    if 0 in folded.weights.shape:
        return np.zeros(folded.weights.shape[:2])
    return folded.weights.max(axis=-1).mean(axis=-1)
