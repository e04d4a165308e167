"""What each of the three models is made of and how it is taught: sizes, learning rate, tokens a step, length.

Numbers only; it must not know how they are used.
"""

from dataclasses import dataclass
from types import MappingProxyType

from playground.errors import BadInput


@dataclass(frozen=True)
class Recipe:
    """One model. The three differ in family and objective, and in as little else as they can."""

    name: str
    family: str  # "bert", "gpt" or "t5"
    vocabulary: int
    steps: int  # of a full run without a budget in minutes
    layers: int = 4
    width: int = 256
    heads: int = 8
    inner: int = 1024
    dropout: float = 0.0
    learning_rate: float = 1e-3
    embedding_factor: float = 1.0  # T5's embeddings start large; ten times the rate is what moves them
    tokens_per_step: int = 2000
    warm_up: float = 0.02  # part of the run
    last_rate: float = 0.02  # part of the learning rate left at the end


RECIPES = MappingProxyType({
    "tiny-bert": Recipe("tiny-bert", "bert", vocabulary=5400, steps=12_000),
    "tiny-gpt": Recipe("tiny-gpt", "gpt", vocabulary=5400, steps=8_000, dropout=0.1),
    "tiny-t5": Recipe("tiny-t5", "t5", vocabulary=6500, steps=30_000, layers=3, embedding_factor=10.0),
})


def find_recipe(name: str) -> Recipe:
    """The recipe of a model by its name."""
    if name not in RECIPES:
        raise BadInput(f"There is no model {name!r} to train; choose one of {', '.join(RECIPES)}.")
    return RECIPES[name]
