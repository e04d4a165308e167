"""Examples and batches: what is packed, what is paired, that lengths fit, and that any place can be taken up again."""

from itertools import islice

import numpy as np
import pytest
import torch

from playground.pretraining import batches
from playground.pretraining.batches import Place, Shape
from playground.pretraining.examples import BertExamples, GptExamples, T5Examples, draw_pack, take
from playground.pretraining.objectives import IGNORED
from playground.pretraining.tokenizers import CONTEXT


@pytest.fixture(scope="module")
def makers(tokenizers, corpus):
    english = corpus.english()
    return {
        "bert": BertExamples(tokenizers["bert"], english, 1),
        "gpt": GptExamples(tokenizers["gpt"], english, 1),
        "t5": T5Examples(tokenizers["t5"], list(corpus.training), 1),
    }


@pytest.mark.parametrize("family", ["bert", "gpt", "t5"])
def test_no_example_is_longer_than_the_context_and_the_same_pool_is_always_the_same(makers, family):
    examples = makers[family](3)
    assert examples == makers[family](3) != makers[family](4)
    assert all(1 <= len(example.inputs) <= CONTEXT and 1 <= len(example.labels) <= CONTEXT for example in examples)


@pytest.mark.parametrize("family", ["bert", "gpt"])
def test_packs_reach_the_end_of_the_context(makers, family):
    assert max(len(example.inputs) for example in makers[family](0)) > CONTEXT - 30


def test_bert_sees_both_segments_and_gpt_labels_are_the_inputs_moved_by_one(makers):
    assert {1} <= {segment for example in makers["bert"](0) for segment in example.segments}
    for example in makers["bert"](0):
        assert len(example.inputs) == len(example.segments) == len(example.labels)
    for example in makers["gpt"](0):
        assert example.inputs[1:] == example.labels[:-1]


def test_every_sentence_comes_once_before_any_comes_again():
    seen = [index for number in range(5) for index in take(number, 4, 20, seed=1)]
    assert sorted(seen) == list(range(20))
    assert [index for number in range(5, 10) for index in take(number, 4, 20, seed=1)] != seen


def test_packs_hold_repeats_and_fit_their_room():
    generator = np.random.default_rng(0)
    packs = [draw_pack(generator, [7] * 1000, 100) for _ in range(50)]
    assert all(len(pack) * 7 <= 100 for pack in packs)
    repeats = sum(len(pack) - len(set(pack)) for pack in packs) / sum(map(len, packs))
    assert 0.15 < repeats < 0.4


def test_the_mixture_of_t5_is_about_sixty_twenty_twenty(makers):
    maker = makers["t5"]
    draws = [example for number in range(40) for example in maker(number)]
    starts = [tuple(example.inputs[: len(prefix)]) for prefix in maker.prefixes for example in draws]
    to_french = sum(start == tuple(maker.prefixes[0]) for start in starts[: len(draws)]) / len(draws)
    to_english = sum(start == tuple(maker.prefixes[1]) for start in starts[len(draws) :]) / len(draws)
    assert to_french == pytest.approx(0.6, abs=0.05)
    assert to_english == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("family", ["bert", "gpt", "t5"])
def test_batches_hold_every_example_within_the_token_limit_and_padding_is_never_labelled(makers, family):
    shape = Shape(600, 0, family == "t5")
    examples = makers[family](0)
    groups = batches.cut(examples, shape, np.random.default_rng(0))
    assert sorted(map(str, (example for group in groups for example in group))) == sorted(map(str, examples))
    for group in groups:
        batch = batches.pad(group, shape)
        cells = batch["input_ids"].numel() + (batch["labels"].numel() if family == "t5" else 0)
        assert cells <= 600 or len(group) == 1
        if family != "t5":
            assert (batch["labels"][batch["attention_mask"] == 0] == IGNORED).all()


def test_a_stream_taken_up_at_any_place_goes_on_as_if_it_had_never_stopped(makers):
    shape = Shape(600, 0, False)
    whole = list(islice(batches.stream(makers["gpt"], shape, Place(), 1), 40))
    for stop in (0, 7, 30):
        rest = list(islice(batches.stream(makers["gpt"], shape, whole[stop][1], 1), 39 - stop))
        for (expected, _), (found, _) in zip(whole[stop + 1 :], rest, strict=True):
            assert all(torch.equal(expected[name], found[name]) for name in expected)
