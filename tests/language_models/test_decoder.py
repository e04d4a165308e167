"""Reading with decoders of every family we read: the maps are transformers' own, nothing looks ahead, and refusals."""

import fakes
import numpy as np
import pytest
import torch
from tokenizers import processors
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

from playground.contracts.reading import ReadRequest
from playground.errors import BadInput
from playground.language_models.families import ARCHITECTURES
from playground.language_models.library import open_reader
from playground.settings import Limits, Settings

TEXT = "The animal didn't cross the street because it was too tired."
CPU = Settings(device="cpu")
SLIDES = 6  # how far the fake mistral looks back


@pytest.fixture(scope="module", params=[name for name, row in ARCHITECTURES if row.family == "decoder"])
def family(request, tmp_path_factory):
    """A reader and the folder it was opened from, for each family of the table."""
    folder = fakes.build_decoder(tmp_path_factory.mktemp("family") / request.param, request.param)
    return open_reader(request.param, folder, CPU), folder


@pytest.fixture(scope="module")
def gpt_folder(tmp_path_factory):
    return fakes.build_decoder(tmp_path_factory.mktemp("models") / "random-gpt")


@pytest.fixture(scope="module")
def gpt(gpt_folder):
    return open_reader("random-gpt", gpt_folder, CPU)


def own_answer(folder, ids):
    """What transformers itself returns for these ids: [layer, head, query, key], and logits [token, vocabulary]."""
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    with torch.inference_mode():
        answer = model(input_ids=torch.tensor([ids]), output_attentions=True)
    return torch.cat(answer.attentions).numpy(), answer.logits[0]


def weights_of(reader, text=TEXT, mask=""):
    return reader.read(ReadRequest(text, mask=mask)).map_of("decoder").weights


def test_the_map_of_every_family_equals_what_transformers_returned(family):
    reader, folder = family
    reading = reader.read(ReadRequest(TEXT))
    theirs, _ = own_answer(folder, [token.id for token in reading.tokens])
    assert np.abs(reading.map_of("decoder").weights - theirs).max() <= 1e-6


def test_nothing_looks_ahead_and_every_row_is_whole(family):
    weights = weights_of(family[0])
    assert not np.triu(weights, k=1).any()
    assert np.allclose(weights.sum(axis=-1), 1, atol=1e-5)


def test_every_family_says_its_size_and_counts_query_heads(family):
    facts = family[0].facts
    assert (facts.layers, facts.heads, facts.width, facts.context, facts.decoder_layers) == (3, 4, 32, 80, 0)
    assert (facts.family, facts.dtype, facts.objective, facts.vocabulary) == ("decoder", "float32", "next word", 300)
    assert weights_of(family[0]).shape[:2] == (3, 4)


def test_the_models_own_mask_asked_for_by_name_changes_nothing(family):
    reader, _ = family
    own = reader.read(ReadRequest(TEXT))
    named = reader.read(ReadRequest(TEXT, mask=own.map_of("decoder").mask))
    assert np.abs(own.map_of("decoder").weights - named.map_of("decoder").weights).max() <= 1e-6
    theirs, ours = own.guesses[0].best, named.guesses[0].best
    assert [guess.probability for guess in ours] == pytest.approx([guess.probability for guess in theirs], abs=1e-6)


@pytest.mark.parametrize("mask", ["all", "causal", "window:1", "window:3", "window:999"])
def test_a_chosen_mask_hides_what_it_forbids_and_rows_still_add_up(family, mask):
    weights = weights_of(family[0], mask=mask)
    query, key = np.indices(weights.shape[-2:])
    width = int(mask.partition(":")[2] or 10**6)
    seen = key >= 0 if mask == "all" else (key <= query) & (key > query - width)
    assert not weights[..., ~seen].any()
    assert weights[..., seen].max() > 0 and np.allclose(weights.sum(axis=-1), 1, atol=1e-5)
    if mask == "all":
        assert weights[..., key > query].sum() > 1, "without a mask, attention leaks from what comes later"


