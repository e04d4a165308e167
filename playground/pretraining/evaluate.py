"""Measures the finished folders on the held-out sentences: one table to read, one JSON to quote from.

Knows which figure belongs to which model and what it must reach; it must not know how a figure is computed.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PreTrainedModel,
)

from playground.errors import NoSuchModel
from playground.pretraining import attention_scores as heads
from playground.pretraining import measures
from playground.pretraining.corpus import Corpus
from playground.pretraining.floors import NeighbourTable, TrigramReader
from playground.pretraining.measures import Opened
from playground.pretraining.probe_sentences import read_aligned, read_pointers, read_translations
from playground.pretraining.recipes import RECIPES

CLASSES = MappingProxyType(
    {"tiny-bert": AutoModelForMaskedLM, "tiny-gpt": AutoModelForCausalLM, "tiny-t5": AutoModelForSeq2SeqLM}
)
FILE = "evaluation.json"


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    model: str
    what: str
    value: float
    floors: dict[str, float] = field(default_factory=dict)
    must_reach: float | None = None
    aim_for: float | None = None
    smaller_is_better: bool = False
    head: str = ""  # which attention head, where the figure is one head's

    @property
    def reached(self) -> bool | None:
        """Whether it is as good as it must be; None where nothing is asked."""
        if self.must_reach is None:
            return None
        return self.value <= self.must_reach if self.smaller_is_better else self.value >= self.must_reach


class Held:
    """The sentences that are asked about and the guessers that need no transformer, each made once when needed."""

    def __init__(self, corpus: Corpus, seed: int = 0, most: int | None = None) -> None:
        self.corpus, self.seed = corpus, seed
        self.references = dict(list(corpus.references().items())[:most])
        self.sentences = list(self.references)

    @cached_property
    def table(self) -> NeighbourTable:
        """Left and right neighbours of the training sentences."""
        return NeighbourTable(self.corpus.english())

    @cached_property
    def reader(self) -> TrigramReader:
        """A trigram of the training sentences."""
        return TrigramReader(self.corpus.english())


def open_model(name: str, folder: Path) -> Opened:
    """A finished folder, opened as anyone would open it, in 32 bit and with visible attention."""
    if not (folder / "config.json").is_file():
        raise NoSuchModel(f"There is no finished model in {folder}; train {name} first.")
    model = CLASSES[name].from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return Opened(model.eval(), AutoTokenizer.from_pretrained(folder))


def open_untrained(name: str, folder: Path) -> Opened:
    """The same architecture and tokenizer with random weights: the floor for attention and for translation."""
    torch.manual_seed(0)
    config = AutoConfig.from_pretrained(folder)
    model: PreTrainedModel = CLASSES[name].from_config(config, attn_implementation="eager")
    return Opened(model.eval(), AutoTokenizer.from_pretrained(folder))


def evaluate(names: Sequence[str], models: Path, held: Held) -> list[Figure]:
    """All figures of the named models."""
    measure = {"tiny-bert": measure_bert, "tiny-gpt": measure_gpt, "tiny-t5": measure_t5}
    figures: list[Figure] = []
    for name in names:
        folder = models / name
        figures += measure[name](open_model(name, folder), open_untrained(name, folder), held)
    return figures


def measure_bert(opened: Opened, untrained: Opened, held: Held) -> list[Figure]:
    """The masked word, and where pronouns and verbs look."""
    blanks = measures.draw_blanks(held.sentences, held.seed)
    floors = measures.top_five_floors(blanks, held.table)
    value = measures.top_five(opened, blanks)
    figures = [Figure("tiny-bert", "masked word among its five best", value, floors, 0.68, 0.76)]
    texts = measures.join_to_fill(opened, held.sentences)
    long = [blank for seed in range(4) for blank in measures.draw_blanks(texts, seed)]
    floors = measures.top_five_floors(long, held.table)
    figures.append(Figure("tiny-bert", "the same in texts of 256 tokens", measures.top_five(opened, long), floors))
    for what, name in (("pronoun looks at its noun", "pronouns.txt"), ("verb looks at its subject", "verbs.txt")):
        pointers = read_pointers(name)
        figures.append(_structure("tiny-bert", what, (opened, untrained), lambda one, p=pointers: _self(one, p)))
    return figures


def measure_gpt(opened: Opened, untrained: Opened, held: Held) -> list[Figure]:
    """Bits per character, and heads that look at the word before or at the same word earlier."""
    floors = {"word trigram": measures.trigram_bits_per_character(held.reader, held.sentences)}
    value = measures.bits_per_character(opened, held.sentences)
    figures = [Figure("tiny-gpt", "bits per character", value, floors, 1.25, 1.10, smaller_is_better=True)]
    texts = measures.join_to_fill(opened, held.sentences)
    long = measures.bits_per_character(opened, texts)
    figures.append(Figure("tiny-gpt", "the same in texts of 256 tokens", long, smaller_is_better=True))
    plain, repeats = [item.text for item in read_pointers("verbs.txt")], read_pointers("repeats.txt")
    both = (opened, untrained)
    figures.append(_structure("tiny-gpt", "looks at the word before", both, lambda one: _before(one, plain), 0.7))
    figures.append(_structure("tiny-gpt", "looks at the same word earlier", both, lambda one: _self(one, repeats)))
    return figures


def measure_t5(opened: Opened, untrained: Opened, held: Held) -> list[Figure]:
    """Translation, filling in, and what cross-attention aligns."""
    references = list(held.references.values())
    scores = measures.translation_scores(measures.translate(opened, held.sentences), references)
    some = held.sentences[:200]
    floor = measures.translation_scores(measures.translate(untrained, some), references[:200])
    holes = measures.draw_holes(held.sentences, held.seed)
    truths = [hole.words for hole in holes]
    filled = measures.exactly_right(measures.fill_in(opened, holes), truths)
    guessed = measures.exactly_right(measures.guess_holes(held.reader, holes[:1000]), truths[:1000])
    return [
        Figure("tiny-t5", "English to French, BLEU", scores["BLEU"], {"untrained": floor["BLEU"]}, 33, 45),
        Figure("tiny-t5", "English to French, chrF", scores["chrF"], {"untrained": floor["chrF"]}, 50, 62),
        Figure("tiny-t5", "one to three words restored", filled, {"trigram": guessed}, 0.15, 0.30),
        _alignment(opened, untrained),
        _structure("tiny-t5", "French verb looks at the English subject", (opened, untrained), _cross),
        _must_be_right(opened),
    ]


def _must_be_right(opened: Opened) -> Figure:
    """How many of the sentences that have to come out right do."""
    rows = read_translations()
    answers = measures.translate(opened, [row[0] for row in rows])
    right = sum(answer in accepted for answer, (_, accepted) in zip(answers, rows, strict=True))
    return Figure("tiny-t5", f"of {len(rows)} sentences that must be right", right, {}, len(rows))


def _alignment(opened: Opened, untrained: Opened) -> Figure:
    """The cross-attention head that aligns best, chosen on one half of the pairs and judged on the other."""
    pairs = read_aligned()
    found, random = (
        heads.judge_alignment(
            lambda pair, one=one: heads.read_cross_attention(one.model, one.tokenizer, pair.english, pair.french), pairs
        )
        for one in (opened, untrained)
    )
    floors = {"diagonal": found["diagonal"], "random weights": random["error_rate"]}
    place = f"layer {found['layer']}, head {found['head']}"
    return Figure("tiny-t5", "alignment error rate", found["error_rate"], floors, 0.40, 0.25, True, place)


def _structure(
    model: str, what: str, both: tuple[Opened, Opened], score: Callable[[Opened], Any], must: float | None = None
) -> Figure:
    """The best head's score beside the best head of random weights."""
    best, chance = (heads.best_head(score(one)) for one in both)
    place = f"layer {best.layer}, head {best.head}"
    return Figure(model, what, best.score, {"random weights": chance.score}, must, None, False, place)


