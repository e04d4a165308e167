"""Opens a checkpoint safely: config first, checked; then safetensors only, eager attention, float32, no foreign code.

Must not know what is read with the model afterwards.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    PreTrainedModel,
)

from playground.errors import CannotOpenModel
from playground.language_models.families import Architecture, architecture_of, check_kind, names_head

_LAYERS = "num_hidden_layers num_layers num_decoder_layers n_layer encoder_layers decoder_layers"
_HEADS = "num_attention_heads num_heads n_head encoder_attention_heads decoder_attention_heads num_key_value_heads"
_WIDTHS = "hidden_size d_model d_kv head_dim n_embd word_embed_proj_dim"
_INNER = "d_ff intermediate_size n_inner encoder_ffn_dim decoder_ffn_dim ffn_dim"
_POSITIONS = "max_position_embeddings n_positions vocab_size"
_SANE = MappingProxyType({
    name: most
    for names, most in ((_LAYERS, 256), (_HEADS, 512), (_WIDTHS, 65_536), (_INNER, 1_000_000), (_POSITIONS, 4_000_000))
    for name in names.split()
})
_WITH_HEAD = MappingProxyType(
    {"encoder": AutoModelForMaskedLM, "decoder": AutoModelForCausalLM, "encoder-decoder": AutoModelForSeq2SeqLM}
)
_CONFIG_BYTES = 4_000_000


@dataclass(frozen=True)
class Checkpoint:
    """An opened model. `has_head` is False where the file holds no language head: a random one is never shown."""

    folder: Path
    model: PreTrainedModel
    architecture: Architecture
    has_head: bool


def open_checkpoint(folder: Path, device: str) -> Checkpoint:
    """The model in a folder, ready to be read with."""
    config = read_config(folder)
    architecture = architecture_of(config.model_type)
    check_kind(config, architecture.family)
    has_head = names_head(config, architecture.family)
    opener = _WITH_HEAD[architecture.family] if has_head else AutoModel
    with _one_sentence(folder):
        model, found = opener.from_pretrained(
            folder,
            config=config,
            attn_implementation="eager",  # the default returns an empty tuple of attentions, without an error
            dtype=torch.float32,  # a 16-bit file would otherwise open as such, and its rows miss 1 by 1.5e-3
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
        )
    missing = [key for key in found["missing_keys"] if "pooler" not in key]
    if missing or found["mismatched_keys"]:
        raise CannotOpenModel(f"The weights of {folder.name} are incomplete: {_some(missing)} is not in its files.")
    return Checkpoint(folder, model.eval().to(device), architecture, has_head)


def choose_device(wanted: str) -> str:
    """A GPU where "auto" finds one; a device that is not there is refused before anything is opened."""
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(1, device=wanted)
    except (RuntimeError, AssertionError) as error:
        raise CannotOpenModel(f"There is no device {wanted!r} on this machine; use --device cpu.") from error
    return wanted


def read_config(folder: Path) -> Any:
    """The config alone, checked: nothing is built from sizes that no real model has."""
    written = _read_json(folder / "config.json")
    if not isinstance(written.get("model_type"), str):
        raise CannotOpenModel(f"The config of {folder.name} does not say which type of model it is.")
    architecture_of(written["model_type"])
    for name, most in _SANE.items():
        value = 1 if written.get(name) is None else written[name]
        if type(value) is not int or not 1 <= value <= most:
            raise CannotOpenModel(f"The config of {folder.name} has {name} {str(value)[:20]}, outside 1 to {most}.")
    if written.get("_attn_implementation") not in (None, "eager", "sdpa"):
        raise CannotOpenModel(f"The config of {folder.name} asks for foreign attention code, which is not run here.")
    with _one_sentence(folder):
        return AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)


def licence_of(folder: Path) -> str:
    """The `license:` line at the head of the model's card, where it has one."""
    card = folder / "README.md"
    lines = card.read_text(encoding="utf-8", errors="replace")[:4000].splitlines() if card.is_file() else []
    for line in lines[1:40] if lines[:1] == ["---"] else []:
        if line.startswith("license:"):
            return line.removeprefix("license:").strip()
    return "not stated"


def _read_json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _CONFIG_BYTES:
            raise CannotOpenModel(f"The file {path.name} is too large to be a model's config.")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CannotOpenModel(f"The file {path.name} of {path.parent.name} cannot be read as JSON.") from error
    if not isinstance(found, dict):
        raise CannotOpenModel(f"The file {path.name} of {path.parent.name} does not describe a model.")
    return found


@contextmanager
def _one_sentence(folder: Path) -> Iterator[None]:
    """Whatever the library says about broken files, in one sentence that holds no path of this machine."""
    try:
        yield
    except SafetensorError as error:
        raise CannotOpenModel(f"The weights of {folder.name} are damaged or cut off; fetch them again.") from error
    except OSError as error:
        raise CannotOpenModel(
            f"{folder.name} holds no weights in safetensors form; other forms can run code and are not opened."
        ) from error
    except (ValueError, TypeError, KeyError, RuntimeError, AttributeError, ImportError) as error:
        raise CannotOpenModel(f"{folder.name} does not hold a model that fits its config.") from error


def _some(names: list[str]) -> str:
    return names[0] if names else "a tensor of the right shape"
