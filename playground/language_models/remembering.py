"""Computes equal requests once, also when they arrive together, and remembers the answers within a memory budget.

Must not know what a reader does: it wraps any Reader. Answers are frozen values, so sharing them is safe.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future

from playground.contracts.generation import GenerateRequest, Step
from playground.contracts.readers import Reader
from playground.contracts.reading import Guesses, Reading, ReadRequest


class RememberingReader:
    """The same Reader, with a memory of its latest readings. A failed reading is not remembered."""

    def __init__(self, reader: Reader, megabytes: int) -> None:
        self.facts = reader.facts
        self._reader = reader
        self._budget = megabytes * 1_000_000
        self._kept: OrderedDict[ReadRequest, Future[Reading]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, request: ReadRequest) -> Reading:
        with self._lock:
            known = self._kept.get(request)
            if known is None:
                mine = self._kept[request] = Future()
            else:
                self._kept.move_to_end(request)
        if known is not None:
            return known.result()
        return self._compute(request, mine)

    def count(self, request: ReadRequest) -> int:
        return self._reader.count(request)

    def guess(self, request: ReadRequest) -> tuple[Guesses, ...]:
        return self._reader.guess(request)

    def generate(self, request: GenerateRequest) -> Iterator[Step]:
        return self._reader.generate(request)

    def _compute(self, request: ReadRequest, mine: "Future[Reading]") -> Reading:
        try:
            reading = self._reader.read(request)
        except BaseException as error:
            with self._lock:
                self._kept.pop(request, None)
            mine.set_exception(error)
            raise
        mine.set_result(reading)
        self._forget_oldest()
        return reading

    def _forget_oldest(self) -> None:
        with self._lock:
            done = [(asked, _bytes(kept.result())) for asked, kept in self._kept.items() if kept.done()]
            over = sum(size for _, size in done) - self._budget
            for asked, size in done:
                if over <= 0:
                    return
                del self._kept[asked]
                over -= size


def _bytes(reading: Reading) -> int:
    return sum(found.weights.nbytes for found in reading.maps) + 1_000 * len(reading.tokens)
