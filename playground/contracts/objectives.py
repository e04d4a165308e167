"""The exercise each kind of model was brought up on, posed on the visitor's own sentence.

Must not know how the exercise is made (that is the pretraining room) nor how it is drawn.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from playground.contracts.tokens import Token

Objective = Literal["masked words", "next word", "corrupted spans"]


@dataclass(frozen=True)
class Exercise:
    """What the model is given, what it must answer, and which rows of the answer count."""

    objective: Objective
    given: tuple[Token, ...]
    wanted: tuple[Token, ...]
    counted: tuple[int, ...]


class Objectives(Protocol):
    """Poses an exercise with the very code that made the pretraining data."""

    def pose(self, model: str, text: str, words: tuple[int, ...], seed: int) -> Exercise:
        """The exercise of `model` on `text`; `words` chooses what to hide, empty draws it from `seed`."""
