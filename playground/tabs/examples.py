"""The example sentences: what to type, and what to look for in it, from assets/examples.json.

Must not know models. An example says which head to open only for the model it was looked up in.
"""

import json
from dataclasses import dataclass

from playground.settings import ASSETS


@dataclass(frozen=True)
class Example:
    """A sentence, one line saying what to look for (*words* stand out), and where it is to be seen, from 0.

    In the line, {share} is how much of its attention `word` gives to `looks_at` in that head, measured when shown.
    """

    text: str
    look_for: str = ""
    model: str = ""
    layer: int = 0
    head: int = 0
    word: int = 0
    looks_at: int = 0


def read_examples() -> tuple[Example, ...]:
    """All examples; the first of them stands on the first screen."""
    return tuple(Example(**entry) for entry in json.loads((ASSETS / "examples.json").read_text(encoding="utf-8")))


def find_example(examples: tuple[Example, ...], text: str, model: str) -> Example | None:
    """The example whose line may stand above this picture: the same sentence, read by the same model."""
    return next((example for example in examples if example.text == text and example.model in ("", model)), None)
