"""Writes a finished model folder: 16-bit safetensors, tokenizer, and the record of how the model learned.

Must not know how well the model does; the card and the figures are added by others.
"""

import json
import os
import platform
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from playground.errors import BadInput, CannotOpenModel
from playground.pretraining import checkpoints
from playground.pretraining.architectures import build_model
from playground.pretraining.checkpoints import State
from playground.pretraining.tokenizers import check_tokenizer
from playground.pretraining.train import EARLIER, Run

LARGEST_FILE = 9_500_000  # bytes; a plain git push to a Space refuses files above ten million
RECORD = "training.json"


def export(run: Run, out: Path, corpus: dict[str, Any]) -> Path:
    """The folder of a model from the last checkpoint of its training, finished or not."""
    if not (run.work / "tokenizer" / "tokenizer.json").is_file():
        raise BadInput(f"There is no training of {run.recipe.name} in {run.work} to export.")
    tokenizer = AutoTokenizer.from_pretrained(run.work / "tokenizer")
    model = build_model(run.recipe, tokenizer)
    state = checkpoints.load(run.work, model, None, run.tag)
    folder = out / run.recipe.name
    write_model(model, tokenizer, folder)
    write_record(folder, make_record(run, state, corpus))
    return folder


def write_model(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Weights and tokenizer into a fresh folder that takes the place of the old one when it is complete."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    deepcopy(model).to("cpu").half().save_pretrained(partial, max_shard_size=LARGEST_FILE - 100_000)
    tokenizer.save_pretrained(partial)
    check_tokenizer(partial)
    for path in partial.iterdir():
        path.chmod(0o644)
    too_large = [path.name for path in partial.iterdir() if path.stat().st_size > LARGEST_FILE]
    if too_large:
        raise CannotOpenModel(f"{', '.join(too_large)} came out larger than {LARGEST_FILE:,} bytes.")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)


def make_record(run: Run, state: State, corpus: dict[str, Any]) -> dict[str, Any]:
    """Everything about the training that the card and the curve need; an earlier training's record comes first."""
    sitting = {
        "command": command(run, corpus["file"]),
        "seed": run.seed,
        "steps": state.step,
        "tokens": state.tokens,
        "minutes": round(state.elapsed / 60, 1),
        "finished": run.used(state) >= 1.0,
        "machine": machine(run),
    }
    earlier_file = run.work / EARLIER
    earlier = json.loads(earlier_file.read_text(encoding="utf-8")) if earlier_file.is_file() else None
    before = earlier or {"sittings": [], "steps": 0, "tokens": 0, "minutes": 0.0, "history": []}
    shifted = [_after(point, before) for point in state.history]
    return {
        "model": run.recipe.name,
        "family": run.recipe.family,
        "corpus": corpus,
        "sittings": [*before["sittings"], sitting],
        **{key: before[key] + sitting[key] for key in SUMS},
        "history": [*before["history"], *shifted],
    }


SUMS = ("steps", "tokens", "minutes")


def _after(point: dict[str, float], before: dict[str, Any]) -> dict[str, float]:
    """A point of the curve, counted from the start of the first sitting."""
    counted = {"step": before["steps"], "tokens": before["tokens"], "minutes": before["minutes"]}
    return {key: round(value + counted.get(key, 0), 4) for key, value in point.items()}


def command(run: Run, corpus_file: str) -> str:
    """The command that a stranger types to do the same."""
    words = ["python -m playground.pretraining", run.recipe.name, "--corpus", corpus_file]
    if run.minutes is not None:
        words += ["--minutes", f"{run.minutes:g}"]
    elif run.steps is not None:
        words += ["--steps", str(run.steps)]
    words += ["--seed", str(run.seed), "--threads", str(run.threads)]
    if run.init_from is not None:
        words += ["--init-from", f"models/{run.recipe.name}"]
    return " ".join(words)


def machine(run: Run) -> str:
    """The kind of machine in a few words."""
    if run.device.startswith("cuda"):
        return f"{torch.cuda.get_device_name(run.device)}, torch {torch.__version__.split('+')[0]}"
    capability = torch.backends.cpu.get_cpu_capability()
    threads = "1 thread" if run.threads == 1 else f"{run.threads} threads"
    return (
        f"{platform.machine()} processor with {capability}, {threads}, torch {torch.__version__.split('+')[0]}, "
        f"transformers {transformers.__version__}"
    )


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """The record as JSON that a person can read: one point of the curve a line."""
    plain = {key: value for key, value in record.items() if key != "history"}
    points = ",\n  ".join(json.dumps(point) for point in record["history"])
    text = json.dumps(plain, indent=1, ensure_ascii=False)[:-2] + f',\n "history": [\n  {points}\n ]\n}}\n'
    (folder / RECORD).write_text(text, encoding="utf-8")
