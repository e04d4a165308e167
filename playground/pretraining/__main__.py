"""The command: `python -m playground.pretraining tiny-bert|tiny-gpt|tiny-t5|all|evaluate|export --corpus PATH`.

Knows the order of things (read, train, evaluate, write the folder) and must not know how any of them is done.
"""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

import torch

from playground.errors import BadInput, PlaygroundError
from playground.pretraining.cards import write_card
from playground.pretraining.checkpoints import has_checkpoint
from playground.pretraining.corpus import Corpus, describe, read_corpus
from playground.pretraining.evaluate import Held, evaluate, table, write_json
from playground.pretraining.folders import export
from playground.pretraining.recipes import RECIPES, find_recipe
from playground.pretraining.train import Run, train


def read_arguments(words: list[str]) -> argparse.Namespace:
    """The command line as a person types it."""
    parser = argparse.ArgumentParser(prog="python -m playground.pretraining", description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=[*RECIPES, "all", "evaluate", "export"])
    parser.add_argument("models", nargs="*", help="for evaluate and export: which models (all)")
    parser.add_argument("--corpus", type=Path, required=True, help="tab-separated sentence pairs, or a .zip of them")
    parser.add_argument("--minutes", type=float, help="wall-clock budget of each model that the schedule fits")
    parser.add_argument("--steps", type=int, help="number of steps instead of minutes: repeatable to the last bit")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in the work folder")
    parser.add_argument("--init-from", type=Path, help="a folder of finished weights to go on from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("models"), help="where the finished folders go")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "playground-pretraining")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="processor threads (as many as there are)")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Run the command; a fault of the input is one sentence and exit status 2."""
    chosen = read_arguments(words)
    try:
        if chosen.threads < 1:
            raise BadInput("--threads must be at least 1.")
        torch.set_num_threads(chosen.threads)
        torch.set_flush_denormal(True)
        run_command(chosen)
    except PlaygroundError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def run_command(chosen: argparse.Namespace) -> None:
    """Train, or write folders from checkpoints, or measure finished folders."""
    corpus = read_corpus(chosen.corpus)
    named = chosen.models or list(RECIPES)
    if chosen.what == "evaluate":
        measure(named, chosen.out, corpus)
    elif chosen.what == "export":
        for name in named:
            finish(make_run(name, chosen), chosen, corpus)
    else:
        for name in list(RECIPES) if chosen.what == "all" else [chosen.what]:
            run = make_run(name, chosen)
            if chosen.what == "all" and not has_checkpoint(run.work):
                run = replace(run, resume=False)  # the kill came before this model's turn
            train(run, corpus)
            finish(run, chosen, corpus)
            measure([name], chosen.out, corpus)


def finish(run: Run, chosen: argparse.Namespace, corpus: Corpus) -> None:
    """The finished folder of one model."""
    print(f"Wrote {export(run, chosen.out, describe(chosen.corpus, corpus))}")


def measure(names: list[str], out: Path, corpus: Corpus) -> None:
    """Figures, JSON and cards."""
    for name in names:
        find_recipe(name)
    held = Held(corpus)
    figures = evaluate(names, out, held)
    print(table(figures))
    print(f"Wrote {write_json(figures, out, held)}")
    for name in names:
        write_card(name, out)


def make_run(name: str, chosen: argparse.Namespace) -> Run:
    """One model's training from the options."""
    return Run(
        recipe=find_recipe(name), work=chosen.work / name, seed=chosen.seed, minutes=chosen.minutes,
        steps=chosen.steps, device=chosen.device, resume=chosen.resume, init_from=chosen.init_from,
        threads=chosen.threads,
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
