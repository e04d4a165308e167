"""What is asked of a model that writes, and each step of its answer.

Must not know how tokens are drawn nor how a step is shown.
"""

from dataclasses import dataclass

from playground.contracts.reading import Guess, without_lone_surrogates
from playground.contracts.tokens import Token
from playground.errors import BadInput


@dataclass(frozen=True)
class GenerateRequest:
    """How to go on from a text. Temperature 0 is greedy; top_k 0 and top_p 1 leave every word in."""

    text: str
    max_tokens: int = 40
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise BadInput(f"The text must be text, not {type(self.text).__name__}.")
        object.__setattr__(self, "text", without_lone_surrogates(self.text))
        for name, low, high in (("max_tokens", 1, 100_000), ("top_k", 0, 1_000_000), ("seed", 0, 2**63 - 1)):
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise BadInput(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
        for name, low, high in (("temperature", 0.0, 100.0), ("top_p", 0.0, 1.0)):
            value = getattr(self, name)
            if type(value) not in (int, float) or not low <= value <= high:  # NaN lies nowhere
                raise BadInput(f"{name} must be a number from {low:g} to {high:g}, not {value!r}.")


@dataclass(frozen=True)
class Step:
    """One written token: what was chosen, how likely it was, and what else could have stood there."""

    token: Token
    probability: float
    alternatives: tuple[Guess, ...]
    ends: bool = False
