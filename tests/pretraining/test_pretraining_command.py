"""The command line: every fault is one sentence and status 2, and a whole small run ends in a finished folder."""

import subprocess
import sys

import pytest

from playground.pretraining import __main__ as command
from playground.pretraining.recipes import RECIPES, find_recipe


def test_an_unknown_model_is_answered_with_the_choices(capsys):
    with pytest.raises(SystemExit) as stopped:
        command.main(["tiny-elmo", "--corpus", "x"])
    assert stopped.value.code == 2
    assert "tiny-bert" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tiny-bert", "--corpus", "nowhere.zip"], "no corpus file"),
        (["tiny-bert", "--minutes", "-1"], "--minutes must be"),
        (["tiny-gpt", "--steps", "0"], "--steps must be"),
        (["tiny-gpt", "--resume"], "no checkpoint"),
        (["tiny-gpt", "--init-from", "nowhere"], "no model in nowhere"),
        (["tiny-gpt", "--threads", "0"], "--threads must be"),
        (["tiny-t5", "--device", "abacus"], "not there on this machine"),
        (["evaluate", "tiny-elmo"], "choose one of tiny-bert"),
        (["evaluate", "tiny-bert"], "no finished model"),
        (["export", "tiny-bert"], "no training of tiny-bert"),
    ],
)
def test_bad_input_is_one_sentence_and_status_two(words, sentence, corpus_file, tmp_path, capsys):
    given = words if "--corpus" in words else [*words, "--corpus", str(corpus_file)]
    assert command.main([*given, "--out", str(tmp_path / "models"), "--work", str(tmp_path / "work")]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert sentence in said and "Traceback" not in said


def test_a_whole_small_run_writes_the_folder_the_figures_and_the_card(
    corpus_file, tmp_path, monkeypatch, small_recipes, capsys
):
    monkeypatch.setattr(command, "find_recipe", lambda name: small_recipes[name])
    words = ["tiny-gpt", "--corpus", str(corpus_file), "--steps", "4", "--threads", "1"]
    assert command.main([*words, "--out", str(tmp_path / "models"), "--work", str(tmp_path / "work")]) == 0
    assert "bits per character" in capsys.readouterr().out
    names = {path.name for path in (tmp_path / "models" / "tiny-gpt").iterdir()}
    assert {"README.md", "training.json", "model.safetensors", "tokenizer.json", "config.json"} <= names
    assert (tmp_path / "models" / "evaluation.json").is_file()


def test_the_shipped_recipes_are_of_the_promised_size():
    assert find_recipe("tiny-t5").layers == 3
    assert all(4000 <= recipe.vocabulary <= 8000 and recipe.width == 256 for recipe in RECIPES.values())


def test_help_is_shown_without_a_corpus():
    shown = subprocess.run(
        [sys.executable, "-m", "playground.pretraining", "--help"], capture_output=True, text=True, check=True
    )
    assert "--init-from" in shown.stdout
