"""The one wrapper between our errors and what a visitor sees: a PlaygroundError's own sentence, or one fixed one.

Must not know what was attempted. Without it Gradio answers API callers with "has not enabled verbose error reporting".
"""

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr

from playground.errors import PlaygroundError

SORRY = "Something went wrong on our side and was written to the log; please try again or change the text a little."
_log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def attempt(work: Callable[..., Answer], *given: Any) -> tuple[Answer | None, str]:
    """What `work` answers and no sentence, or nothing and the sentence that says why."""
    try:
        return work(*given), ""
    except PlaygroundError as error:
        return None, str(error)
    except Exception:  # noqa: BLE001 - the border: whatever is left is our fault, goes to the log, and stays there
        _log.exception("A handler failed")
        return None, SORRY


def refusing(work: Callable[..., Answer]) -> Callable[..., Answer]:
    """A handler whose refusals reach the visitor, or the API's caller, as one sentence."""

    @functools.wraps(work)
    def handler(*given: Any) -> Answer:
        answer, sentence = attempt(work, *given)
        if sentence:
            raise gr.Error(sentence, print_exception=False)
        return answer

    return handler
