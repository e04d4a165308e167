"""app.py: flags to settings, and models that load behind a page that is already there."""

import subprocess
import sys
import threading
from pathlib import Path

import fakes
import pytest

import app
from playground.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("flags", "public"), [([], False), (["--public"], True), (["--share"], True), (["--password", "w"], False)]
)
def test_sharing_makes_the_server_public(flags, public, monkeypatch):
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert app.make_settings(app.read_flags(flags)).public is public


def test_a_space_is_public(monkeypatch):
    monkeypatch.setenv("SPACE_ID", "owner/name")
    assert app.make_settings(app.read_flags([])).public


def test_allowed_models_are_collected():
    flags = app.read_flags(["--allow-model", "/a/b", "--allow-model", "/c"])
    assert app.make_settings(flags).allowed == ("/a/b", "/c")


def test_the_catalogue_is_there_at_once_and_a_model_as_soon_as_it_is_loaded(tmp_path):
    fakes.build_encoder(tmp_path / "tiny-bert")
    library = app.LibraryInBackground(Settings(models=tmp_path, device="cpu"))
    assert [entry.name for entry in library.entries()] == ["tiny-bert"]
    opened = []
    waiting = threading.Thread(target=lambda: opened.append(library.open("tiny-bert")))
    waiting.start()
    assert opened == []
    library.load("A first sentence.")
    waiting.join(30)
    assert opened[0].facts.name == "tiny-bert"


def test_a_model_that_cannot_be_opened_is_reported_and_the_app_goes_on(tmp_path, capsys):
    (fakes.build_encoder(tmp_path / "tiny-bert") / "model.safetensors").write_bytes(b"cut off")
    app.LibraryInBackground(Settings(models=tmp_path, device="cpu")).load("A first sentence.")
    assert "tiny-bert could not be opened: The weights of tiny-bert are damaged" in capsys.readouterr().out


def test_a_device_that_is_not_there_is_told_to_whoever_asks(tmp_path):
    library = app.LibraryInBackground(Settings(models=tmp_path, device="warp"))
    with pytest.raises(Exception, match="There is no device 'warp'"):
        library.load("A first sentence.")
    with pytest.raises(Exception, match="There is no device 'warp'"):
        library.open("tiny-bert")


def test_torch_is_not_imported_before_the_page_is_served():
    script = "import sys, app, playground.page; assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=120)