def test_flipping_the_mask_changes_what_the_model_guesses(gpt):
    causal, leaking = (gpt.guess(ReadRequest(TEXT, mask=mask))[0].best[0] for mask in ("causal", "all"))
    assert causal.probability != pytest.approx(leaking.probability, abs=1e-4)


def test_a_sliding_window_is_shown_as_one_and_is_exact(tmp_path):
    reader = open_reader("mistral", fakes.build_decoder(tmp_path / "mistral", "mistral"), CPU)
    found = reader.read(ReadRequest(TEXT)).map_of("decoder")
    query, key = np.indices(found.weights.shape[-2:])
    inside = (key <= query) & (key > query - SLIDES)
    assert found.mask == f"window:{SLIDES}"
    assert (found.weights[..., inside] > 0).mean() > 0.9 and not found.weights[..., ~inside].any()
    short = reader.read(ReadRequest("The animal")).map_of("decoder")
    assert len(short.rows) <= SLIDES and short.mask == "causal"
    whole = weights_of(reader, mask="causal")
    assert whole[..., (key <= query) & ~inside].sum() > 1, "asked for causal, it looks back beyond its window"


def test_where_only_some_layers_slide_a_note_names_them(tmp_path):
    sizes = dict(use_sliding_window=True, sliding_window=4, max_window_layers=1)
    reader = open_reader("qwen2", fakes.build_decoder(tmp_path / "qwen2", "qwen2", **sizes), CPU)
    reading = reader.read(ReadRequest(TEXT))
    query, key = np.indices((len(reading.tokens), len(reading.tokens)))
    beyond = (key <= query) & (key <= query - 4)
    assert reading.map_of("decoder").mask == "causal"
    assert [bool(layer[..., beyond].any()) for layer in reading.map_of("decoder").weights] == [True, False, False]
    assert reading.notes == ("layers that look back at most 4 tokens: 2, 3",)
    assert reader.read(ReadRequest("The")).notes == ()


def test_the_next_word_is_guessed_with_the_models_own_probabilities(family):
    reader, folder = family
    reading = reader.read(ReadRequest(TEXT))
    _, logits = own_answer(folder, [token.id for token in reading.tokens])
    (guesses,) = reading.guesses
    assert (guesses.row, guesses.word, guesses.truth, len(guesses.best)) == (len(reading.tokens) - 1, None, None, 10)
    shares = torch.softmax(logits[-1], dim=-1).sort(descending=True).values[:10].tolist()
    assert [guess.probability for guess in guesses.best] == pytest.approx(shares, abs=1e-6)


def test_a_word_is_guessed_piece_by_piece_from_the_rows_before_it(gpt, gpt_folder):
    reading = gpt.read(ReadRequest(TEXT, blanks=(1,)))
    ids = [token.id for token in reading.tokens]
    rows = [at for at, token in enumerate(reading.tokens) if token.word == 1]
    _, logits = own_answer(gpt_folder, ids)
    assert len(rows) > 1 and [found.row for found in reading.guesses] == [row - 1 for row in rows]
    for row, found in zip(rows, reading.guesses, strict=True):
        shares = torch.softmax(logits[row - 1], dim=-1)
        assert found.word == 1
        assert found.truth.probability == pytest.approx(float(shares[ids[row]]), abs=1e-6)
        assert found.truth.rank == 1 + int((shares > shares[ids[row]]).sum())


def test_every_word_can_be_asked_for_at_once_for_its_surprise(gpt):
    words = len(gpt.read(ReadRequest(TEXT)).words)
    reading = gpt.read(ReadRequest(TEXT, blanks=tuple(range(words))))
    assert {found.word for found in reading.guesses} == set(range(words))
    assert len(reading.guesses) == len(reading.tokens) - 1


def test_the_first_word_cannot_be_guessed_where_nothing_stands_before_it(tmp_path):
    folder = fakes.build_decoder(tmp_path / "no-start")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    tokenizer.backend_tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    tokenizer.save_pretrained(folder)
    reader = open_reader("no-start", folder, CPU)
    assert reader.read(ReadRequest("The cat", blanks=(1,))).guesses
    with pytest.raises(BadInput, match="Nothing .* stands before"):
        reader.read(ReadRequest("The cat", blanks=(0,)))


