"""What every test may ask for: checkpoints built once a session. Holds no test."""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"  # a test that reaches for the Hub is wrong, and shall fail at once

import fakes  # noqa: E402 - after the environment is set
import pytest  # noqa: E402

from playground.settings import Settings  # noqa: E402


@pytest.fixture(scope="session")
def bert_folder(tmp_path_factory):
    return fakes.build_encoder(tmp_path_factory.mktemp("models") / "random-bert")


@pytest.fixture(scope="session")
def bert(bert_folder):
    from playground.language_models.library import open_reader

    return open_reader("random-bert", bert_folder, Settings(device="cpu"))
