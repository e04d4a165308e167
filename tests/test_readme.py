"""The README's promises that a machine can hold: its commands, its tree, its client, and what CI runs."""

import json
import re
from pathlib import Path

from playground.settings import Limits, read_limits

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands():
    return re.findall(r"```bash\n(.+?)\n```", README)


def test_ci_runs_the_readmes_test_command_and_nothing_cleverer():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    real = [line for line in lines if line and not line.startswith("#")]
    assert real == ["set -e", 'cd "$(dirname "$0")/.."', commands()[1]]


def test_both_commands_are_one_line_and_start_from_nothing():
    assert len(commands()) == 2
    for command in commands():
        assert "\n" not in command and command.startswith("python3 -m venv .venv")


def test_every_room_named_in_the_tree_is_there_and_the_other_way_round():
    tree = re.search(r"## The tree\n\n```\n(.+?)```", README, re.S)[1]
    named = set(re.findall(r"^  (\w+)(?:/|\.py) ", tree, re.M))
    there = {path.stem for path in (ROOT / "playground").iterdir() if path.is_dir() or path.suffix == ".py"}
    assert named == there - {"__init__", "__pycache__"}


def test_every_file_the_readme_points_at_is_there():
    for name in re.findall(r"`((?:assets|playground|docs|tests|benchmarks)/[\w./-]+)`", README):
        assert (ROOT / name).exists(), name
    for picture in re.findall(r"!\[.+?\]\((.+?)\)", README):
        assert (ROOT / picture).is_file(), picture


def test_every_flag_the_readme_names_is_one_the_app_has():
    import app

    known = vars(app.read_flags([]))
    about_the_app = README[: README.index("## Ask it from a program")]
    for flag in set(re.findall(r"`(--[a-z-]+)`", about_the_app)):
        assert flag[2:].replace("-", "_") in known, flag


def test_a_limit_is_overridden_by_its_environment_variable():
    assert read_limits({"PLAYGROUND_TOKENS": "1024"}).tokens == 1024
    assert read_limits({}) == Limits()


def test_examples_are_distinct_sentences_that_fit_the_limits():
    texts = [entry["text"] for entry in json.loads((ROOT / "assets" / "examples.json").read_text(encoding="utf-8"))]
    assert len(set(texts)) == len(texts) >= 5
    assert all(0 < len(text) < 100 for text in texts)