def test_the_tokenizers_own_start_is_the_first_token_and_of_no_word(gpt):
    first, *others = gpt.read(ReadRequest("The cat")).tokens
    assert (first.text, first.special, first.word) == (fakes.END_OF_TEXT, True, None)
    assert {token.word for token in others} == {0, 1}


def test_layers_can_be_asked_for_one_by_one(gpt):
    one = gpt.read(ReadRequest(TEXT, layers=(2,))).map_of("decoder")
    assert one.layers == (2,) and np.array_equal(one.weights[0], weights_of(gpt)[2])


@pytest.mark.parametrize("ending", ["", fakes.END_OF_TEXT])
def test_a_longer_text_is_cut_after_its_first_tokens_and_says_so(family, ending):
    reader, _ = family
    reading = reader.read(ReadRequest("cat " * 60 + ending))
    whole = reader.count(ReadRequest("cat " * 60 + ending))
    assert len(reading.tokens) == 80 < whole and not reading.tokens[-1].special
    assert reading.notes[0] == f"cut at 80 tokens: the text has {whole}"


def test_a_text_as_long_as_the_context_is_read_whole(family):
    reader, _ = family
    text = "!" * 79
    assert reader.count(ReadRequest(text)) == 80
    assert len(reader.read(ReadRequest(text)).tokens) == 80 and reader.read(ReadRequest(text)).notes[:1] == ()


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧 smiled 👍🏽", "我喜欢猫", "مرحبا يا عالم", "cafe\u0301", "a\x00b\x07c", "x" * 5000, "_ _ _", "!?",
        "</script><img src=x onerror=alert(1)>", "half \ud83d of it", "\u200b a", "<extra_id_0> and [MASK]",
        "The end.<|endoftext|>A start", "<|endoftext|><|endoftext|>a",
    ],
)
def test_odd_texts_give_a_picture_whose_tokens_line_up(gpt, text):
    reading = gpt.read(ReadRequest(text))
    assert reading.map_of("decoder").weights.shape[-1] == len(reading.tokens)
    for token in reading.tokens:
        assert token.text and "\ufffd" not in token.text.replace("\ufffd", "", text.count("\ud83d"))
        assert 0 <= token.start <= token.end <= len(text)


def test_an_end_of_text_typed_by_hand_is_one_token_where_it_was_typed(gpt):
    typed = gpt.read(ReadRequest("a<|endoftext|>b")).tokens[2]
    assert (typed.text, typed.id, typed.start, typed.end) == (fakes.END_OF_TEXT, 0, 1, 14)


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (ReadRequest(""), "Type a sentence"),
        (ReadRequest(" \n\t "), "Type a sentence"),
        (ReadRequest("a" * 20_001), "20,001 characters"),
        (ReadRequest("good", target="bon"), "takes no target"),
        (ReadRequest("good", pair="bad"), "no second sentence"),
        (ReadRequest("", target="bon"), "takes no target"),
        (ReadRequest("good", layers=(3,)), "There is no layer 3"),
        (ReadRequest("good day", blanks=(1,), mask="all"), "sees the very words"),
        (ReadRequest("cat " * 400, blanks=(399,)), "Nothing .* stands before"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(gpt, request_, says):
    with pytest.raises(BadInput, match=says):
        gpt.read(request_)


def test_a_checkpoint_without_a_language_head_gives_maps_and_no_guesses(tmp_path, family):
    name = family[0].facts.name
    reader = open_reader("headless", fakes.build_decoder(tmp_path / "headless", name, headless=True), CPU)
    reading = reader.read(ReadRequest(TEXT, mask="causal"))
    assert reading.maps and reading.guesses == () and "no language head" in reader.facts.notes[0]
    with pytest.raises(BadInput, match="no language head"):
        reader.read(ReadRequest(TEXT, blanks=(1,)))


def test_the_limit_of_tokens_cuts_before_the_context_does(gpt_folder):
    reader = open_reader("random-gpt", gpt_folder, Settings(device="cpu", limits=Limits(tokens=5)))
    assert len(reader.read(ReadRequest(TEXT)).tokens) == 5
