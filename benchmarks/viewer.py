"""How small and how fast the viewer is, against BertViz and against the bare forward pass, all in one run.

    python -m benchmarks.viewer [--quick] [--no-browser]

Prints one table and one line of JSON. Besides the app it needs `pip install XStatic-jQuery playwright`, `pip install
--no-deps mpld3` (it carries d3 5.7.0, which BertViz asks for) and a Chromium. The two that are compared take turns.

BERT's shape (12 layers × 12 heads) is measured on made-up attention with the structure of a trained BERT, because
random weights attend all but evenly: each head weighs a content score (8 numbers a token), a bell around an offset of
its own (the word before, itself, the word after …) and a pull to the first and the last token. It deflates as well
as tiny-bert's own (to 0.79 and 0.78 of its bytes). The rows that name tiny-bert use the shipped model.
"""

import argparse
import functools
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import browser_times
from benchmarks.browser_times import OneModel, Seen, bertviz_html, tensors
from playground.contracts.attention import AttentionMap
from playground.contracts.readers import ModelFacts, Reader
from playground.contracts.reading import Reading, ReadRequest, Timings
from playground.contracts.tokens import Piece, make_tokens
from playground.contracts.words import cut_words
from playground.errors import BadInput
from playground.settings import MODELS, Limits, Settings
from playground.views.payload import Selection, make_payload

TINY = MODELS / "tiny-bert"
TYPED = "the old clock stops at noon all day"  # 35 letters
LAYERS = HEADS = 12
SIDE = Limits().thumbnail_side
SIZES = {32: 40, 64: 150, 128: 500}  # tokens: how many times smaller than BertViz's HTML
WORDS = "the old man saw a dog in house and she was not at home when he came with water from river to see it".split()


def sentence_of(words: int, seed: int = 0) -> str:
    return " ".join(np.random.default_rng(seed).choice(WORDS, words))


@functools.lru_cache(maxsize=8)
def made_up_attention(count: int, seed: int = 0) -> np.ndarray:
    """[layer, head, query, key] float32 with the structure the docstring above tells."""
    random = np.random.default_rng(seed)
    at = np.arange(count)
    layers = []
    for _ in range(LAYERS):
        query, key = random.normal(size=(2, HEADS, count, 8)).astype(np.float32)
        scores = random.gamma(2.0, 0.35, (HEADS, 1, 1)) * (query @ key.transpose(0, 2, 1))
        offset, width = random.choice([-2, -1, -1, 0, 1, 1, 2], (HEADS, 1, 1)), random.uniform(0.7, 4, (HEADS, 1, 1))
        bell = np.exp(-(((at - at[:, None]) - offset) ** 2) / (2 * width**2))
        scores = scores + random.choice([0, 2, 5], (HEADS, 1, 1)) * bell
        scores[..., [0, -1]] += random.choice([0, 1, 4, 7], (HEADS, 1, 1)) * random.uniform(0, 1, (HEADS, 1, 2))
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        layers.append((shares / shares.sum(axis=-1, keepdims=True)).astype(np.float32))
    return np.stack(layers)


class MadeUpReader:
    """A Reader in BERT's shape without a model: one token a word between [CLS] and [SEP], attention made up."""

    facts = ModelFacts(
        name="made-up-attention", family="encoder", architecture="MadeUp", parameters=0, layers=LAYERS, heads=HEADS,
        width=0, context=512, vocabulary=0, objective="none", dtype="float32", licence="none", origin="benchmark",
    )  # fmt: skip

    def read(self, request: ReadRequest) -> Reading:
        return reading_of(request, made_up_attention(len(cut_words(request.text)) + 2))

    def count(self, request: ReadRequest) -> int:
        return len(self.read(request).tokens)

    def guess(self, request: ReadRequest) -> tuple:
        return ()

    def generate(self, request: object) -> Iterator[Any]:
        raise BadInput("Made-up attention writes nothing.")


def reading_of(request: ReadRequest, weights: np.ndarray) -> Reading:
    words = cut_words(request.text)
    inner = [Piece(word.text, at, word.start, word.end) for at, word in enumerate(words, 10)]
    tokens = make_tokens(request.text, [Piece("[CLS]", 1, special=True), *inner, Piece("[SEP]", 2, special=True)])
    found = AttentionMap("encoder", "all", weights, tokens, tokens, tuple(range(len(weights))))
    return Reading(request, MadeUpReader.facts.name, "encoder", words, tokens, (found,), Timings(0, 0, 0))


