"""Sentences of our own, tokenizers and tiny models of them, made once a session. Holds no test."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from playground.pretraining.corpus import read_corpus
from playground.pretraining.recipes import RECIPES
from playground.pretraining.tokenizers import learn_tokenizer

SENTENCES = Path(__file__).resolve().parent / "sentences.tsv"


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Models this small are slower on two threads, and much slower where another program wants the second core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    torch.set_flush_denormal(False)  # the command turns it on, and numbers would stay so for all later tests


@pytest.fixture(scope="session")
def corpus_file():
    return SENTENCES


@pytest.fixture(scope="session")
def corpus(corpus_file):
    return read_corpus(corpus_file)


@pytest.fixture(scope="session")
def small_recipes():
    """The shipped recipes, made so small that thirty steps take a second."""
    small = dict(vocabulary=300, layers=1, width=32, heads=2, inner=64, tokens_per_step=400, learning_rate=5e-3)
    return {name: replace(recipe, **small) for name, recipe in RECIPES.items()}


@pytest.fixture(scope="session")
def tokenizers(corpus):
    both = [side for pair in corpus.training for side in pair]
    sources = {"bert": corpus.english(), "gpt": corpus.english(), "t5": both}
    return {family: learn_tokenizer(family, sentences, 300) for family, sentences in sources.items()}
