"""An attention map proves itself at birth: beside each map that is accepted stand the near misses that are not.

Must not know any model: the numbers are drawn or written down by hand.
"""

from typing import Any

import numpy as np
import pytest
from contracts.makers import law, map_over, shares, tokens_of
from hypothesis import given
from hypothesis import strategies as st

from playground.contracts.attention import AttentionMap, allowed_by, window_of
from playground.errors import BadInput, Unreadable

FOUR, TWO = tokens_of("one two three four"), tokens_of("un deux")


def changed(at: tuple[int, int, int, int], value: float, mask: str = "all", kind: str = "encoder") -> np.ndarray:
    weights = shares(mask, kind, (2, 3, 4, 4))
    weights[at] = value
    return weights


def moved(amount: float, mask: str, kind: str, query: int, key: int) -> np.ndarray:
    """Takes `amount` from what a token gives itself, and gives it to `key`: every row still adds up to 1."""
    weights = shares(mask, kind, (2, 3, 4, 4))
    weights[1, 2, query, query] -= amount
    weights[1, 2, query, key] += amount
    return weights


@pytest.mark.parametrize(
    ("kind", "mask"),
    [
        ("encoder", "all"),
        ("encoder", "window:3"),
        ("decoder", "causal"),
        ("decoder", "all"),
        ("decoder", "window:2"),
        ("cross", "all"),
    ],
)
def test_a_map_of_every_kind_and_mask_is_accepted(kind: str, mask: str) -> None:
    found = map_over(FOUR, FOUR, kind=kind, mask=mask)
    assert found.heads == 3
    assert np.allclose(found.weights.sum(axis=-1), 1, atol=1e-4)


def test_a_map_may_have_fewer_rows_than_columns() -> None:
    assert map_over(TWO, FOUR, kind="cross").weights.shape == (2, 3, 2, 4)


def test_a_map_of_a_single_token_is_accepted() -> None:
    one = tokens_of("one")
    assert map_over(one, one, kind="decoder", mask="causal").weights.tolist() == [[[[1.0]]] * 3] * 2


def test_layers_may_be_any_chosen_ones() -> None:
    assert map_over(FOUR, FOUR, layers=(5, 11)).layers == (5, 11)


def test_weights_cannot_be_written_once_the_map_is_made() -> None:
    found = map_over(FOUR, FOUR)
    with pytest.raises(ValueError, match="read-only"):
        found.weights[0, 0, 0, 0] = 0.5


GOOD = shares("all", "encoder", (2, 3, 4, 4))
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "float64": ({"weights": GOOD.astype(np.float64)}, "not a float32 array"),
    "float16": ({"weights": GOOD.astype(np.float16)}, "not a float32 array"),
    "a list": ({"weights": GOOD.tolist()}, "not a float32 array"),
    "no head axis": ({"weights": GOOD[:, 0]}, "not a float32 array"),
    "a batch axis too many": ({"weights": GOOD[None]}, "not a float32 array"),
    "an empty tuple": ({"weights": ()}, "not a float32 array"),
    "no layer": ({"weights": GOOD[:0], "layers": ()}, "no attention weights"),
    "no head": ({"weights": GOOD[:, :0]}, "no attention weights"),
    "no query": ({"weights": GOOD[:, :, :0], "rows": ()}, "no attention weights"),
    "no key": ({"weights": GOOD[..., :0], "cols": ()}, "no attention weights"),
    "a layer too many": ({"layers": (0, 1, 2)}, "do not line up with 3 layers, 4 rows and 4 columns"),
    "a layer too few": ({"layers": (0,)}, "do not line up with 1 layers"),
    "a row too few": ({"rows": FOUR[:3]}, "do not line up with 2 layers, 3 rows"),
    "a column too many": ({"cols": (*FOUR, FOUR[0])}, "4 rows and 5 columns"),
    "rows for columns": ({"weights": GOOD[:, :, :2], "rows": FOUR, "cols": TWO}, "do not line up"),
    "one weight not a number": ({"weights": changed((1, 2, 3, 0), np.nan)}, "not numbers"),
    "one infinite weight": ({"weights": changed((0, 0, 0, 0), np.inf)}, "not numbers"),
    "one weight infinitely small": ({"weights": changed((1, 0, 3, 3), -np.inf)}, "not numbers"),
    "a negative weight in a whole row": ({"weights": moved(0.9, "all", "encoder", 2, 0)}, "do not add up to 1"),
    "a row that misses 1 by 2e-4": ({"weights": GOOD + np.float32(5e-5)}, "do not add up to 1"),
    "a row of zeros": ({"weights": changed((1, 2, 3, 0), 0.0)}, "do not add up to 1"),
    "scores in place of shares": ({"weights": GOOD * 4}, "do not add up to 1"),
    "an unknown kind": ({"kind": "self"}, "unknown kind, 'self'"),
}


def test_the_map_that_the_refused_ones_are_changed_from_is_accepted() -> None:
    assert map_over(FOUR, FOUR, weights=GOOD.copy()).weights.shape == (2, 3, 4, 4)


