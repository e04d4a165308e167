"""Folds a map from tokens to words and takes out what rests on special tokens, so that heads can be compared.

Must not know models. A word looks where its pieces look on average and is looked at as much as its pieces together;
each row is then scaled to add up to 1 again, and what it had parked on special tokens is told apart.
"""

from dataclasses import dataclass

import numpy as np

from playground.contracts.attention import AttentionMap
from playground.contracts.tokens import Token


@dataclass(frozen=True, eq=False)
class Folded:
    """`weights` [layer, head, query word, key word]; `parked` [layer, head, query word] rested on special tokens."""

    weights: np.ndarray
    parked: np.ndarray
    rows: tuple[int, ...]  # the words of each axis, as tokens number them
    cols: tuple[int, ...]


def fold(found: AttentionMap) -> Folded:
    """The map on the word axis; a reading without any word folds to nothing on both axes."""
    rows, cols = words_of(found.rows), words_of(found.cols)
    gather, spread = _membership(found.rows, rows), _membership(found.cols, cols)
    mean = gather / np.maximum(gather.sum(axis=1, keepdims=True), 1)  # [word, token]
    seen = np.matmul(mean, found.weights)  # [layer, head, word, key token]
    kept = np.matmul(seen, spread.T)  # [layer, head, word, word]
    total = kept.sum(axis=-1, keepdims=True)
    scaled = kept / np.maximum(total, 1e-9)
    return Folded(scaled, 1 - total[..., 0], rows, cols)


def words_of(tokens: tuple[Token, ...]) -> tuple[int, ...]:
    """The words these tokens belong to, in order, each once; special tokens belong to none."""
    return tuple(dict.fromkeys(token.word for token in tokens if token.word is not None))


def _membership(tokens: tuple[Token, ...], words: tuple[int, ...]) -> np.ndarray:
    """1 where a token belongs to a word, [word, token]."""
    place = {word: index for index, word in enumerate(words)}
    found = np.zeros((len(words), len(tokens)), dtype=np.float32)
    for index, token in enumerate(tokens):
        if token.word is not None:
            found[place[token.word], index] = 1
    return found