@dataclass(frozen=True)
class Row:
    """One line of the table; `met` is None where nothing is asked. A ratio says how many times less ours is."""

    what: str
    unit: str
    ours: float
    theirs: float | None
    ratio: float | None
    asked: str = ""
    met: bool | None = None


def less(what: str, unit: str, ours: float, theirs: float | None, times: float | None) -> Row:
    """Ours must be so many times less than theirs; None: it is only told."""
    ratio = None if theirs is None else theirs / ours
    return Row(what, unit, ours, theirs, ratio, *((f"≥ {times:g}×", ratio >= times) if times else ()))


def within(what: str, unit: str, ours: float, most: float) -> Row:
    """Ours must be no more than a limit."""
    return Row(what, unit, ours, None, None, f"≤ {most:g}", ours <= most)


def beside(what: str, ours: float, theirs: float, most: float) -> Row:
    """Ours does what theirs does and more, and may take so many times as long."""
    return Row(what, "ms", ours, theirs, theirs / ours, f"≥ {1 / most:.2f}×", ours <= most * theirs)


def take_turns(ours: Callable[[int], Any], theirs: Callable[[int], Any], times: int) -> tuple[float, float]:
    """Median milliseconds of each, measured in turn and each first every other time; the first turn is not kept."""
    spent: dict[Callable, list[float]] = {ours: [], theirs: []}
    for turn in range(times + 1):
        for work in (ours, theirs) if turn % 2 else (theirs, ours):
            begun = time.perf_counter()
            work(turn)
            spent[work].append(1000 * (time.perf_counter() - begun))
    return statistics.median(spent[ours][1:]), statistics.median(spent[theirs][1:])


def payload_text(reading: Reading) -> str:
    return json.dumps(make_payload(reading, Selection(), SIDE), separators=(",", ":"))


def measure_bytes() -> list[Row]:
    rows = []
    for count, least in SIZES.items():
        reading = MadeUpReader().read(ReadRequest(sentence_of(count - 2)))
        theirs = len(bertviz_html(tensors(reading.maps[0].weights), reading.tokens).encode())
        ours = len(payload_text(reading).encode())
        rows.append(less(f"first picture, {count} tokens", "kB", ours / 1e3, theirs / 1e3, least))
    if TINY.is_dir():
        reading = open_reader_at(TINY).read(ReadRequest(sentence_of(62)))
        theirs = len(bertviz_html(tensors(reading.maps[0].weights), reading.tokens).encode())
        name = f"first picture, {len(reading.tokens)} tokens of tiny-bert"
        rows.append(less(name, "kB", len(payload_text(reading).encode()) / 1e3, theirs / 1e3, None))
    return rows


def measure_making(times: int) -> list[Row]:
    import torch

    reading = MadeUpReader().read(ReadRequest(sentence_of(126)))
    given = tensors(reading.maps[0].weights)

    def ours(turn: int) -> str:
        return payload_text(reading_of(reading.request, torch.cat(given).float().cpu().numpy()))

    made = take_turns(ours, lambda turn: bertviz_html(given, reading.tokens), times)
    return [less("attention tensors → payload, 128 tokens", "ms", *made, 20)]


def open_reader_at(folder: Path) -> Reader:
    from playground.language_models.library import open_reader

    return open_reader(folder.name, folder, Settings(device="cpu"))


def make_bert_base(folder: Path) -> Path:
    """A BERT-base of random weights with tiny-bert's tokenizer: only its speed is looked at."""
    from transformers import BertConfig, BertForMaskedLM

    BertForMaskedLM(BertConfig()).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(TINY / name, folder / name)
    return folder


def sentences_of(reader: Reader, tokens: int, how_many: int) -> list[str]:
    """Sentences that are all different, so that none is remembered, of exactly so many tokens."""
    found, seed = [], 0
    while len(found) < how_many:
        seed += 1
        text = sentence_of(tokens - 2, seed)
        found += [text] if reader.count(ReadRequest(text)) == tokens else []
    return found


def measure_reading(folder: Path, tokens: int, times: int) -> tuple[float, float]:
    """Milliseconds from text to payload, and for tokenising and the bare forward pass with attentions."""
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    reader, tokenizer = open_reader_at(folder), AutoTokenizer.from_pretrained(folder)
    model = AutoModelForMaskedLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    texts = sentences_of(reader, tokens, times + 1)

    def ours(turn: int) -> str:
        return payload_text(reader.read(ReadRequest(texts[turn])))

    def theirs(turn: int) -> Any:
        with torch.inference_mode():
            return model(**tokenizer(texts[turn], return_tensors="pt"), output_attentions=True)

    return take_turns(ours, theirs, times)


