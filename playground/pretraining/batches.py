"""Cuts pools of examples into batches of like length and pads them into tensors.

Must not know what the examples teach; a place in the stream is two whole numbers, so it can be taken up again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from playground.pretraining.examples import Example, Maker
from playground.pretraining.objectives import IGNORED


@dataclass(frozen=True)
class Shape:
    """How a batch is laid out: how many padded tokens, what fills the gaps, whether labels are a text of their own."""

    tokens: int
    pad_id: int
    two_texts: bool  # T5: the labels are another text; BERT and GPT: one label for each input token


@dataclass(frozen=True)
class Place:
    """Where the stream stands: the next batch is number `batch` of pool `pool`."""

    pool: int = 0
    batch: int = 0


def stream(maker: Maker, shape: Shape, start: Place, seed: int) -> Iterator[tuple[dict[str, Tensor], Place]]:
    """Endless batches from `start` on, each with the place after it."""
    pool, first = start.pool, start.batch
    while True:
        groups = cut(maker(pool), shape, np.random.default_rng([seed, 5, pool]))
        for number in range(first, len(groups)):
            after = Place(pool, number + 1) if number + 1 < len(groups) else Place(pool + 1, 0)
            yield pad(groups[number], shape), after
        pool, first = pool + 1, 0


def cut(examples: list[Example], shape: Shape, generator: np.random.Generator) -> list[list[Example]]:
    """Groups of examples of like length, each within the token limit (or one long example), in random order."""
    def size(example: Example) -> tuple[int, int]:
        return len(example.inputs), len(example.labels) if shape.two_texts else 0

    groups: list[list[Example]] = []
    widest = (0, 0)
    for example in sorted(examples, key=size):
        grown = (max(widest[0], size(example)[0]), max(widest[1], size(example)[1]))
        if groups and sum(grown) * (len(groups[-1]) + 1) <= shape.tokens:
            groups[-1].append(example)
            widest = grown
        else:
            groups.append([example])
            widest = size(example)
    return [groups[index] for index in generator.permutation(len(groups))]


def pad(examples: list[Example], shape: Shape) -> dict[str, Tensor]:
    """One tensor for each part, padded on the right; padding is never labelled."""
    rows = {
        "input_ids": ([example.inputs for example in examples], shape.pad_id),
        "attention_mask": ([[1] * len(example.inputs) for example in examples], 0),
        "labels": ([example.labels for example in examples], IGNORED),
    }
    if examples[0].segments:
        rows["token_type_ids"] = ([example.segments for example in examples], 0)
    return {name: _fill(values, filler) for name, (values, filler) in rows.items()}


def _fill(rows: list[list[int]], filler: int) -> Tensor:
    """Rows of unequal length as one whole-number matrix [row, token]."""
    matrix = np.full((len(rows), max(map(len, rows))), filler, dtype=np.int64)
    for index, row in enumerate(rows):
        matrix[index, : len(row)] = row
    return torch.from_numpy(matrix)
