"""Thirty steps teach each family something; a killed training goes on as if never killed; bad runs are refused."""

from dataclasses import replace

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM, AutoTokenizer

from playground.errors import BadInput, PlaygroundError
from playground.pretraining import train as room
from playground.pretraining.architectures import build_model, read_loss
from playground.pretraining.folders import LARGEST_FILE, export
from playground.pretraining.train import Run, learning_rate, train

NAMES = ("tiny-bert", "tiny-gpt", "tiny-t5")
ABOUT = {"file": "sentences.tsv", "sha256": "0", "training_pairs": 1, "held_out_pairs": 1}


def _run(recipes, name, folder, **changes):
    return Run(recipes[name], folder, **{"steps": 30, "quiet": True, **changes})


@pytest.mark.parametrize("name", NAMES)
def test_thirty_steps_lower_the_loss(small_recipes, corpus, tmp_path, name):
    learner = train(_run(small_recipes, name, tmp_path), corpus)
    first, last = learner.state.history[0]["loss"], learner.state.history[-1]["loss"]
    assert learner.state.step == 30
    assert last < 0.9 * first


@pytest.mark.parametrize("name", NAMES)
def test_a_killed_training_that_is_resumed_ends_with_the_same_weights(
    small_recipes, corpus, tmp_path, name, monkeypatch
):
    whole = train(_run(small_recipes, name, tmp_path / "whole"), corpus)

    def killed(learner):
        save(learner)
        if learner.state.step == 13:
            raise KeyboardInterrupt

    save = room._save
    monkeypatch.setattr(room, "_save", killed)
    with pytest.raises(KeyboardInterrupt):
        train(_run(small_recipes, name, tmp_path / "cut", save_every=0.0), corpus)
    monkeypatch.setattr(room, "_save", save)
    resumed = train(_run(small_recipes, name, tmp_path / "cut", resume=True), corpus)
    assert resumed.state.step == 30 and resumed.state.tokens == whole.state.tokens
    for expected, found in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(expected, found)


def test_a_kill_while_saving_leaves_the_older_checkpoint_whole(small_recipes, corpus, tmp_path, monkeypatch):
    train(_run(small_recipes, "tiny-gpt", tmp_path, steps=3), corpus)
    before = (tmp_path / "state.pt").read_bytes()

    def half(content, stream):
        stream.write(b"half a file")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(KeyboardInterrupt):
        train(_run(small_recipes, "tiny-gpt", tmp_path, steps=5, resume=True), corpus)
    assert (tmp_path / "state.pt").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "opener"),
    zip(NAMES, (AutoModelForMaskedLM, AutoModelForCausalLM, AutoModelForSeq2SeqLM), strict=True),
)
def test_a_finished_folder_opens_with_nothing_special_and_says_the_same(small_recipes, corpus, tmp_path, name, opener):
    run = _run(small_recipes, name, tmp_path / "work", steps=5)
    learner = train(run, corpus)
    folder = export(run, tmp_path / "models", ABOUT)
    model, tokenizer = opener.from_pretrained(folder, dtype=torch.float32), AutoTokenizer.from_pretrained(folder)
    assert type(model) is type(learner.model)
    assert all(path.stat().st_size <= LARGEST_FILE for path in folder.iterdir())
    rows = tokenizer("The cat sleeps.", return_tensors="pt")
    learner.model.eval()
    expected, found = (one(**rows, **_labels(name, rows)).logits for one in (learner.model, model.eval()))
    assert torch.allclose(expected, found, atol=2e-2)


def _labels(name, rows):
    return {"labels": rows["input_ids"]} if name == "tiny-t5" else {}


def test_going_on_from_finished_weights_continues_their_record(small_recipes, corpus, tmp_path):
    first = _run(small_recipes, "tiny-t5", tmp_path / "first", steps=10)
    train(first, corpus)
    folder = export(first, tmp_path / "models", ABOUT)
    second = _run(small_recipes, "tiny-t5", tmp_path / "second", steps=6, init_from=folder, seed=2)
    learner = train(second, corpus)
    assert learner.state.history[0]["loss"] < 5.6
    export(second, tmp_path / "models", ABOUT)
    record = (folder / "training.json").read_text(encoding="utf-8")
    assert '"steps": 16' in record and record.count('"command"') == 2


