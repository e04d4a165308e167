"""Trains one model: from a corpus and a recipe to weights, within a number of steps or minutes, resumable.

Must not know how good the result is (evaluate) or how it is presented (cards).
"""

import json
import math
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from playground.errors import BadInput, PlaygroundError
from playground.pretraining import checkpoints
from playground.pretraining.architectures import Batch, build_model, build_optimizer, read_loss
from playground.pretraining.batches import Shape, cut, pad, stream
from playground.pretraining.checkpoints import State
from playground.pretraining.corpus import Corpus, Pair
from playground.pretraining.examples import TO_ENGLISH, TO_FRENCH, BertExamples, GptExamples, Maker, T5Examples
from playground.pretraining.recipes import Recipe
from playground.pretraining.tokenizers import check_tokenizer, learn_tokenizer

HELD_OUT_ROWS = 320  # sentences on which the loss is watched; the real evaluation uses all
EARLIER = "earlier.json"  # the record of the training that --init-from goes on from
WATCHES = 40  # looks at the held-out loss over a run


@dataclass(frozen=True)
class Run:
    """One training: what, where, how long."""

    recipe: Recipe
    work: Path
    seed: int = 1
    minutes: float | None = None  # wall clock; without it the number of steps decides, and the result is repeatable
    steps: int | None = None
    device: str = "cpu"
    resume: bool = False
    init_from: Path | None = None
    save_every: float = 120.0  # seconds
    threads: int = 1
    quiet: bool = False

    def used(self, state: State) -> float:
        """The part of the budget that is spent, 0 to 1 and above."""
        if self.minutes is not None:
            return state.elapsed / (60.0 * self.minutes)
        return state.step / (self.steps or self.recipe.steps)

    @property
    def tag(self) -> str:
        """What a checkpoint must agree on to be taken up again."""
        return f"{self.recipe.name}, seed {self.seed}, vocabulary {self.recipe.vocabulary}, width {self.recipe.width}"


@dataclass
class Learner:
    """A model with all that teaching it needs."""

    run: Run
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast
    optimizer: torch.optim.Optimizer
    maker: Maker
    watched: list[Batch]
    state: State = field(default_factory=State)

    @property
    def shape(self) -> Shape:
        """The layout of this model's batches."""
        recipe = self.run.recipe
        return Shape(recipe.tokens_per_step, self.tokenizer.pad_token_id, recipe.family == "t5")


def train(run: Run, corpus: Corpus) -> Learner:
    """Train until the budget is spent; every two minutes the whole state is saved in `run.work`."""
    check_run(run)
    learner = prepare(run, corpus)
    saved = started = time.monotonic()
    before = learner.state.elapsed
    losses: list[tuple[float, int]] = []
    with _bar(learner) as bar:
        for batch, after in stream(learner.maker, learner.shape, learner.state.place, run.seed):
            if run.used(learner.state) >= 1.0:
                break
            losses.append(take_step(learner, batch))
            learner.state.place = after
            learner.state.elapsed = before + time.monotonic() - started
            _show(bar, learner, losses)
            if _watch_is_due(learner):
                _record(learner, losses)
                losses = []
            if time.monotonic() - saved >= run.save_every:
                _save(learner)
                saved = time.monotonic()
    _record(learner, losses)
    _save(learner)
    return learner


def check_run(run: Run) -> None:
    """Refuse budgets and devices that cannot work, before any work is done."""
    if run.minutes is not None and not 0 < run.minutes < 100_000:
        raise BadInput("--minutes must be a positive number of minutes.")
    if run.steps is not None and run.steps < 1:
        raise BadInput("--steps must be at least 1.")
    try:
        torch.empty(1, device=run.device)
    except (RuntimeError, AssertionError):
        raise BadInput(f"The device {run.device!r} is not there on this machine; try --device cpu.") from None
    if run.init_from is not None and not (run.init_from / "config.json").is_file():
        raise BadInput(f"There is no model in {run.init_from} to continue from.")