def measure_readings(folder: Path, times: int) -> list[Row]:
    if not TINY.is_dir():
        return []
    ours, theirs = measure_reading(TINY, 16, 20 * times)
    small = beside("text → payload, tiny-bert, 16 tokens", ours, theirs, max(2.0, (theirs + 8) / theirs))
    ours, theirs = measure_reading(make_bert_base(folder / "bert-base"), 64, 3 * times)
    return [small, beside("text → payload, BERT-base's size, 64 tokens", ours, theirs, 1.2)]


def measure_in_browser(folder: Path, times: int) -> list[Row]:
    """What a visitor sees: the real page, and BertViz from a file in the same browser."""
    reading = MadeUpReader().read(ReadRequest(sentence_of(62)))
    html = bertviz_html(tensors(reading.maps[0].weights), reading.tokens)
    MadeUpReader().read(ReadRequest(sentence_of(510)))  # made up now, not while a visitor waits
    page = browser_times.write_bertviz_page(html, folder / "bertviz.html")
    with browser_times.chromium() as browser:
        with browser_times.served(OneModel(MadeUpReader())) as address:
            ours = browser_times.watch_viewer(browser, address, [sentence_of(62, seed) for seed in range(5)], 9)
            long = browser_times.watch_long_text(browser, address, sentence_of(510))
        theirs = browser_times.watch_bertviz(browser, page, times + 1)
        return [*rows_of_64(ours, theirs), *rows_of_512(long), *measure_typing(browser)]


def rows_of_64(ours: Seen, theirs: Seen) -> list[Row]:
    return [
        less("click → head painted, 64 tokens", "ms", ours.click, theirs.click, 20),
        less("click → a head opened before painted", "ms", ours.again, theirs.click, None),
        less("text → picture painted, 64 tokens", "ms", ours.text, theirs.first, None),
        less("page asked for → first picture", "ms", ours.first, theirs.first, None),
        within("hover, script", "ms", ours.hover, 16),
        less("hover, script", "ms", ours.hover, theirs.hover, None),
        less("slowest hover, script", "ms", ours.slowest_hover, theirs.slowest_hover, None),
        within("hover", "requests", ours.asked["hover"], 0),
        within("opening 9 heads twice, for heads", "requests", ours.asked["heads"], 9),
        less("opening 9 heads twice, in all", "requests", ours.asked["switches"], None, None),
    ]


def rows_of_512(seen: Seen) -> list[Row]:
    reading = MadeUpReader().read(ReadRequest(sentence_of(510)))
    return [
        within("first picture, 512 tokens", "kB", len(payload_text(reading).encode()) / 1e3, 1500),
        within("512 tokens, longest task of the page", "ms", seen.longest_task, 200),
        less("text → picture painted, 512 tokens", "ms", seen.text, None, None),
    ]


def measure_typing(browser: Any) -> list[Row]:
    from playground.language_models.library import OpenLibrary

    if not TINY.is_dir():
        return []
    library = OpenLibrary(Settings(device="cpu"))
    library.open(TINY.name).read(ReadRequest(sentence_of(10)))  # opened now, not while a visitor types
    with browser_times.served(library) as address:
        count, last = browser_times.watch_typing(browser, address, TYPED, 60)
    pictures = Row("typing 35 letters at 60 ms, pictures", "of", count, len(TYPED), None, "≥ 20", count >= 20)
    return [pictures, Row("its last picture is of the last text", "1 is yes", int(last), None, None, "1", last)]


def report(rows: list[Row]) -> list[Row]:
    for row in rows:
        theirs = "" if row.theirs is None else f"{row.theirs:.1f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}" if row.ratio < 10 else f"{row.ratio:.0f}"
        met = "" if row.met is None else "yes" if row.met else "NO"
        what = f"{row.what}, {row.unit}".rstrip(", ")
        print(f"{what:<52}{row.ours:>10.1f}{theirs:>11}{ratio:>9}  {row.asked:<9}{met}", flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="measure each thing less often")
    parser.add_argument("--no-browser", action="store_true", help="leave out what needs a Chromium")
    flags = parser.parse_args()
    times = 2 if flags.quick else 5
    print(f"{'':<52}{'ours':>10}{'theirs':>11}{'ratio':>9}  {'asked':<9}met", flush=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        rows = report(measure_bytes()) + report(measure_making(times)) + report(measure_readings(folder, times))
        rows += [] if flags.no_browser else report(measure_in_browser(folder, times))
    print(json.dumps([asdict(row) for row in rows]))


if __name__ == "__main__":
    main()
