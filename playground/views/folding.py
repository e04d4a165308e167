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
    rows, cols = _Groups(found.rows), _Groups(found.cols)
    kept = rows.sum(cols.sum(found.weights, axis=-1), axis=-2)  # [layer, head, word, word]
    kept = kept / np.array(rows.sizes, dtype=np.float32)[:, None]
    total = kept.sum(axis=-1, keepdims=True)
    return Folded(kept / np.maximum(total, 1e-9), 1 - total[..., 0], rows.words, cols.words)


class _Groups:
    """The tokens of one axis, run by run of the same word; those of no word, special ones above all, are left out."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = [at for at, token in enumerate(tokens) if token.word is not None]
        self._starts = [n for n, at in enumerate(self._tokens) if not n or tokens[at].word != tokens[at - 1].word]
        self.words = tuple(tokens[self._tokens[start]].word for start in self._starts)
        self.sizes = np.diff([*self._starts, len(self._tokens)]).tolist()

    def sum(self, weights: np.ndarray, axis: int) -> np.ndarray:
        """The weights with this axis summed over each word's tokens."""
        first, last = (self._tokens or [0])[0], (self._tokens or [-1])[-1] + 1
        if last - first == len(self._tokens):  # no gap, as between [CLS] and [SEP]: nothing need be copied
            taken = weights[..., first:last] if axis == -1 else weights[..., first:last, :]
        else:
            taken = np.take(weights, self._tokens, axis)
        return taken if len(self._starts) == len(self._tokens) else np.add.reduceat(taken, self._starts, axis)
