"""What is asked of a model about one text, and what it answers: frozen values, nothing remembered between calls.

Must not know which library computes the answer nor which screen shows it.
"""

from dataclasses import dataclass, field
from typing import Literal

from playground.contracts.attention import AttentionMap, Kind, window_of
from playground.contracts.tokens import Token
from playground.contracts.words import Word, cut_words
from playground.errors import BadInput, Unreadable

Family = Literal["encoder", "decoder", "encoder-decoder"]


@dataclass(frozen=True)
class ReadRequest:
    """One question, hashable: equal requests are computed once.

    `pair` is an encoder's second sentence; `target` what an encoder–decoder shall write (empty: it writes greedily).
    `blanks` are words, by index, that the model must not see; `mask` and `layers` are the model's own when empty.
    """

    text: str
    pair: str = ""
    target: str = ""
    blanks: tuple[int, ...] = ()
    mask: str = ""
    layers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name in ("text", "pair", "target", "mask"):
            if not isinstance(getattr(self, name), str):
                raise BadInput(f"The {name} must be text, not {type(getattr(self, name)).__name__}.")
        for name in ("text", "pair", "target"):
            object.__setattr__(self, name, without_lone_surrogates(getattr(self, name)))
        for name in ("blanks", "layers"):
            object.__setattr__(self, name, _whole_numbers(name, getattr(self, name)))
        if self.mask not in ("", "all", "causal"):
            window_of(self.mask)
        words = len(cut_words(self.text)) if self.blanks else 0
        if any(blank >= words for blank in self.blanks):
            raise BadInput(f"There is no word number {max(self.blanks) + 1} to blank out: the text has {words} words.")


@dataclass(frozen=True)
class Guess:
    """A word a model would put somewhere, and how likely it finds it."""

    word: str
    probability: float


@dataclass(frozen=True)
class Truth:
    """How the word that really stood there fared: its place among all guesses (1 is first) and its probability."""

    rank: int
    probability: float


@dataclass(frozen=True)
class Guesses:
    """The best guesses, best first, for a token of word `word` (None: the next one), made by row `row`."""

    row: int
    word: int | None
    best: tuple[Guess, ...]
    truth: Truth | None = None


@dataclass(frozen=True)
class Timings:
    """Seconds spent: cutting the text into tokens, in the model, and on everything until the answer was whole."""

    tokenize: float
    model: float
    total: float


@dataclass(frozen=True, eq=False)
class Reading:
    """How one model read one text.

    For an encoder–decoder `target_tokens` are the decoder's inputs, start token first, and `written` is, row by row,
    the token that row writes; nothing is ever shifted by one. A token's `word` indexes `words` and, after their end,
    `target_words` (the second sentence of an encoder, or what an encoder–decoder wrote).
    """

    request: ReadRequest
    model: str
    family: Family
    words: tuple[Word, ...]
    tokens: tuple[Token, ...]
    maps: tuple[AttentionMap, ...]
    timings: Timings
    target_words: tuple[Word, ...] = ()
    target_tokens: tuple[Token, ...] = ()
    written: tuple[Token, ...] = ()
    guesses: tuple[Guesses, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.family not in ("encoder", "decoder", "encoder-decoder"):
            raise Unreadable(f"A model cannot be of the family {self.family!r}.")
        if not self.tokens or not self.maps:
            raise Unreadable("The model returned no attention for this text, so there is nothing to show.")
        if self.written and len(self.written) != len(self.target_tokens):
            raise Unreadable("What the model wrote does not line up with what its decoder was given.")
        known = len(self.words) + len(self.target_words)
        every = (*self.tokens, *self.target_tokens, *self.written)
        if any(token.word is not None and not 0 <= token.word < known for token in every):
            raise Unreadable("A token of this reading points at a word that is not there.")
        kinds = [found.kind for found in self.maps]
        if len(set(kinds)) != len(kinds) or self.family != "encoder-decoder" and kinds != [self.family]:
            raise Unreadable(f"A model of the family {self.family} cannot have {', '.join(kinds)} attention.")
        for found in self.maps:
            _check_axes(found, self)

    def map_of(self, kind: Kind) -> AttentionMap:
        """The map of one kind, or a sentence that this model has none."""
        for found in self.maps:
            if found.kind == kind:
                return found
        raise BadInput(f"The model {self.model} has no {kind} attention; choose one of another family.")


def without_lone_surrogates(text: str) -> str:
    """Halves of a character, which JSON can carry and no tokenizer takes, become U+FFFD; the length stays."""
    return "".join("\ufffd" if 0xD800 <= ord(character) <= 0xDFFF else character for character in text)


def _check_axes(found: AttentionMap, reading: Reading) -> None:
    """A map's axes must be the reading's own tokens: a picture with another text's labels is worse than none."""
    decodes = reading.family == "encoder-decoder" and found.kind != "encoder"
    rows = reading.target_tokens if decodes else reading.tokens
    cols = reading.target_tokens if decodes and found.kind == "decoder" else reading.tokens
    if found.rows != rows or found.cols != cols:
        raise Unreadable(f"The {found.kind} attention does not carry the tokens of the text that was read.")


def _whole_numbers(name: str, values: tuple[int, ...]) -> tuple[int, ...]:
    try:
        numbers = tuple(values)
    except TypeError:
        numbers = (None,)
    if any(type(number) is not int or number < 0 for number in numbers):
        raise BadInput(f"The {name} must be whole numbers from 0 on.")
    return tuple(sorted(set(numbers)))