def test_the_loss_of_t5_is_that_of_the_plain_model(small_recipes, tokenizers):
    torch.manual_seed(0)
    model = build_model(small_recipes["tiny-t5"], tokenizers["t5"]).eval()
    batch = dict(tokenizers["t5"](["The cat sleeps.", "I like it."], padding=True, return_tensors="pt"))
    batch["labels"] = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    found, number = read_loss("t5", model, batch)
    assert found.item() == pytest.approx(model(**batch).loss.item(), abs=1e-5)
    assert number == int((batch["labels"] != -100).sum())


def test_the_learning_rate_rises_then_falls_with_the_budget(small_recipes):
    recipe = small_recipes["tiny-t5"]
    rates = [learning_rate(part / 100, recipe) for part in range(101)]
    assert max(rates) == pytest.approx(1.0) and rates.index(max(rates)) == 2
    assert rates[2:] == sorted(rates[2:], reverse=True) and rates[-1] == pytest.approx(recipe.last_rate)


def test_a_budget_in_minutes_follows_the_clock(small_recipes, tmp_path):
    run = _run(small_recipes, "tiny-gpt", tmp_path, minutes=2.0)
    assert run.used(room.State(elapsed=60.0)) == pytest.approx(0.5)


def test_resuming_where_nothing_was_saved_is_refused(small_recipes, corpus, tmp_path):
    with pytest.raises(BadInput, match="no checkpoint"):
        train(_run(small_recipes, "tiny-gpt", tmp_path, resume=True), corpus)


def test_resuming_another_run_is_refused(small_recipes, corpus, tmp_path):
    train(_run(small_recipes, "tiny-gpt", tmp_path, steps=2), corpus)
    with pytest.raises(BadInput, match="belongs to another run"):
        train(_run(small_recipes, "tiny-gpt", tmp_path, resume=True, seed=9), corpus)


def test_a_damaged_checkpoint_is_refused(small_recipes, corpus, tmp_path):
    train(_run(small_recipes, "tiny-gpt", tmp_path, steps=2), corpus)
    (tmp_path / "state.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(BadInput, match="damaged"):
        train(_run(small_recipes, "tiny-gpt", tmp_path, resume=True), corpus)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"minutes": 0.0}, "--minutes"),
        ({"minutes": -1.0}, "--minutes"),
        ({"minutes": float("nan")}, "--minutes"),
        ({"steps": 0}, "--steps"),
        ({"device": "abacus"}, "device 'abacus' is not there"),
    ],
)
def test_budgets_and_devices_that_cannot_work_are_refused(small_recipes, corpus, tmp_path, changes, sentence):
    with pytest.raises(BadInput, match=sentence):
        train(_run(small_recipes, "tiny-gpt", tmp_path, **changes), corpus)


def test_going_on_from_a_folder_without_a_model_is_refused(small_recipes, corpus, tmp_path):
    with pytest.raises(BadInput, match="no model in"):
        train(_run(small_recipes, "tiny-gpt", tmp_path, init_from=tmp_path / "none"), corpus)


def test_going_on_from_weights_of_another_size_is_refused(small_recipes, corpus, tmp_path):
    run = _run(small_recipes, "tiny-gpt", tmp_path / "work", steps=2)
    train(run, corpus)
    folder = export(run, tmp_path / "models", ABOUT)
    wider = replace(small_recipes["tiny-gpt"], width=64)
    with pytest.raises(BadInput, match="another size"):
        train(Run(wider, tmp_path / "other", steps=2, init_from=folder, quiet=True), corpus)


def test_a_loss_that_is_no_number_stops_the_training(small_recipes, corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(room, "read_loss", lambda *_: (torch.tensor(float("nan"), requires_grad=True), 1))
    with pytest.raises(PlaygroundError, match="no longer a number at step 0"):
        train(_run(small_recipes, "tiny-gpt", tmp_path), corpus)
