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
    context: Callable[[Any], int]  # from the config: how many tokens the model can take; 0 where it does not say


def _positions(config: Any) -> int:
    return int(config.max_position_embeddings)


def _positions_after_padding(config: Any) -> int:
    """RoBERTa counts positions from after the padding id, so two of them are never used."""
    return int(config.max_position_embeddings) - int(config.pad_token_id or 0) - 1


def _unsaid(config: Any) -> int:
    """T5 measures distances and numbers no positions: its tokenizer says how long a text may be."""
    return 0


_MASKED = "masked words"
_ENCODER = Architecture("encoder", _MASKED, _positions)
_ROBERTA = Architecture("encoder", _MASKED, _positions_after_padding)
_DECODER = Architecture("decoder", "next word", _positions)

ARCHITECTURES: tuple[tuple[str, Architecture], ...] = (
    ("bert", _ENCODER),
    ("distilbert", _ENCODER),
    ("electra", Architecture("encoder", "telling replaced words from real ones", _positions)),
    ("albert", _ENCODER),
    ("roberta", _ROBERTA),
    ("camembert", _ROBERTA),
    ("xlm-roberta", _ROBERTA),
    ("modernbert", _ENCODER),
    ("gpt2", _DECODER),
    ("llama", _DECODER),
    ("qwen2", _DECODER),
    ("qwen3", _DECODER),
    ("mistral", _DECODER),
    ("gpt_neox", _DECODER),
    ("opt", _DECODER),
    ("t5", Architecture("encoder-decoder", "corrupted spans", _unsaid)),
    ("bart", Architecture("encoder-decoder", "mending a damaged text", _positions)),
    ("marian", Architecture("encoder-decoder", "translation", _positions)),
)

_HEADS: tuple[tuple[Family, tuple[str, ...]], ...] = (  # how the classes that hold a language head end their names
    ("encoder", ("ForMaskedLM",)),
    ("decoder", ("ForCausalLM", "LMHeadModel")),
    ("encoder-decoder", ("ForConditionalGeneration", "MTModel")),
)


def architecture_of(model_type: str) -> Architecture:
    """The row of a `model_type`, or a sentence that names those there are."""
    table = dict(ARCHITECTURES)
    if model_type not in table:
        raise CannotOpenModel(
            f"Models of type {model_type!r} cannot be shown; this app reads {', '.join(table)}."
        )
    return table[model_type]


def names_head(config: Any, family: Family) -> bool:
    """`architectures` decides: models with tied weights do not report that a head is missing."""
    return _saved_as(config).endswith(dict(_HEADS)[family])


def check_kind(config: Any, family: Family) -> None:
    """A checkpoint of a type we read, but used in another way (half of a T5, a BERT that writes), is refused."""
    saved, found = _saved_as(config), family
    if family == "encoder-decoder" and saved.endswith("EncoderModel"):
        raise CannotOpenModel(f"This holds only the encoder of a {config.model_type}; give a folder with its decoder.")
    if config.is_encoder_decoder or saved.endswith(dict(_HEADS)["decoder"]):
        found = "encoder-decoder" if config.is_encoder_decoder else "decoder"
    elif family == "encoder-decoder":
        found = "decoder"
    if found != family:
        raise CannotOpenModel(f"A {config.model_type} model is read as {family}, but this checkpoint is {found}.")


def sliding_window(config: Any) -> tuple[int, tuple[int, ...]]:
    """How far back a decoder's sliding layers look (0: none does), and which layers those are."""
    width = int(getattr(config, "sliding_window", None) or 0)
    every = tuple(range(config.num_hidden_layers))
    kinds = getattr(config, "layer_types", None)
    layers = every if kinds is None else tuple(layer for layer in every if kinds[layer] == "sliding_attention")
    return (width, layers) if width and layers else (0, ())


def _saved_as(config: Any) -> str:
    return (config.architectures or ("",))[0]
