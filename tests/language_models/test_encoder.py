"""Reading with encoders of every family we read: what is shown equals what transformers returned, and refusals."""

import fakes
import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM

from playground.contracts.generation import GenerateRequest
from playground.contracts.reading import ReadRequest
from playground.errors import BadInput
from playground.language_models.families import ARCHITECTURES
from playground.language_models.library import open_reader
from playground.settings import Limits, Settings

TEXT = "The animal didn't cross the street because it was too tired."
CPU = Settings(device="cpu")


@pytest.fixture(scope="module", params=[name for name, row in ARCHITECTURES if row.family == "encoder"])
def family(request, tmp_path_factory):
    """A reader and the folder it was opened from, for each family of the table."""
    folder = fakes.build_encoder(tmp_path_factory.mktemp("family") / request.param, request.param)
    return open_reader(request.param, folder, CPU), folder


def own_answer(folder, ids, **given):
    """What transformers itself returns for these ids, [layer, head, query, key]."""
    model = AutoModelForMaskedLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    with torch.inference_mode():
        answer = model(input_ids=torch.tensor([ids]), output_attentions=True, **given)
    return torch.cat(answer.attentions).numpy(), answer.logits[0]


def test_the_map_of_every_family_equals_what_transformers_returned(family):
    reader, folder = family
    reading = reader.read(ReadRequest(TEXT))
    theirs, _ = own_answer(folder, [token.id for token in reading.tokens])
    assert np.abs(reading.map_of("encoder").weights - theirs).max() <= 1e-6


def test_every_family_says_its_size_as_its_config_does(family):
    reader, _ = family
    assert (reader.facts.layers, reader.facts.heads, reader.facts.width) == (3, 4, 32)
    assert reader.facts.dtype == "float32" and reader.facts.family == "encoder"


def test_a_text_of_the_whole_context_is_read_and_a_longer_one_is_cut_and_says_so(family):
    reader, _ = family
    long = reader.read(ReadRequest("cat " * 400))
    assert len(long.tokens) == reader.facts.context
    assert long.tokens[-1].special and "cut at" in long.notes[0]


@pytest.mark.parametrize("mask", ["causal", "window:4", "all"])
def test_a_chosen_mask_hides_what_it_forbids_and_rows_still_add_up(family, mask):
    reader, _ = family
    weights = reader.read(ReadRequest(TEXT, mask=mask)).map_of("encoder").weights
    query, key = np.indices(weights.shape[-2:])
    forbidden = {"causal": key > query, "window:4": abs(query - key) > 2, "all": key < 0}[mask]
    assert not weights[..., forbidden].any()
    assert np.allclose(weights.sum(axis=-1), 1, atol=1e-5)


def test_layers_can_be_asked_for_one_by_one(bert):
    whole = bert.read(ReadRequest(TEXT)).map_of("encoder")
    one = bert.read(ReadRequest(TEXT, layers=(2,))).map_of("encoder")
    assert one.layers == (2,) and np.array_equal(one.weights[0], whole.weights[2])


def test_a_second_sentence_gets_its_own_segment_words_and_closing_token(bert):
    reading = bert.read(ReadRequest("It was tired.", pair="Was it?"))
    assert [word.text for word in reading.target_words] == ["Was", "it", "?"]
    last = [token for token in reading.tokens if token.word == len(reading.words) + 1]
    assert last[0].text == "it" and last[0].start == 4
    assert sum(token.special for token in reading.tokens) == 3


def test_segments_reach_the_model(bert, bert_folder):
    reading = bert.read(ReadRequest("It was tired.", pair="Was it?"))
    first = next(i for i, token in enumerate(reading.tokens) if token.piece == "[SEP]") + 1
    segments = torch.tensor([[0] * first + [1] * (len(reading.tokens) - first)])
    theirs, _ = own_answer(bert_folder, [token.id for token in reading.tokens], token_type_ids=segments)
    assert np.abs(reading.map_of("encoder").weights - theirs).max() <= 1e-6


def test_a_blanked_word_is_hidden_and_guessed_with_the_models_own_probabilities(bert, bert_folder):
    reading = bert.read(ReadRequest("The dog chased the cat.", blanks=(1,)))
    rows = [i for i, token in enumerate(reading.tokens) if token.word == 1]
    assert {reading.tokens[i].text for i in rows} == {"[MASK]"}
    _, logits = own_answer(bert_folder, [token.id for token in reading.tokens])
    shares = torch.softmax(logits[rows[0]], dim=-1)
    guesses = reading.guesses[0]
    assert [found.row for found in reading.guesses] == rows
    assert guesses.best[0].probability == pytest.approx(float(shares.max()), abs=1e-6)
    true = bert.read(ReadRequest("The dog chased the cat.")).tokens[rows[0]].id
    assert guesses.truth.probability == pytest.approx(float(shares[true]), abs=1e-6)
    assert guesses.truth.rank == 1 + int((shares > shares[true]).sum())


def test_no_blank_no_guess(bert):
    assert bert.guess(ReadRequest(TEXT)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧 smiled 👍🏽", "我喜欢猫", "مرحبا يا عالم", "cafe\u0301 de\u0301ja\u0300", "a\x00b\x07c", "x" * 5000,
        "_ _ _", "!?", "</script><img src=x onerror=alert(1)>", "${process} {{value}}", "[MASK] and [CLS]",
        "half \ud83d of it", "\u200b a",
    ],
)
def test_odd_texts_give_a_picture_whose_tokens_line_up(bert, text):
    reading = bert.read(ReadRequest(text))
    assert reading.map_of("encoder").weights.shape[-1] == len(reading.tokens)
    for token in reading.tokens:
        assert token.text and 0 <= token.start <= token.end <= len(text)


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (ReadRequest(""), "Type a sentence"),
        (ReadRequest(" \n\t "), "Type a sentence"),
        (ReadRequest("\x00\x01"), "nothing to read"),
        (ReadRequest("a" * 20_001), "20,001 characters"),
        (ReadRequest("good", pair="b" * 20_001), "20,001 characters"),
        (ReadRequest("good", target="bon"), "takes no target"),
        (ReadRequest("good", layers=(3,)), "There is no layer 3"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(bert, request_, says):
    with pytest.raises(BadInput, match=says):
        bert.read(request_)


def test_a_text_of_exactly_the_limit_is_read(bert_folder):
    reader = open_reader("random-bert", bert_folder, Settings(device="cpu", limits=Limits(text_characters=10)))
    assert reader.read(ReadRequest("ten letter"))
    with pytest.raises(BadInput, match="at most 10"):
        reader.read(ReadRequest("ten letters"))


def test_an_encoder_does_not_write(bert):
    with pytest.raises(BadInput, match="does not write on"):
        bert.generate(GenerateRequest("Once upon a time"))


def test_a_checkpoint_without_a_language_head_gives_maps_and_no_guesses(tmp_path):
    reader = open_reader("headless", fakes.build_encoder(tmp_path / "headless", headless=True), CPU)
    assert reader.read(ReadRequest(TEXT)).maps
    with pytest.raises(BadInput, match="no language head"):
        reader.read(ReadRequest(TEXT, blanks=(1,)))


def test_counting_tokens_agrees_with_reading_them(bert):
    assert bert.count(ReadRequest(TEXT)) == len(bert.read(ReadRequest(TEXT)).tokens)