def prepare(run: Run, corpus: Corpus) -> Learner:
    """Tokenizer, model, data, and on --resume the state of the earlier sitting."""
    torch.manual_seed(run.seed)
    tokenizer = _tokenizer(run, corpus)
    model = build_model(run.recipe, tokenizer)
    if run.init_from is not None:
        model = _open_weights(model, run.init_from)
        _keep_earlier_record(run)
    model.to(run.device).train()
    optimizer = build_optimizer(run.recipe, model)
    maker = _maker(run.recipe.family, tokenizer, corpus.training, run.seed)
    learner = Learner(run, model, tokenizer, optimizer, maker, [])
    learner.watched = _watched_batches(learner, corpus)
    if run.resume:
        learner.state = checkpoints.load(run.work, model, optimizer, run.tag)
    return learner


def _tokenizer(run: Run, corpus: Corpus) -> PreTrainedTokenizerFast:
    """Learned once and kept beside the checkpoint; taken from the given weights or the earlier sitting otherwise."""
    folder = run.work / "tokenizer"
    if run.init_from is not None and not run.resume:
        _clear(run.work)
        given = AutoTokenizer.from_pretrained(run.init_from)
        given.save_pretrained(folder)
        return given
    if run.resume and (folder / "tokenizer.json").is_file():
        return AutoTokenizer.from_pretrained(folder)
    sentences = corpus.english()
    if run.recipe.family == "t5":
        both = dict.fromkeys(side for pair in corpus.training for side in pair)
        sentences = [*both, *[TO_FRENCH, TO_ENGLISH] * 100]
    learned = learn_tokenizer(run.recipe.family, sentences, run.recipe.vocabulary)
    _clear(run.work)
    learned.save_pretrained(folder)
    check_tokenizer(folder)
    return learned


def _clear(work: Path) -> None:
    """Remove what an earlier run left in the work folder, and nothing that is not ours."""
    shutil.rmtree(work / "tokenizer", ignore_errors=True)
    for name in (checkpoints.FILE, EARLIER):
        (work / name).unlink(missing_ok=True)


def _open_weights(model: PreTrainedModel, folder: Path) -> PreTrainedModel:
    """The same class from a folder, in 32 bit; another size or family is refused."""
    try:
        opened = type(model).from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    except (OSError, RuntimeError, ValueError):
        raise BadInput(f"The weights in {folder} cannot be opened as {type(model).__name__}.") from None
    if opened.num_parameters() != model.num_parameters():
        raise BadInput(f"The weights in {folder} are of another size than this recipe's model.")
    return opened


def _keep_earlier_record(run: Run) -> None:
    """The record beside the given weights, so that the curve goes on where it ended."""
    record = run.init_from / "training.json"
    run.work.mkdir(parents=True, exist_ok=True)
    if record.is_file() and not run.resume:
        shutil.copyfile(record, run.work / EARLIER)


def _maker(family: str, tokenizer: PreTrainedTokenizerFast, pairs: tuple[Pair, ...], seed: int) -> Maker:
    """The family's examples from these pairs."""
    if family == "t5":
        return T5Examples(tokenizer, list(pairs), seed)
    english = list(dict.fromkeys(pair.english for pair in pairs))
    return (BertExamples if family == "bert" else GptExamples)(tokenizer, english, seed)


