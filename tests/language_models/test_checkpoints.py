"""Opening: what is sound opens, and each near miss is refused in one sentence that holds no path of the machine."""

import json
import pickle

import fakes
import pytest
import torch
from safetensors.torch import load_file, save_file

from playground.errors import CannotOpenModel, NoSuchModel
from playground.language_models.catalogue import find_folder
from playground.language_models.checkpoints import choose_device, open_checkpoint
from playground.language_models.library import OpenLibrary
from playground.language_models.tokenizing import Tokenizer
from playground.settings import Settings


@pytest.fixture
def folder(tmp_path):
    return fakes.build_encoder(tmp_path / "mine")


def change_config(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_sound_checkpoint_opens_in_float32_eager_and_eval(folder):
    opened = open_checkpoint(folder, "cpu")
    assert opened.model.dtype == torch.float32 and not opened.model.training
    assert opened.model.config._attn_implementation == "eager" and opened.has_head


def test_a_sixteen_bit_file_is_read_in_float32(folder):
    weights = {name: tensor.half() for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    change_config(folder, dtype="float16")
    assert open_checkpoint(folder, "cpu").model.dtype == torch.float32


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model_type": "vit"}, "Models of type 'vit' cannot be shown"),
        ({"model_type": 7}, "does not say which type"),
        ({"num_hidden_layers": 10**6}, "num_hidden_layers 1000000"),
        ({"num_attention_heads": -4}, "num_attention_heads -4"),
        ({"hidden_size": "big"}, "hidden_size big"),
        ({"vocab_size": True}, "vocab_size True"),
        ({"_attn_implementation": "kernels-community/evil"}, "foreign attention code"),
        ({"hidden_size": 48}, "does not hold a model that fits its config"),
        ({"num_hidden_layers": 5}, "incomplete"),
    ],
)
def test_a_config_that_cannot_be_right_opens_nothing(folder, changes, says):
    change_config(folder, **changes)
    with pytest.raises(CannotOpenModel, match=says) as refusal:
        open_checkpoint(folder, "cpu")
    assert str(folder.parent) not in str(refusal.value)


def test_a_config_that_is_no_json_is_refused(folder):
    (folder / "config.json").write_text("{")
    with pytest.raises(CannotOpenModel, match="cannot be read as JSON"):
        open_checkpoint(folder, "cpu")


def test_cut_off_weights_are_called_damaged(folder):
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CannotOpenModel, match="damaged"):
        open_checkpoint(folder, "cpu")


class Bomb:
    """Writes a file when it is unpickled: the proof that it was."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_pickled_weights_are_not_opened_and_not_run(folder, tmp_path):
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb(tmp_path / "ran")))
    with pytest.raises(CannotOpenModel, match="safetensors"):
        open_checkpoint(folder, "cpu")
    assert not (tmp_path / "ran").exists()


def test_code_beside_the_weights_is_not_run(folder, tmp_path):
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Evil: pass\n")
    change_config(folder, auto_map={"AutoConfig": "evil.Evil", "AutoModelForMaskedLM": "evil.Evil"})
    assert open_checkpoint(folder, "cpu").model
    assert not (tmp_path / "ran").exists()


def test_a_broken_tokenizer_is_refused(folder):
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(CannotOpenModel, match="tokenizer"):
        Tokenizer(folder)


def test_an_unknown_device_is_refused_by_name():
    with pytest.raises(CannotOpenModel, match="'warp'"):
        choose_device("warp")
    assert choose_device("cpu") == "cpu"


@pytest.mark.parametrize("name", ["", "tiny-gpt5", "../no/such/folder", "owner/name", "a/" * 3000, "\0/x", None])
def test_a_name_that_leads_nowhere_gets_one_sentence_with_the_choices(name, tmp_path):
    with pytest.raises(NoSuchModel, match="choose one of"):
        find_folder(name, Settings(models=tmp_path))


def test_a_folder_opens_in_local_mode_and_not_in_public_mode_unless_allowed(folder):
    assert find_folder(str(folder), Settings()) == folder
    with pytest.raises(NoSuchModel) as refusal:
        find_folder(str(folder), Settings(public=True))
    assert str(folder) not in str(refusal.value)
    assert find_folder(str(folder), Settings(public=True, allowed=(str(folder),))) == folder


def test_the_library_opens_a_model_once_and_tries_again_after_a_failure(tmp_path):
    library = OpenLibrary(Settings(models=tmp_path, device="cpu"))
    assert library.entries() == ()
    folder = fakes.build_encoder(tmp_path / "tiny-bert")
    assert library.open("tiny-bert") is library.open("tiny-bert")
    config = (folder / "config.json").read_text()
    again = OpenLibrary(Settings(models=tmp_path, device="cpu"))
    (folder / "config.json").write_text("[]")
    with pytest.raises(CannotOpenModel):
        again.open("tiny-bert")
    (folder / "config.json").write_text(config)
    assert again.open("tiny-bert").facts.name == "tiny-bert"