@pytest.mark.parametrize(("changes", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_a_map_that_misses_in_one_thing_is_refused(changes: dict[str, Any], says: str) -> None:
    parts = {"kind": "encoder", "mask": "all", "weights": GOOD.copy(), "rows": FOUR, "cols": FOUR, "layers": (0, 1)}
    with pytest.raises(Unreadable, match=says):
        AttentionMap(**(parts | changes))


@pytest.mark.parametrize("miss", [0.5e-4, -0.5e-4])
def test_rows_may_miss_1_by_what_float32_does_to_them(miss: float) -> None:
    weights = shares("all", "encoder", (2, 3, 4, 4))
    weights[1, 2, 3, 3] += miss
    map_over(FOUR, FOUR, weights=weights)


@pytest.mark.parametrize("miss", [2e-4, -2e-4])
def test_one_row_in_one_head_that_misses_1_by_twice_the_tolerance_is_refused(miss: float) -> None:
    weights = shares("all", "encoder", (2, 3, 4, 4))
    weights[1, 2, 3, 3] += miss
    with pytest.raises(Unreadable, match="do not add up to 1"):
        map_over(FOUR, FOUR, weights=weights)


FORBIDDEN = [
    ("decoder", "causal", 1, 2),
    ("decoder", "window:2", 1, 2),  # the future
    ("decoder", "window:2", 3, 1),  # too far back
    ("encoder", "window:3", 0, 2),
    ("encoder", "window:3", 3, 1),
]
ALLOWED = [
    ("decoder", "causal", 2, 1),
    ("decoder", "all", 1, 2),
    ("decoder", "window:2", 3, 2),
    ("encoder", "window:3", 2, 3),
    ("encoder", "all", 0, 3),
]


@pytest.mark.parametrize(("kind", "mask", "query", "key"), ALLOWED)
def test_a_weight_that_the_mask_allows_is_accepted(kind: str, mask: str, query: int, key: int) -> None:
    map_over(FOUR, FOUR, kind=kind, mask=mask, weights=moved(1e-3, mask, kind, query, key))


@pytest.mark.parametrize(("kind", "mask", "query", "key"), FORBIDDEN)
def test_a_weight_that_the_mask_forbids_is_refused_however_small(kind: str, mask: str, query: int, key: int) -> None:
    for amount in (1e-3, 1e-6):
        with pytest.raises(Unreadable, match="its mask forbids"):
            map_over(FOUR, FOUR, kind=kind, mask=mask, weights=moved(amount, mask, kind, query, key))


def test_a_fault_in_the_last_head_of_a_map_too_large_to_check_at_once_is_found() -> None:
    tokens = tokens_of("a " * 1_500)  # two heads of these are more cells than are checked in one go
    weights = np.zeros((1, 3, len(tokens), len(tokens)), dtype=np.float32)
    weights[..., 0] = 1
    map_over(tokens, tokens, layers=(0,), weights=weights.copy())
    weights[0, 2, -1, 0] = 0
    with pytest.raises(Unreadable, match="do not add up to 1"):
        map_over(tokens, tokens, layers=(0,), weights=weights)


MASKS = ["", "none", "ALL", "window", "window:", "window:0", "window:-1", "window:2.5", "window:two", "causal:2"]


@pytest.mark.parametrize("mask", [*MASKS, "window:" + "9" * 30, "window:" + "9" * 5_000])
def test_a_mask_nobody_knows_is_refused_with_the_ones_there_are(mask: str) -> None:
    with pytest.raises(BadInput, match="use all, causal, or window:k"):
        map_over(FOUR, FOUR, mask=mask, weights=GOOD.copy())


def test_the_width_of_a_window_is_read() -> None:
    assert [window_of("window:1"), window_of("window:128")] == [1, 128]


def may_look(mask: str, kind: str, query: int, key: int) -> bool:
    """The rule, said slowly."""
    if mask == "all":
        return True
    if mask == "causal":
        return key <= query
    width = int(mask.removeprefix("window:"))
    if kind == "decoder":
        return key in range(query - width + 1, query + 1)
    return key in range(query - width // 2, query + width // 2 + 1)


MASK = st.one_of(st.just("all"), st.just("causal"), st.integers(1, 12).map("window:{}".format))


@law
@given(MASK, st.sampled_from(["encoder", "decoder", "cross"]), st.integers(1, 9), st.integers(1, 9))
def test_what_a_mask_allows_is_what_a_slow_double_loop_allows(mask: str, kind: str, rows: int, cols: int) -> None:
    expected = [[may_look(mask, kind, query, key) for key in range(cols)] for query in range(rows)]
    assert allowed_by(mask, kind, rows, cols).tolist() == expected


@law
@given(MASK, st.sampled_from(["encoder", "decoder"]), st.integers(1, 9))
def test_under_every_mask_a_token_may_look_at_itself(mask: str, kind: str, length: int) -> None:
    assert allowed_by(mask, kind, length, length).diagonal().all()


def test_a_decoder_window_as_wide_as_the_text_is_the_causal_mask() -> None:
    assert (allowed_by("window:5", "decoder", 5, 5) == allowed_by("causal", "decoder", 5, 5)).all()
