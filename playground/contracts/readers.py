"""What a page may ask of a model (Reader) and of the collection of models (Library), as Protocols.

Must not know torch nor gradio: this file is where the two agree without meeting.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from playground.contracts.generation import GenerateRequest, Step
from playground.contracts.reading import Family, Guesses, Reading, ReadRequest


@dataclass(frozen=True)
class ModelFacts:
    """What an opened model is, counted and read from its files, never typed in."""

    name: str
    family: Family
    architecture: str
    parameters: int
    layers: int
    heads: int
    width: int
    context: int
    vocabulary: int
    objective: str
    dtype: str
    licence: str
    origin: str
    decoder_layers: int = 0  # of an encoder–decoder
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CatalogueEntry:
    """One row of the catalogue: what a visitor can choose from, before anything is opened."""

    name: str
    family: Family
    where: str  # "shipped", or a Hub id, or a folder
    why: str  # one line: what is interesting about it
    revision: str = ""
    megabytes: float = 0.0
    licence: str = ""


class Reader(Protocol):
    """One opened model. It keeps no state between calls: forty visitors may share it."""

    facts: ModelFacts

    def count(self, request: ReadRequest) -> int:
        """How many tokens the request's text has for this model, before anything is cut; costs no forward pass."""

    def read(self, request: ReadRequest) -> Reading:
        """How the model reads the request's text."""

    def guess(self, request: ReadRequest) -> tuple[Guesses, ...]:
        """What the model would put at the request's blanks, or next where there are none."""

    def generate(self, request: GenerateRequest) -> Iterator[Step]:
        """What the model writes, one token at a time; closing the iterator stops it."""


class Library(Protocol):
    """The models there are. Opening happens once however many ask, and never blocks readers of other models."""

    def entries(self) -> tuple[CatalogueEntry, ...]:
        """The catalogue; needs no model to be open."""

    def open(self, name: str) -> Reader:
        """The reader of a model by name, opened now if it is not yet."""
