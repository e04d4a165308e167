"""Equal requests are computed once, also when they come together; the memory stays within its budget."""

import threading

import fakes
import pytest

from playground.contracts.reading import ReadRequest
from playground.errors import BadInput
from playground.language_models.remembering import RememberingReader


class SlowReader(fakes.RandomReader):
    """Waits inside `read` until it is let go, so that a test can be sure that two requests overlap."""

    def __init__(self):
        super().__init__()
        self.entered, self.go = threading.Event(), threading.Event()

    def read(self, request):
        self.entered.set()
        assert self.go.wait(10)
        return super().read(request)


def test_an_equal_request_is_answered_with_the_same_reading():
    reader = RememberingReader(inner := fakes.RandomReader(), megabytes=10)
    assert reader.read(ReadRequest("one")) is reader.read(ReadRequest("one"))
    assert reader.read(ReadRequest("two")) is not reader.read(ReadRequest("one"))
    assert len(inner.reads) == 2


def test_requests_that_come_together_are_computed_once():
    reader = RememberingReader(inner := SlowReader(), megabytes=10)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(reader.read(ReadRequest("same")))) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert inner.entered.wait(10)
    inner.go.set()
    for thread in threads:
        thread.join(10)
    assert len(inner.reads) == 1 and len(set(map(id, answers))) == 1 and len(answers) == 5


def test_a_failure_is_told_and_not_remembered():
    reader = RememberingReader(inner := fakes.RandomReader(), megabytes=10)
    for _ in range(2):
        with pytest.raises(BadInput):
            reader.read(ReadRequest("   "))
    assert len(inner.reads) == 2


def test_the_oldest_reading_is_forgotten_when_the_budget_is_full():
    inner = fakes.RandomReader()
    reader = RememberingReader(inner, megabytes=1)
    for number in range(60):  # each reading of 40 words holds about 84,000 bytes of weights
        reader.read(ReadRequest(f"word{number} " + "a " * 39))
    held = sum(kept.result().maps[0].weights.nbytes for kept in reader._kept.values())
    assert 0 < held <= 1_000_000
    before = len(inner.reads)
    reader.read(ReadRequest("word59 " + "a " * 39))
    assert len(inner.reads) == before, "the latest reading must still be there"
