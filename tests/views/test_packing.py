"""Packing loses nothing that can be seen: small errors, whole rows, an empty half that stays empty.

Must not know tokens or models: arrays only.
"""

import base64
import zlib

import numpy as np
import pytest
from contracts.makers import law, shares
from hypothesis import given
from hypothesis import strategies as st

from playground.views.packing import coarsen, pack, pool, quantise

SIDES = st.integers(1, 12)
LENGTHS = st.integers(1, 40)
SEEDS = st.integers(0, 99)


def unpacked(data: str) -> np.ndarray:
    return np.frombuffer(zlib.decompress(base64.b64decode(data, validate=True)), dtype=np.uint8)


def unpacked_triangle(data: str, shape: tuple[int, ...]) -> np.ndarray:
    """As the viewer's script does it: row by row, one value more each time."""
    values, filled = iter(unpacked(data)), np.zeros(shape, dtype=np.uint8)
    for head in filled.reshape(-1, *shape[-2:]):
        for query in range(shape[-2]):
            for key in range(query + 1):
                head[query, key] = next(values)
    assert next(values, None) is None
    return filled


def test_every_weight_comes_back_within_four_thousandths() -> None:
    weights = np.linspace(0, 1, 1_000_001, dtype=np.float32)
    back = (quantise(weights) / 255.0) ** 2
    assert np.abs(back - weights).max() <= 0.004


def test_nothing_stays_nothing_and_everything_stays_everything() -> None:
    assert quantise(np.array([0.0, 1.0], dtype=np.float32)).tolist() == [0, 255]


def test_a_row_that_is_a_hair_over_1_does_not_wrap_around_to_0() -> None:
    assert quantise(np.array([1.0001, 1.01], dtype=np.float32)).tolist() == [255, 255]


def test_bytes_are_the_rounded_square_roots() -> None:
    assert quantise(np.array([0.25, 0.01, 4e-6], dtype=np.float32)).tolist() == [128, 26, 1]


def test_quantising_leaves_the_weights_alone() -> None:
    weights = np.full((2, 2), 0.5, dtype=np.float32)
    weights.setflags(write=False)
    assert quantise(weights).shape == (2, 2)
    assert weights.tolist() == [[0.5, 0.5], [0.5, 0.5]]


@law
@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=20))
def test_a_larger_weight_is_never_drawn_fainter(drawn: list[float]) -> None:
    assert (np.diff(quantise(np.sort(np.array(drawn, dtype=np.float32))).astype(int)) >= 0).all()


def test_pooling_is_the_mean_over_rows_and_the_sum_over_columns() -> None:
    weights = np.array(
        [[0.1, 0.2, 0.3, 0.4], [0.3, 0.0, 0.7, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]], dtype=np.float32
    )
    assert np.allclose(pool(weights, 2), [[0.3, 0.7], [0.5, 0.5]])


def test_groups_are_as_equal_as_they_can_be() -> None:
    ones = np.ones((1, 7), dtype=np.float32)
    assert pool(ones, 3).tolist() == [[2.0, 2.0, 3.0]]


@law
@given(LENGTHS, LENGTHS, SIDES, SEEDS)
def test_pooled_rows_still_add_up_to_1_and_never_exceed_the_side(rows: int, cols: int, side: int, seed: int) -> None:
    pooled = pool(shares("all", "cross", (2, 3, rows, cols), seed), side)
    assert pooled.shape == (2, 3, min(rows, side), min(cols, side))
    assert pooled.dtype == np.float32
    assert np.allclose(pooled.sum(axis=-1), 1, atol=1e-4)
    assert pooled.min() >= 0


@law
@given(LENGTHS, LENGTHS, SIDES, SEEDS)
def test_pooling_is_what_a_slow_loop_over_groups_finds(rows: int, cols: int, side: int, seed: int) -> None:
    weights = shares("all", "cross", (1, 1, rows, cols), seed)

    def groups(length: int) -> list[range]:
        if length <= side:
            return [range(at, at + 1) for at in range(length)]
        edges = [at * length // side for at in range(side)] + [length]
        return [range(first, end) for first, end in zip(edges, edges[1:])]

    expected = [
        [np.mean([weights[0, 0, query, list(keys)].sum() for query in queries]) for keys in groups(cols)]
        for queries in groups(rows)
    ]
    assert np.allclose(pool(weights, side)[0, 0], expected, atol=1e-5)


@law
@given(LENGTHS, SIDES, SEEDS)
def test_a_map_no_longer_than_the_side_is_left_as_it_is(length: int, more: int, seed: int) -> None:
    weights = shares("all", "encoder", (1, 2, length, length), seed)
    assert np.array_equal(pool(weights, length + more - 1), weights)


@law
@given(LENGTHS, SIDES, SEEDS, st.sampled_from(["causal", "window:3"]))
def test_a_causal_map_stays_empty_above_the_diagonal_when_pooled(length: int, side: int, seed: int, mask: str) -> None:
    pooled = pool(shares(mask, "decoder", (1, 2, length, length), seed), side)
    assert not pooled[..., ~np.tri(*pooled.shape[-2:], dtype=bool)].any()


@law
@given(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9), SEEDS)
def test_what_is_packed_comes_back_in_c_order(heads: int, rows: int, cols: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 256, (2, heads, rows, cols), dtype=np.uint8)
    assert np.array_equal(unpacked(pack(values)).reshape(values.shape), values)


@law
@given(st.integers(1, 9), SEEDS)
def test_a_lower_triangle_comes_back_row_by_row(length: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(1, 256, (2, 3, length, length), dtype=np.uint8)
    values *= np.tri(length, dtype=np.uint8)
    packed = pack(values, lower_triangle=True)
    assert len(unpacked(packed)) == 6 * length * (length + 1) // 2
    assert np.array_equal(unpacked_triangle(packed, values.shape), values)


@pytest.mark.parametrize("turned", [np.asfortranarray, lambda values: values[:, ::-1], np.swapaxes])
def test_an_array_in_another_memory_order_packs_the_same_values(turned) -> None:
    values = np.arange(12, dtype=np.uint8).reshape(3, 4)
    other = np.swapaxes(values, 0, 1) if turned is np.swapaxes else turned(values)
    assert unpacked(pack(other)).tolist() == other.ravel(order="C").tolist()


def test_the_lower_triangle_takes_about_half_the_bytes() -> None:
    values = np.random.default_rng(0).integers(0, 256, (4, 4, 40, 40), dtype=np.uint8) * np.tri(40, dtype=np.uint8)
    assert len(unpacked(pack(values, True))) / len(unpacked(pack(values))) == pytest.approx(0.5, abs=0.02)


def test_coarser_shades_stay_near_and_keep_nothing_and_all_as_they_are() -> None:
    every = np.arange(256, dtype=np.uint8)
    coarse = coarsen(every, 4)
    assert np.abs(coarse.astype(int) - every).max() <= 2 and (coarse[0], coarse[255]) == (0, 255)
    assert len(set(coarse)) == 65
