"""The models that ship: small enough to push, opened by transformers alone; examples that show what they promise."""

import json

import pytest

from playground.contracts.reading import ReadRequest
from playground.language_models.catalogue import entries
from playground.language_models.library import OpenLibrary
from playground.settings import ASSETS, MODELS, Settings
from playground.tabs.attention_handlers import AttentionHandlers
from playground.tabs.attention_tab import FIRST_PICTURE
from playground.tabs.examples import read_examples
from playground.tabs.tab_specs import SPECS
from playground.views.folding import fold

SETTINGS = Settings(device="cpu")
NAMES = [entry.name for entry in entries(SETTINGS)]


@pytest.fixture(scope="module")
def library():
    return OpenLibrary(SETTINGS)


def test_at_least_one_model_ships():
    assert "tiny-bert" in NAMES


def test_no_file_is_larger_than_a_plain_push_takes_and_all_together_stay_small():
    sizes = [file.stat().st_size for file in MODELS.rglob("*") if file.is_file()]
    assert max(sizes) <= 9_500_000 and sum(sizes) <= 45_000_000


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_model_is_opened_by_transformers_alone_and_has_a_card_and_a_record(name):
    from transformers import AutoConfig, AutoTokenizer

    folder = MODELS / name
    config = AutoConfig.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert len(tokenizer) == config.vocab_size and tokenizer.model_max_length == 256
    assert "CC BY 2.0 FR" in (folder / "README.md").read_text(encoding="utf-8")
    assert json.loads((folder / "training.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_model_reads_a_sentence_through_the_library(library, name):
    reading = library.open(name).read(ReadRequest("I don't know where he lives."))
    assert reading.maps and reading.tokens


@pytest.mark.parametrize("example", read_examples(), ids=lambda example: example.text[:30])
def test_every_example_shows_what_its_line_promises(library, example):
    reading = library.open(example.model).read(ReadRequest(example.text))
    row = fold(reading.map_of("encoder")).weights[example.layer, example.head, example.word]
    assert row.argmax() == example.looks_at and row[example.looks_at] >= 0.3
    for place in (example.word, example.looks_at):
        assert f"*{reading.words[place].text}*" in example.look_for


def test_the_stored_first_picture_is_what_the_app_draws_now(library):
    stored = json.loads(FIRST_PICTURE.read_text(encoding="utf-8"))
    drawn = AttentionHandlers(SPECS[0], library, SETTINGS, read_examples()).draw_first_picture()
    for name in ("tokens", "words", "look_for", "look_at", "selection", "source"):
        assert stored[name] == json.loads(json.dumps(drawn[name])), f"{name}: run `app.py --store-first-picture`"


def test_the_first_picture_is_small():
    assert (ASSETS / "first_picture.json").stat().st_size < 60_000
