"""A request to write on: the good ones, and beside each the near miss with its sentence.

Must not know any model.
"""

from typing import Any

import pytest

from playground.contracts.generation import GenerateRequest, Step
from playground.contracts.reading import Guess
from playground.contracts.tokens import Token
from playground.errors import BadInput


def test_equal_requests_are_equal_and_hashable() -> None:
    assert len({GenerateRequest("a", seed=3), GenerateRequest("a", seed=3), GenerateRequest("a", seed=4)}) == 2


def test_unless_asked_otherwise_the_likeliest_token_is_taken_and_none_is_left_out() -> None:
    asked = GenerateRequest("a")
    assert (asked.temperature, asked.top_k, asked.top_p) == (0.0, 0, 1.0)


@pytest.mark.parametrize(
    "good",
    [
        {"text": ""},
        {"max_tokens": 1},
        {"max_tokens": 100_000},
        {"temperature": 0},
        {"temperature": 100},
        {"temperature": 0.7},
        {"top_k": 0},
        {"top_p": 0},
        {"top_p": 1},
        {"seed": 0},
        {"seed": 2**63 - 1},
    ],
)
def test_a_request_at_the_edge_of_what_is_possible_is_accepted(good: dict[str, Any]) -> None:
    GenerateRequest(**({"text": "a"} | good))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"text": None}, "The text must be text, not NoneType"),
    ({"text": ["a"]}, "The text must be text, not list"),
    ({"max_tokens": 0}, "max_tokens must be a whole number from 1 to 100000, not 0"),
    ({"max_tokens": 100_001}, "max_tokens must be a whole number"),
    ({"max_tokens": 5.0}, "max_tokens must be a whole number"),
    ({"max_tokens": True}, "max_tokens must be a whole number from 1 to 100000, not True"),
    ({"max_tokens": "5"}, "max_tokens must be a whole number"),
    ({"temperature": -0.1}, "temperature must be a number from 0 to 100, not -0.1"),
    ({"temperature": 100.1}, "temperature must be a number"),
    ({"temperature": float("nan")}, "temperature must be a number from 0 to 100, not nan"),
    ({"temperature": float("inf")}, "temperature must be a number"),
    ({"temperature": "hot"}, "temperature must be a number"),
    ({"temperature": True}, "temperature must be a number"),
    ({"temperature": None}, "temperature must be a number"),
    ({"temperature": 10**400}, "temperature must be a number"),
    ({"top_k": -1}, "top_k must be a whole number from 0 to 1000000"),
    ({"top_k": 1.5}, "top_k must be a whole number"),
    ({"top_p": 1.01}, "top_p must be a number from 0 to 1, not 1.01"),
    ({"top_p": -0.01}, "top_p must be a number"),
    ({"seed": -1}, "seed must be a whole number"),
    ({"seed": 2**63}, "seed must be a whole number"),
]


@pytest.mark.parametrize(("changes", "says"), REFUSED)
def test_a_request_that_misses_in_one_thing_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        GenerateRequest(**({"text": "a"} | changes))


def test_half_characters_in_the_text_become_the_replacement_sign() -> None:
    assert GenerateRequest("a\ud83d").text == "a\ufffd"


def test_a_step_goes_on_unless_it_says_that_it_ends() -> None:
    token = Token("cat", "Ġcat", 7, 0, 3, False, 0)
    assert Step(token, 0.5, (Guess("cat", 0.5), Guess("dog", 0.25))).ends is False
