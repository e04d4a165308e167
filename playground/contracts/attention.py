"""An attention map that carries its labels and proves itself at birth: lined up, whole rows, nothing behind the mask.

Must not know where the numbers come from nor how they are drawn. Row = query = the token that looks; column = key =
the token looked at. Nobody says "source" and "target" here: in T5 those words flip.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from playground.contracts.tokens import Token
from playground.errors import BadInput, Unreadable

Kind = Literal["encoder", "decoder", "cross"]
ROW_TOLERANCE = 1e-4
_ROWS_AT_A_TIME = 1 << 22  # cells checked in one go: a long text with many heads must not double its memory here


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """Who looked at whom. `layers` names the layers held, counted from 0, in the order of the first axis."""

    kind: Kind
    mask: str  # "all", "causal" or "window:k"
    weights: np.ndarray  # float32 [layer, head, query, key]
    rows: tuple[Token, ...]
    cols: tuple[Token, ...]
    layers: tuple[int, ...]

    def __post_init__(self) -> None:
        _check_shape(self)
        allowed = allowed_by(self.mask, self.kind, len(self.rows), len(self.cols))
        for layer in self.weights:  # [head, query, key]
            _check_heads(layer, allowed)
        self.weights.setflags(write=False)

    @property
    def heads(self) -> int:
        return self.weights.shape[1]


def allowed_by(mask: str, kind: Kind, rows: int, cols: int) -> np.ndarray:
    """Which key each query may look at, as booleans [query, key].

    `window:k` is k keys that end with the token itself in a decoder, and k // 2 keys to either side in an encoder.
    """
    query, key = np.arange(rows)[:, None], np.arange(cols)[None, :]
    if mask == "all":
        return np.ones((rows, cols), dtype=bool)
    if mask == "causal":
        return key <= query
    width = window_of(mask)
    if kind == "decoder":
        return (key <= query) & (key > query - width)
    return np.abs(query - key) <= width // 2


def window_of(mask: str) -> int:
    """The k of `window:k`; refuses every other mask with the ones there are."""
    name, _, width = mask.partition(":")
    if name != "window" or not width.isdecimal() or len(width) > 9 or int(width) < 1:
        raise BadInput(f"There is no attention mask {mask[:40]!r}: use all, causal, or window:k with k of at least 1.")
    return int(width)


def _check_shape(found: AttentionMap) -> None:
    if found.kind not in ("encoder", "decoder", "cross"):
        raise Unreadable(f"The model answered with attention of an unknown kind, {found.kind!r}.")
    if not isinstance(found.weights, np.ndarray) or found.weights.dtype != np.float32 or found.weights.ndim != 4:
        raise Unreadable("The model's attention weights are not a float32 array of layers, heads, queries and keys.")
    if 0 in found.weights.shape:
        raise Unreadable("The model returned no attention weights, so there is nothing to show.")
    if len(set(found.layers)) != len(found.layers) or min(found.layers) < 0:
        raise Unreadable("The model's attention names a layer twice, or one that cannot be.")
    expected = (len(found.layers), found.weights.shape[1], len(found.rows), len(found.cols))
    if found.weights.shape != expected:
        raise Unreadable(
            f"The attention weights {found.weights.shape} do not line up with {len(found.layers)} layers, "
            f"{len(found.rows)} rows and {len(found.cols)} columns of tokens."
        )


def _check_heads(layer: np.ndarray, allowed: np.ndarray) -> None:
    step = max(1, _ROWS_AT_A_TIME // allowed.size)
    for first in range(0, len(layer), step):
        heads = layer[first : first + step]  # [head, query, key]
        sums = heads.sum(axis=-1, dtype=np.float64)
        if not np.isfinite(sums).all():
            raise Unreadable("The model's attention holds values that are not numbers; its weights are damaged.")
        if np.abs(sums - 1).max() > ROW_TOLERANCE or heads.min() < 0:
            raise Unreadable("The model's attention rows do not add up to 1, so they cannot be read as shares.")
        if not allowed.all() and heads[:, ~allowed].any():
            raise Unreadable("The model looked at tokens that its mask forbids, so the picture would be wrong.")