def _watched_batches(learner: Learner, corpus: Corpus) -> list[Batch]:
    """A fixed set of held-out examples for the curve; none when nothing is held out."""
    if not corpus.held_out:
        return []
    family = learner.run.recipe.family
    maker = _maker(family, learner.tokenizer, corpus.held_out[:: max(1, len(corpus.held_out) // HELD_OUT_ROWS)], 0)
    examples = maker(0) if family == "t5" else maker(0, 0)
    return [pad(group, learner.shape) for group in cut(examples, learner.shape, np.random.default_rng(0))]


def learning_rate(used: float, recipe: Recipe) -> float:
    """The factor on the peak: up over the warm-up, then straight down to its small last value."""
    if used < recipe.warm_up:
        return max(used / recipe.warm_up, 0.01)
    left = max(0.0, 1.0 - used) / (1.0 - recipe.warm_up)
    return recipe.last_rate + (1.0 - recipe.last_rate) * left


def take_step(learner: Learner, batch: Batch) -> tuple[float, int]:
    """One update; the loss of the batch and the number of labels it is a mean of."""
    run, state = learner.run, learner.state
    factor = learning_rate(run.used(state), run.recipe)
    for group in learner.optimizer.param_groups:
        group["lr"] = group["peak"] * factor
    loss, number = _loss(learner, batch)
    if not math.isfinite(loss.item()):
        raise PlaygroundError(f"The loss is no longer a number at step {state.step}; lower the learning rate.")
    learner.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(learner.model.parameters(), 1.0)
    learner.optimizer.step()
    state.step += 1
    state.tokens += int(batch["attention_mask"].sum())
    if learner.shape.two_texts:
        state.tokens += number
    return loss.item(), number


def _loss(learner: Learner, batch: Batch) -> tuple[torch.Tensor, int]:
    """The loss in 16 bit where the machine computes in it, else in 32."""
    device = learner.run.device
    on_device = {name: values.to(device) for name, values in batch.items()}
    with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=has_bfloat16(device)):
        return read_loss(learner.run.recipe.family, learner.model, on_device)


def has_bfloat16(device: str) -> bool:
    """True where bfloat16 matrix products run in hardware."""
    if device.startswith("cuda"):
        return torch.cuda.is_bf16_supported()
    return device == "cpu" and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def held_out_loss(learner: Learner) -> float:
    """Mean loss over the watched batches, with dropout off."""
    learner.model.eval()
    with torch.no_grad():
        found = [_loss(learner, batch) for batch in learner.watched]
    learner.model.train()
    return sum(loss.item() * number for loss, number in found) / sum(number for _, number in found)


def _watch_is_due(learner: Learner) -> bool:
    """About forty times over a run, closer together at the start, where the curve is steep."""
    seen = len(learner.state.history)
    return learner.run.used(learner.state) >= ((seen + 1) / WATCHES) ** 1.5


def _record(learner: Learner, losses: list[tuple[float, int]]) -> None:
    """One point of the curve."""
    state = learner.state
    if not losses:
        return
    point = {"step": state.step, "tokens": state.tokens, "minutes": round(state.elapsed / 60, 2)}
    point["loss"] = round(sum(loss * number for loss, number in losses) / sum(number for _, number in losses), 4)
    if learner.watched:
        point["held_out_loss"] = round(held_out_loss(learner), 4)
    state.history.append(point)
    if not learner.run.quiet:
        tqdm.write(json.dumps(point))


def _save(learner: Learner) -> None:
    checkpoints.save(learner.run.work, learner.model, learner.optimizer, learner.state, learner.run.tag)


def _bar(learner: Learner) -> tqdm:
    """The bar counts thousandths of the budget, so that "time left" is that of the budget."""
    start = int(1000 * learner.run.used(learner.state))
    return tqdm(
        total=1000, initial=start, disable=learner.run.quiet, desc=learner.run.recipe.name, mininterval=5.0,
        bar_format="{desc} {percentage:3.1f}% [{elapsed}, {remaining} left] {postfix}",
    )  # fmt: skip


def _show(bar: tqdm, learner: Learner, losses: list[tuple[float, int]]) -> None:
    """Steps, loss, tokens a second, time left."""
    state, recent = learner.state, losses[-50:]
    loss = sum(value for value, _ in recent) / len(recent)
    rate = state.tokens / max(state.elapsed, 1e-9)
    bar.set_postfix_str(f"step {state.step}, loss {loss:.3f}, {rate:,.0f} tokens/s", refresh=False)
    bar.update(min(int(1000 * learner.run.used(state)), 1000) - bar.n)
