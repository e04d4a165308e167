"""Sums up many heads in one picture: the mean of a layer, the mean of all, and attention rollout.

Must not know the screen. A summary is named like a head, by [layer, head] with numbers no head has: head -1 is the mean
over a layer's heads, layer -1 over all layers, and [-1, -2] is rollout.
"""

import numpy as np

from playground.contracts.attention import AttentionMap
from playground.errors import BadInput

MEAN = (-1, -1)
ROLLOUT = (-1, -2)


def summaries_of(found: AttentionMap) -> tuple[tuple[int, int], ...]:
    """The summaries this map can have; rollout follows a token through all layers of one text, so it needs them all."""
    rollout = (ROLLOUT,) if found.kind != "cross" and found.layers == tuple(range(len(found.layers))) else ()
    return (MEAN, *rollout, *((layer, -1) for layer in found.layers))


def summarise(found: AttentionMap, layer: int, head: int) -> np.ndarray:
    """One summary, [query, key]; its rows add up to 1 as those of a head do."""
    if (layer, head) not in summaries_of(found):
        raise BadInput("There is no such summary of these heads: choose one of those shown.")
    if (layer, head) == ROLLOUT:
        return roll_out(found.weights.mean(axis=1))
    if layer == -1:
        return found.weights.mean(axis=(0, 1))
    return found.weights[found.layers.index(layer)].mean(axis=0)


def roll_out(layers: np.ndarray) -> np.ndarray:
    """Attention rollout (Abnar and Zuidema, 2020): how much of each input token is in each output token.

    From [layer, query, key]: a token keeps half of itself at every layer (the residual path) and takes half from where
    it looks; the layers are multiplied, the last one first.
    """
    through = np.eye(layers.shape[-1], dtype=np.float32)
    for layer in layers:
        through = (0.5 * layer + 0.5 * np.eye(len(layer), dtype=np.float32)) @ through
    return through
