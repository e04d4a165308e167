"""The table of model families we read: what each is called, was trained for, and how long a text it takes.

Must not know any weights: everything here is decided from a config alone, before a checkpoint is opened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.contracts.reading import Family
from playground.errors import CannotOpenModel


@dataclass(frozen=True)
class Architecture:
    """What we know of a `model_type`: one row makes a family readable everywhere in the app."""

    family: Family
    objective: str
    context: Callable[[Any], int]  # from the config: how many tokens the model can take


def _positions(config: Any) -> int:
    return int(config.max_position_embeddings)


def _positions_after_padding(config: Any) -> int:
    """RoBERTa counts positions from after the padding id, so two of them are never used."""
    return int(config.max_position_embeddings) - int(config.pad_token_id or 0) - 1


_MASKED = "masked words"
_ENCODER = Architecture("encoder", _MASKED, _positions)
_ROBERTA = Architecture("encoder", _MASKED, _positions_after_padding)

ARCHITECTURES: tuple[tuple[str, Architecture], ...] = (
    ("bert", _ENCODER),
    ("distilbert", _ENCODER),
    ("electra", Architecture("encoder", "telling replaced words from real ones", _positions)),
    ("albert", _ENCODER),
    ("roberta", _ROBERTA),
    ("camembert", _ROBERTA),
    ("xlm-roberta", _ROBERTA),
    ("modernbert", _ENCODER),
)


def architecture_of(model_type: str) -> Architecture:
    """The row of a `model_type`, or a sentence that names those there are."""
    table = dict(ARCHITECTURES)
    if model_type not in table:
        raise CannotOpenModel(
            f"Models of type {model_type!r} cannot be shown; this app reads {', '.join(table)}."
        )
    return table[model_type]
