"""Packs attention weights into few bytes: square-root uint8, pooled where a thumbnail is enough, deflated, base64.

Must not know tokens or models. `w = (b / 255)²` keeps small weights visible and is off by 0.004 at most.
"""

import base64
import zlib

import numpy as np


def quantise(weights: np.ndarray) -> np.ndarray:
    """Shares in [0, 1] as uint8 on a square-root scale; the same axes."""
    scaled = np.sqrt(weights, dtype=np.float32)
    scaled *= 255
    scaled += 0.5
    return np.minimum(scaled, 255, out=scaled).astype(np.uint8)


def pool(weights: np.ndarray, side: int) -> np.ndarray:
    """`[…, query, key]` reduced to at most side × side: mean over queries, sum over keys, so rows still add up to 1."""
    rows, cols = weights.shape[-2:]
    if cols > side:
        # One product for all heads: as many small ones, one a head, take four times as long.
        weights = (weights.reshape(-1, cols) @ _groups(cols, side).T).reshape(*weights.shape[:-1], side)
    if rows > side:
        groups = _groups(rows, side)
        weights = (groups / groups.sum(axis=1, keepdims=True)) @ weights
    return weights


def coarsen(values: np.ndarray, step: int) -> np.ndarray:
    """uint8 rounded to multiples of `step`: deflates better, where a shade is looked at and no number is read off."""
    return np.minimum((values.astype(np.uint16) + step // 2) // step * step, 255).astype(np.uint8)


def pack(values: np.ndarray, lower_triangle: bool = False) -> str:
    """uint8 `[…, query, key]` in C order, only keys up to the query where the rest is 0 anyway; deflated, base64."""
    if lower_triangle:
        rows, cols = values.shape[-2:]
        values = values[..., np.tri(rows, cols, dtype=bool)]
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 8, zlib.Z_HUFFMAN_ONLY)  # attention hardly repeats:
    packed = packer.compress(values.tobytes()) + packer.flush()  # looking for repeats costs time and gains nothing
    return base64.b64encode(packed).decode("ascii")


def _groups(length: int, side: int) -> np.ndarray:
    """Which of `side` nearly equal groups each index is in, as ones `[group, index]`: pooling is then one product."""
    starts = np.arange(side) * length // side
    group = np.searchsorted(starts, np.arange(length), side="right") - 1
    return np.equal.outer(np.arange(side), group).astype(np.float32)