def _self(one: Opened, pointers: Sequence[Any]) -> Any:
    return heads.score_pointers(lambda item: heads.read_self_attention(one.model, one.tokenizer, item.text), pointers)


def _before(one: Opened, texts: Sequence[str]) -> Any:
    return heads.score_word_before(lambda text: heads.read_self_attention(one.model, one.tokenizer, text), texts)


def _cross(one: Opened) -> Any:
    return heads.score_pointers(
        lambda item: heads.read_cross_attention(one.model, one.tokenizer, item.text, item.target),
        read_pointers("french_verbs.tsv"),
    )


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned columns."""
    rows = [("model", "figure", "reached", "must", "aim", "floors")]
    for figure in figures:
        floors = ", ".join(f"{name} {_show(value)}" for name, value in figure.floors.items())
        verdict = {True: " ✓", False: " ✗", None: ""}[figure.reached]
        where = f" ({figure.head})" if figure.head else ""
        wanted = ["–" if value is None else _show(value) for value in (figure.must_reach, figure.aim_for)]
        rows.append((figure.model, figure.what + where, _show(figure.value) + verdict, *wanted, floors))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]) for row in rows
    )


def _show(value: float) -> str:
    return f"{value:.1f}" if value > 2 else f"{value:.3f}"


def write_json(figures: Sequence[Figure], models: Path, held: Held) -> Path:
    """The figures of this evaluation, beside those of the models that were not looked at this time."""
    path = models / FILE
    old = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.is_file() else []
    looked_at = {figure.model for figure in figures}
    rows = [row for row in old if row["model"] not in looked_at]
    rows += [
        {
            "model": figure.model, "figure": figure.what, "value": round(figure.value, 4),
            "floors": {name: round(value, 4) for name, value in figure.floors.items()},
            "must_reach": figure.must_reach, "aim_for": figure.aim_for,
            "smaller_is_better": figure.smaller_is_better, "reached": figure.reached, "head": figure.head,
        }
        for figure in figures
    ]  # fmt: skip
    rows.sort(key=lambda row: list(RECIPES).index(row["model"]))
    content = {"held_out_sentences": len(held.sentences), "held_out_pairs": len(held.corpus.held_out), "figures": rows}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
