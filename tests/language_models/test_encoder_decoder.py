"""Reading with encoder–decoders of every family we read: three maps, typed and written targets, nothing shifted."""

import fakes
import numpy as np
import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, PreTrainedTokenizerFast

from playground.contracts.generation import GenerateRequest
from playground.contracts.reading import ReadRequest
from playground.errors import BadInput
from playground.language_models.families import ARCHITECTURES
from playground.language_models.library import open_reader
from playground.settings import Limits, Settings

TEXT, TARGET = "The animal didn't cross the street.", "the cat was tired"
MOST = 12
CPU = Settings(device="cpu", limits=Limits(generated_tokens=MOST))
FIELDS = {"encoder": "encoder_attentions", "decoder": "decoder_attentions", "cross": "cross_attentions"}


@pytest.fixture(scope="module", params=[name for name, row in ARCHITECTURES if row.family == "encoder-decoder"])
def family(request, tmp_path_factory):
    """A reader and the folder it was opened from, for each family of the table."""
    folder = fakes.build_encoder_decoder(tmp_path_factory.mktemp("family") / request.param, request.param)
    return open_reader(request.param, folder, CPU), folder


@pytest.fixture(scope="module")
def t5_folder(tmp_path_factory):
    return fakes.build_encoder_decoder(tmp_path_factory.mktemp("models") / "random-t5")


@pytest.fixture(scope="module")
def t5(t5_folder):
    return open_reader("random-t5", t5_folder, CPU)


def own_model(folder):
    return AutoModelForSeq2SeqLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)


def own_pass(folder, reading):
    """What transformers itself answers when it is given the text and the decoder inputs of a reading."""
    ids = [torch.tensor([[token.id for token in axis]]) for axis in (reading.tokens, reading.target_tokens)]
    with torch.inference_mode():
        return own_model(folder)(input_ids=ids[0], decoder_input_ids=ids[1], output_attentions=True)


def own_ids(folder, text=TEXT, **settings):
    given = PreTrainedTokenizerFast.from_pretrained(folder)(text, return_tensors="pt").input_ids
    with torch.inference_mode():
        plain = dict(do_sample=False, num_beams=1, max_new_tokens=MOST) | settings
        return own_model(folder).generate(given, attention_mask=torch.ones_like(given), **plain)[0].tolist()


def start_of(folder):
    return own_model(folder).config.decoder_start_token_id


@pytest.mark.parametrize("target", [TARGET, ""])
def test_all_three_maps_equal_those_of_one_teacher_forced_pass(family, target):
    reader, folder = family
    reading = reader.read(ReadRequest(TEXT, target=target))
    theirs = own_pass(folder, reading)
    assert [found.kind for found in reading.maps] == list(FIELDS)
    for kind, field in FIELDS.items():
        own = torch.cat(getattr(theirs, field)).numpy()
        assert np.abs(reading.map_of(kind).weights - own).max() <= 1e-6


def test_the_maps_of_a_written_text_equal_those_that_generate_hands_out_step_by_step(family):
    reader, folder = family
    reading = reader.read(ReadRequest(TEXT))
    given = torch.tensor([[token.id for token in reading.tokens]])
    with torch.inference_mode():
        answer = own_model(folder).generate(
            given, attention_mask=torch.ones_like(given), do_sample=False, num_beams=1, max_new_tokens=MOST,
            output_attentions=True, return_dict_in_generate=True,
        )  # fmt: skip
    for kind, steps in (("decoder", answer.decoder_attentions), ("cross", answer.cross_attentions)):
        ours = reading.map_of(kind).weights
        for row, step in enumerate(steps):
            theirs = torch.cat(step)[:, :, 0].numpy()
            assert np.abs(ours[:, :, row, : theirs.shape[-1]] - theirs).max() <= 1e-4


def test_the_axes_are_the_decoders_inputs_and_what_each_row_writes(family):
    reader, folder = family
    for target in (TARGET, ""):
        reading = reader.read(ReadRequest(TEXT, target=target))
        inputs, written = reading.target_tokens, reading.written
        assert inputs[0].id == start_of(folder) and inputs[0].special and inputs[0].word is None
        assert inputs[1:] == written[:-1], "nothing is shifted by one"
        assert reading.map_of("cross").weights.shape == (2, 4, len(inputs), len(reading.tokens))
        assert reading.map_of("decoder").weights.shape == (2, 4, len(inputs), len(inputs))
        assert reading.map_of("encoder").weights.shape == (3, 4, len(reading.tokens), len(reading.tokens))


def test_what_is_written_is_what_generate_writes(family):
    reader, folder = family
    start, *theirs = own_ids(folder)
    reading = reader.read(ReadRequest(TEXT))
    assert [token.id for token in reading.written] == theirs
    assert [token.id for token in reading.target_tokens] == [start, *theirs[:-1]]
    streamed = list(reader.generate(GenerateRequest(TEXT, max_tokens=MOST)))
    assert [step.token.id for step in streamed] == theirs


