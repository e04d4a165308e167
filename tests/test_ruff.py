"""The linter's rules, sizes of functions among them, hold for every file: CI has no other place to run it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_ruff_finds_nothing():
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "."]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stdout


def test_ruff_would_find_a_function_that_takes_too_much(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("def take(a, b, c, d, e, f):\n    return a\n\n\ndef keep():\n    global X\n    X = 1\n")
    config = str(ROOT / "pyproject.toml")
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", config, str(bad)],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )
    assert "PLR0913" in found.stdout and "PLW0603" in found.stdout
