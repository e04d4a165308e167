"""Keeps an unfinished training on disk so that a kill costs at most two minutes of it.

Must not know what is trained; it saves and restores whatever stands in the state, in one atomic move.
"""

import os
import pickle
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from playground.errors import BadInput
from playground.pretraining.batches import Place

FILE = "state.pt"


@dataclass
class State:
    """How far a training has come; with the weights and the optimizer it is all that going on needs."""

    step: int = 0
    tokens: int = 0  # tokens read, padding not counted
    elapsed: float = 0.0  # seconds of training, over all sittings
    place: Place = field(default_factory=Place)
    history: list[dict[str, float]] = field(default_factory=list)


def has_checkpoint(folder: Path) -> bool:
    """Whether a training was ever saved there."""
    return (folder / FILE).is_file()


def save(folder: Path, model: PreTrainedModel, optimizer: torch.optim.Optimizer, state: State, tag: str) -> None:
    """Write beside the old file, then move over it: a kill leaves the old or the new one, never half of either."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "tag": tag,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "state": asdict(state),
        "random": torch.get_rng_state(),
        "random on gpus": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }
    partial = folder / f"{FILE}.partial"
    with partial.open("wb") as stream:
        torch.save(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, folder / FILE)


def load(folder: Path, model: PreTrainedModel, optimizer: torch.optim.Optimizer | None, tag: str) -> State:
    """Put weights, optimizer and random state back as they were; `tag` must be that of the saved run."""
    content = _read(folder)
    if content["tag"] != tag:
        raise BadInput(
            f"The checkpoint in {folder} belongs to another run ({content['tag']}), not to {tag}; "
            "choose another --work folder or start without --resume."
        )
    model.load_state_dict(content["model"])
    if optimizer is not None:
        optimizer.load_state_dict(content["optimizer"])
        torch.set_rng_state(content["random"])
        if torch.cuda.is_available() and content.get("random on gpus"):
            torch.cuda.set_rng_state_all(content["random on gpus"])
    kept = content["state"]
    return State(**{**kept, "place": Place(**kept["place"])})


def _read(folder: Path) -> dict[str, Any]:
    """The saved content, opened as plain tensors and numbers: no code in the file is ever run."""
    path = folder / FILE
    if not path.is_file():
        raise BadInput(f"There is no checkpoint in {folder}; train without --resume first.")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError):
        raise BadInput(f"The checkpoint {path.name} in {folder} is damaged; start without --resume.") from None