def test_words_of_the_written_text_count_on_after_those_of_the_text(family):
    reader, _ = family
    for target in (TARGET, ""):
        reading = reader.read(ReadRequest(TEXT, target=target))
        first = len(reading.words)
        for token in reading.written:
            if token.word is not None:
                word = reading.target_words[token.word - first]
                assert word.start < token.end and token.start < word.end
        assert max(token.word or 0 for token in reading.tokens) == first - 1
    typed = reader.read(ReadRequest(TEXT, target=TARGET))
    assert [word.text for word in typed.target_words] == TARGET.split()
    assert {token.word for token in typed.written if not token.special} == set(range(first, first + 4))


def test_a_typed_target_ends_with_the_end_token_and_it_is_written_in_the_last_row(family):
    reader, folder = family
    reading = reader.read(ReadRequest(TEXT, target=TARGET))
    ids = PreTrainedTokenizerFast.from_pretrained(folder)(TARGET).input_ids
    assert [token.id for token in reading.written] == ids and reading.written[-1].text == "</s>"
    assert "</s>" not in [token.text for token in reading.target_tokens] and reading.notes == ()


def test_each_row_says_what_it_would_write_and_how_what_stands_there_fares(family):
    reader, folder = family
    reading = reader.read(ReadRequest(TEXT, target=TARGET))
    shares = torch.softmax(own_pass(folder, reading).logits[0], dim=-1)
    assert [found.row for found in reading.guesses] == list(range(len(reading.written)))
    for row, (found, token) in enumerate(zip(reading.guesses, reading.written, strict=True)):
        assert found.word == token.word
        assert found.truth.probability == pytest.approx(float(shares[row, token.id]), abs=1e-6)
        assert found.best[0].probability == pytest.approx(float(shares[row].max()), abs=1e-6)


@pytest.mark.parametrize("mask", ["causal", "all", "window:2"])
def test_a_chosen_mask_is_the_decoders_and_leaves_the_encoder_alone(family, mask):
    reader, _ = family
    own, masked = (reader.read(ReadRequest(TEXT, target=TARGET, mask=one)) for one in ("", mask))
    weights = masked.map_of("decoder").weights
    query, key = np.indices(weights.shape[-2:])
    seen = {"all": key >= 0, "causal": key <= query, "window:2": (key <= query) & (key > query - 2)}[mask]
    assert not weights[..., ~seen].any() and np.allclose(weights.sum(axis=-1), 1, atol=1e-5)
    assert np.array_equal(masked.map_of("encoder").weights, own.map_of("encoder").weights)
    assert np.allclose(masked.map_of("cross").weights.sum(axis=-1), 1, atol=1e-5)
    if mask == "causal":
        for kind in FIELDS:
            assert np.abs(masked.map_of(kind).weights - own.map_of(kind).weights).max() <= 1e-6
    if mask == "all":
        assert weights[..., key > query].sum() > 0.5


def test_every_family_says_the_sizes_of_both_its_halves(family):
    facts = family[0].facts
    assert (facts.layers, facts.decoder_layers, facts.heads, facts.width, facts.context) == (3, 2, 4, 32, 80)
    assert (facts.family, facts.dtype, facts.vocabulary) == ("encoder-decoder", "float32", 129)


@pytest.mark.parametrize(("said", "context"), [(100, 100), (10**30, 512)])
def test_t5_takes_as_much_as_its_tokenizer_says_if_that_makes_sense(tmp_path, said, context):
    folder = fakes.build_encoder_decoder(tmp_path / "t5")
    fakes.build_unigram(folder, longest=said)
    assert open_reader("t5", folder, CPU).facts.context == context


def test_a_gated_t5_opens_as_flan_does(tmp_path):
    folder = fakes.build_encoder_decoder(
        tmp_path / "flan", feed_forward_proj="gated-gelu", tie_word_embeddings=False
    )
    reader = open_reader("flan", folder, CPU)
    reading = reader.read(ReadRequest(TEXT))
    assert [token.id for token in reading.written] == own_ids(folder)[1:]
    theirs = own_pass(folder, reading)
    assert np.abs(reading.map_of("cross").weights - torch.cat(theirs.cross_attentions).numpy()).max() <= 1e-6


def test_generation_that_never_ends_is_cut_and_says_so(t5, t5_folder):
    reading = t5.read(ReadRequest(TEXT))
    assert len(reading.written) == MOST and "</s>" not in [token.text for token in reading.written]
    assert reading.notes == (f"writing was cut at {MOST} tokens: the model had not come to an end",)
    standard = open_reader("standard", t5_folder, Settings(device="cpu")).read(ReadRequest(TEXT))
    assert len(standard.written) == 64 and "cut at 64" in standard.notes[0]


