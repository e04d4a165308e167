"""Means and rollout: rows still add up to 1, the mean is the mean, and rollout equals the product written out."""

import numpy as np
import pytest
from contracts.makers import encoder_reading, map_over, tokens_of

from playground.errors import BadInput
from playground.views.payload import Selection, make_payload, pack_head
from playground.views.summaries import MEAN, ROLLOUT, roll_out, summaries_of, summarise

TOKENS = tokens_of("the cat sat on it")
FOUND = map_over(TOKENS, TOKENS)


@pytest.mark.parametrize("name", summaries_of(FOUND))
def test_rows_of_every_summary_add_up_to_one(name):
    assert np.allclose(summarise(FOUND, *name).sum(axis=-1), 1, atol=1e-5)


def test_means_are_means():
    assert np.allclose(summarise(FOUND, *MEAN), FOUND.weights.mean(axis=(0, 1)))
    assert np.allclose(summarise(FOUND, 1, -1), FOUND.weights[1].mean(axis=0))


def test_rollout_of_heads_that_look_nowhere_else_changes_nothing():
    assert np.array_equal(roll_out(np.stack([np.eye(4, dtype=np.float32)] * 3)), np.eye(4))


def test_rollout_is_the_product_of_the_layers_the_last_one_first():
    first, second = FOUND.weights.mean(axis=1)
    eye = np.eye(len(TOKENS))
    assert np.allclose(summarise(FOUND, *ROLLOUT), (second + eye) / 2 @ ((first + eye) / 2), atol=1e-6)


def test_rollout_needs_all_layers_and_one_text():
    assert ROLLOUT not in summaries_of(map_over(TOKENS, TOKENS, layers=(1, 2)))
    assert ROLLOUT not in summaries_of(map_over(TOKENS, TOKENS[:3], kind="cross"))


@pytest.mark.parametrize("name", [(-1, -3), (-2, -1), (5, -1), (-1, 0)])
def test_a_summary_that_is_none_is_refused(name):
    with pytest.raises(BadInput, match="no such summary"):
        pack_head(FOUND, *name)


def test_an_opened_summary_stays_open():
    payload = make_payload(encoder_reading(), Selection("encoder", *ROLLOUT), 40)
    assert (payload["selection"]["layer"], payload["selection"]["head"]) == ROLLOUT
