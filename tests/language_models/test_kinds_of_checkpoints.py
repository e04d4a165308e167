"""Which class opens a checkpoint: `architectures` decide, heads it does not hold are not made up, halves are refused.

Must not know how a text is read with what was opened.
"""

import json

import fakes
import pytest
import transformers

from playground.contracts.reading import ReadRequest
from playground.errors import CannotOpenModel, Unreadable
from playground.language_models.catalogue import SHIPPED, entries
from playground.language_models.checkpoints import open_checkpoint, read_config
from playground.language_models.library import open_reader
from playground.settings import Settings

CPU = Settings(device="cpu")


def save_as(class_name, folder, **changes):
    """The checkpoint in `folder`, built anew from its config as another class, and saved over it."""
    kind = getattr(transformers, class_name)
    config = kind.config_class.from_pretrained(folder)
    for name, value in changes.items():
        setattr(config, name, value)
    kind(config).save_pretrained(folder)
    return folder


def change_config(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("build", "name", "opened"),
    [
        (fakes.build_encoder, "bert", "BertForMaskedLM"), (fakes.build_decoder, "gpt2", "GPT2LMHeadModel"),
        (fakes.build_decoder, "llama", "LlamaForCausalLM"),
        (fakes.build_encoder_decoder, "t5", "T5ForConditionalGeneration"),
        (fakes.build_encoder_decoder, "marian", "MarianMTModel"),
    ],
)  # fmt: skip
def test_a_checkpoint_opens_as_what_it_was_saved_as(tmp_path, build, name, opened):
    whole, bare = open_checkpoint(build(tmp_path / "whole", name), "cpu"), None
    bare = open_checkpoint(build(tmp_path / "bare", name, headless=True), "cpu")
    assert (type(whole.model).__name__, whole.has_head, bare.has_head) == (opened, True, False)
    assert not hasattr(bare.model, "lm_head"), "a head that the file does not hold is not made up"


@pytest.mark.parametrize(
    ("build", "name", "class_name"),
    [
        (fakes.build_encoder, "bert", "BertForSequenceClassification"),
        (fakes.build_decoder, "gpt2", "GPT2ForSequenceClassification"),
        (fakes.build_encoder_decoder, "bart", "BartForSequenceClassification"),
        (fakes.build_encoder_decoder, "t5", "T5ForSequenceClassification"),
    ],
)
def test_a_classifier_gives_maps_only(tmp_path, build, name, class_name):
    reader = open_reader("classifier", save_as(class_name, build(tmp_path / "it", name)), CPU)
    reading = reader.read(ReadRequest("The cat.", target="was" if build is fakes.build_encoder_decoder else ""))
    assert reading.maps and reading.guesses == () and "no language head" in reader.facts.notes[0]


@pytest.mark.parametrize(
    ("build", "name", "class_name", "says"),
    [
        (fakes.build_encoder_decoder, "t5", "T5EncoderModel", "This holds only the encoder of a t5"),
        (fakes.build_encoder_decoder, "bart", "BartForCausalLM", "is read as encoder-decoder, but .* is decoder"),
        (fakes.build_encoder, "bert", "BertLMHeadModel", "is read as encoder, but .* is decoder"),
    ],
)
def test_half_a_model_and_one_used_in_another_way_are_refused(tmp_path, build, name, class_name, says):
    folder = save_as(class_name, build(tmp_path / "it", name))
    with pytest.raises(CannotOpenModel, match=says):
        open_checkpoint(folder, "cpu")


@pytest.mark.parametrize(
    ("build", "name", "changes", "says"),
    [
        (fakes.build_encoder_decoder, "t5", {"num_layers": 10**6}, "num_layers 1000000, outside 1 to 256"),
        (fakes.build_encoder_decoder, "t5", {"num_heads": 0}, "num_heads 0"),
        (fakes.build_encoder_decoder, "t5", {"d_model": 10**7}, "d_model 10000000"),
        (fakes.build_encoder_decoder, "t5", {"d_ff": "wide"}, "d_ff wide"),
        (fakes.build_encoder_decoder, "t5", {"num_decoder_layers": -1}, "num_decoder_layers -1"),
        (fakes.build_encoder_decoder, "bart", {"decoder_layers": 10**6}, "decoder_layers 1000000"),
        (fakes.build_decoder, "gpt2", {"n_layer": 10**6}, "n_layer 1000000"),
        (fakes.build_decoder, "gpt2", {"n_positions": 10**9}, "n_positions 1000000000"),
        (fakes.build_decoder, "llama", {"num_key_value_heads": 10**6}, "num_key_value_heads 1000000"),
    ],
)
def test_sizes_that_no_real_model_has_are_refused_before_anything_is_built(tmp_path, build, name, changes, says):
    folder = build(tmp_path / "it", name)
    change_config(folder, **changes)
    with pytest.raises(CannotOpenModel, match=says):
        read_config(folder)


def test_a_size_that_a_config_leaves_open_is_no_reason_to_refuse(tmp_path):
    folder = fakes.build_decoder(tmp_path / "it")
    change_config(folder, n_inner=None)
    assert read_config(folder)


@pytest.mark.parametrize("start", [None, 10**6])
def test_a_decoder_without_a_first_token_is_refused(tmp_path, start):
    folder = fakes.build_encoder_decoder(tmp_path / "it", decoder_start_token_id=start)
    (folder / "generation_config.json").unlink()
    with pytest.raises(CannotOpenModel, match="with which token its decoder starts"):
        open_reader("it", folder, CPU)


def test_the_shipped_three_are_offered_once_their_folders_are_there(tmp_path):
    settings = Settings(models=tmp_path)
    assert [(entry.name, entry.family) for entry in SHIPPED[:3]] == [
        ("tiny-bert", "encoder"), ("tiny-gpt", "decoder"), ("tiny-t5", "encoder-decoder")
    ]  # fmt: skip
    for name in ("tiny-gpt", "tiny-t5"):
        assert name not in [entry.name for entry in entries(settings)]
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
        assert name in [entry.name for entry in entries(settings)]


@pytest.mark.parametrize("build", [fakes.build_encoder, fakes.build_decoder, fakes.build_encoder_decoder])
def test_a_model_that_hands_out_no_attention_is_an_error_and_no_empty_picture(tmp_path, build):
    reader = open_reader("it", build(tmp_path / "it"), CPU)
    reader._reader._model.set_attn_implementation("sdpa")
    with pytest.raises(Unreadable, match="returned no attention"):
        reader.read(ReadRequest("The cat."))