def test_generation_that_ends_at_once_is_one_row(family, tmp_path):
    reader, folder = family
    first = own_ids(folder)[1]
    ending = fakes.build_encoder_decoder(tmp_path / "ends", reader.facts.name, eos_token_id=first)
    reading = open_reader("ends", ending, CPU).read(ReadRequest(TEXT))
    assert [token.id for token in reading.written] == [first] and reading.notes == ()
    assert reading.map_of("cross").weights.shape[2] == reading.map_of("decoder").weights.shape[2] == 1


@pytest.mark.parametrize("rules", [dict(forced_bos_token_id=5, forced_eos_token_id=1), dict(decoder_start_token_id=1)])
def test_the_tokens_that_bart_forces_are_honoured(tmp_path, rules):
    folder = fakes.build_encoder_decoder(tmp_path / "bart", "bart")
    model = AutoModelForSeq2SeqLM.from_pretrained(folder)
    for rule, value in rules.items():
        setattr(model.generation_config, rule, value)
    model.save_pretrained(folder)
    reading = open_reader("bart", folder, CPU).read(ReadRequest(TEXT))
    start, *theirs = own_ids(folder)
    assert [token.id for token in reading.written] == theirs and reading.target_tokens[0].id == start
    if "forced_eos_token_id" in rules:
        assert (theirs[0], theirs[-1], len(theirs)) == (5, 1, MOST)
        assert f"cut at {MOST}" in reading.notes[0], "an end that is forced is no end the model came to"


def test_a_text_and_a_target_longer_than_the_context_are_cut_and_both_are_said(family):
    reader, _ = family
    reading = reader.read(ReadRequest("tired" + " tired" * 99, target="was" + " was" * 89))
    assert len(reading.tokens) == len(reading.written) == 80
    assert reading.tokens[-1].text == reading.written[-1].text == "</s>"
    assert reading.notes == ("cut at 80 tokens: the text has 101", "cut at 80 tokens: the target has 91")


def test_a_text_as_long_as_the_context_is_read_whole(family):
    reader, _ = family
    request = ReadRequest("tired" + " tired" * 78, target="was")
    reading = reader.read(request)
    assert len(reading.tokens) == 80 and reading.notes == () and reader.count(request) == 80


def test_layers_are_those_that_each_map_has(t5):
    reading = t5.read(ReadRequest(TEXT, target=TARGET, layers=(1, 2)))
    found = {found.kind: found.layers for found in reading.maps}
    assert found == {"encoder": (1, 2), "decoder": (1,), "cross": (1,)}
    last = t5.read(ReadRequest(TEXT, target=TARGET, layers=(2,)))
    assert [found.kind for found in last.maps] == ["encoder"]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("It was <extra_id_0> tired", "<extra_id_0> too <extra_id_1>"), ("<extra_id_0>", ""), ("a</s>b", "c</s>d"),
        ("<pad> a", "<pad>"), ("👨‍👩‍👧", "👍🏽"), ("我喜欢猫", "\x00"), ("a\x00b", "\u200b"), ("half \ud83d", "\ud83d"),
        ("</script><img src=x onerror=alert(1)>", "${process} {{value}}"), ("x" * 300, "y" * 300), ("a", " \n"),
    ],
)  # fmt: skip
def test_odd_texts_give_pictures_whose_tokens_line_up(t5, text, target):
    reading = t5.read(ReadRequest(text, target=target))
    assert reading.map_of("cross").weights.shape[2:] == (len(reading.written), len(reading.tokens))
    for token in (*reading.tokens, *reading.target_tokens, *reading.written):
        assert token.text and 0 <= token.start <= token.end


def test_a_text_is_taken_as_typed_without_a_prefix(t5, t5_folder):
    ids = PreTrainedTokenizerFast.from_pretrained(t5_folder)(TEXT).input_ids
    assert [token.id for token in t5.read(ReadRequest(TEXT)).tokens] == ids


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (ReadRequest(""), "Type a sentence"),
        (ReadRequest(" \n", target="bon"), "Type a sentence"),
        (ReadRequest("", target="bon"), "Type a sentence"),
        (ReadRequest("a" * 20_001), "20,001 characters"),
        (ReadRequest("good", target="b" * 20_001), "20,001 characters"),
        (ReadRequest("good", pair="bad"), "no second sentence"),
        (ReadRequest("good day", blanks=(1,)), "extra_id_0"),
        (ReadRequest("good", layers=(3,)), "There is no layer 3: this model has 3"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(t5, request_, says):
    with pytest.raises(BadInput, match=says):
        t5.read(request_)


def test_a_checkpoint_without_a_language_head_shows_a_typed_target_and_writes_nothing(family, tmp_path):
    name = family[0].facts.name
    reader = open_reader("headless", fakes.build_encoder_decoder(tmp_path / "headless", name, headless=True), CPU)
    reading = reader.read(ReadRequest(TEXT, target=TARGET))
    assert len(reading.maps) == 3 and reading.guesses == ()
    with pytest.raises(BadInput, match="no language head"):
        reader.read(ReadRequest(TEXT))
