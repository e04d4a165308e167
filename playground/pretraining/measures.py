"""How well the three models do their own exercise on sentences they never saw.

Must not know files or tables; each function takes an opened model and sentences and returns plain numbers and texts.
"""

import math
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from playground.pretraining.examples import TO_FRENCH
from playground.pretraining.floors import END, START, NeighbourTable, TrigramReader, cut_pieces
from playground.pretraining.objectives import SpanRule, cut_spans
from playground.pretraining.probe_sentences import Blank
from playground.pretraining.tokenizers import CONTEXT, sentinel_names

ROWS = 48
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[^\s\w]")


@dataclass(frozen=True)
class Opened:
    """A model and its tokenizer, ready to answer."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast


def draw_blanks(sentences: Sequence[str], seed: int) -> list[Blank]:
    """One random alphabetic word of each sentence that has one."""
    generator, blanks = random.Random(seed), []
    for text in sentences:
        words = list(WORD.finditer(text))
        choices = [place for place, word in enumerate(words) if word.group().isalpha()]
        if not choices:
            continue
        place = generator.choice(choices)
        left = words[place - 1].group().lower() if place else START
        right = words[place + 1].group().lower() if place + 1 < len(words) else END
        blanks.append(Blank(text, words[place].start(), words[place].end(), left, right))
    return blanks


def join_to_fill(opened: Opened, sentences: Sequence[str], room: int = CONTEXT - 8) -> list[str]:
    """The same sentences one after the other, as many in each text as the context holds."""
    texts: list[list[str]] = [[]]
    used = 0
    rows = opened.tokenizer([f" {text}" for text in sentences], add_special_tokens=False)["input_ids"]
    for text, ids in zip(sentences, rows, strict=True):
        if used + len(ids) > room:
            texts.append([])
            used = 0
        texts[-1].append(text)
        used += len(ids)
    return [" ".join(some) for some in texts[:-1] or texts]


def top_five(opened: Opened, blanks: Sequence[Blank]) -> float:
    """Part of the blanks where each piece of the word is among the model's five best at its place."""
    right = 0
    for some in _groups(blanks, lambda blank: len(blank.text)):
        rows = opened.tokenizer([blank.text for blank in some], padding=True, return_tensors="pt",
                                return_offsets_mapping=True)  # fmt: skip
        starts, ends = rows.pop("offset_mapping").unbind(-1)
        first = torch.tensor([[blank.start] for blank in some])
        last = torch.tensor([[blank.end] for blank in some])
        hidden = (starts >= first) & (ends <= last) & (ends > starts)
        truth = rows["input_ids"].clone()
        rows["input_ids"][hidden] = opened.tokenizer.mask_token_id
        with torch.no_grad():
            best = opened.model(**rows).logits.topk(5, dim=-1).indices
        found = (best == truth[..., None]).any(-1) | ~hidden
        right += int(found.all(-1).sum())
    return right / len(blanks)


def top_five_floors(blanks: Sequence[Blank], table: NeighbourTable) -> dict[str, float]:
    """The same figure for the five most frequent words, and for a table of left and right neighbours."""
    frequent = table.frequent()
    return {
        "most frequent five": sum(blank.word in frequent for blank in blanks) / len(blanks),
        "neighbour table": sum(blank.word in table.guess(blank.left, blank.right) for blank in blanks) / len(blanks),
    }


def bits_per_character(opened: Opened, sentences: Sequence[str]) -> float:
    """What a GPT needs to write the sentences, each with its end, which counts as one character."""
    total, tokenizer = 0.0, opened.tokenizer
    for some in _groups(sentences, len):
        rows = [[*ids, tokenizer.eos_token_id] for ids in tokenizer(list(some))["input_ids"]]
        widest = max(map(len, rows))
        ids = torch.tensor([row + [0] * (widest - len(row)) for row in rows])
        counted = torch.tensor([[1.0] * (len(row) - 1) + [0.0] * (widest - len(row)) for row in rows])
        with torch.no_grad():
            scores = opened.model(ids[:, :-1]).logits.log_softmax(-1)
        total -= float((scores.gather(-1, ids[:, 1:, None]).squeeze(-1) * counted).sum())
    return total / math.log(2) / sum(len(text) + 1 for text in sentences)


def trigram_bits_per_character(reader: TrigramReader, sentences: Sequence[str]) -> float:
    """The same figure for a word trigram."""
    return sum(reader.bits(text) for text in sentences) / sum(len(text) + 1 for text in sentences)


def translate(opened: Opened, sentences: Sequence[str], prefix: str = TO_FRENCH) -> list[str]:
    """Greedy translations, in the order asked."""
    asked = [f"{prefix} {text}" for text in sentences]
    answers: dict[str, str] = {}
    for some in _groups(list(dict.fromkeys(asked)), len):
        rows = opened.tokenizer(list(some), padding=True, return_tensors="pt")
        written = _write(opened, rows, 64)
        answers |= zip(some, opened.tokenizer.batch_decode(written, skip_special_tokens=True), strict=True)
    return [answers[text].strip() for text in asked]


@dataclass(frozen=True)
class Hole:
    """One to three words cut from a sentence: pieces (words with the space before) from `first` up to `last`."""

    text: str
    first: int
    last: int

    @property
    def words(self) -> str:
        """What was cut."""
        return "".join(cut_pieces(self.text)[self.first : self.last]).strip()


def draw_holes(sentences: Sequence[str], seed: int) -> list[Hole]:
    """One random run of one to three words in each sentence, at least one word left standing."""
    generator, holes = random.Random(seed), []
    for text in sentences:
        alphabetic = [any(map(str.isalpha, piece)) for piece in cut_pieces(text)]
        length = generator.randint(1, 3)
        runs = [at for at in range(len(alphabetic) - length + 1) if all(alphabetic[at : at + length])]
        if runs and sum(alphabetic) > length:
            first = generator.choice(runs)
            holes.append(Hole(text, first, first + length))
    return holes


def fill_in(opened: Opened, holes: Sequence[Hole]) -> list[str]:
    """What the model writes for the first sentinel."""
    answers: dict[Hole, str] = {}
    for some in _groups(list(dict.fromkeys(holes)), lambda hole: len(hole.text)):
        rows = opened.tokenizer.pad({"input_ids": [_with_sentinel(opened, hole) for hole in some]}, return_tensors="pt")
        for hole, row in zip(some, _write(opened, rows, 24), strict=True):
            answers[hole] = _first_span(opened.tokenizer, row.tolist())
    return [answers[hole] for hole in holes]


def _with_sentinel(opened: Opened, hole: Hole) -> list[int]:
    """The ids of the sentence with the tokens of the hole replaced by a sentinel, exactly as in training."""
    pieces = cut_pieces(hole.text)
    start, end = len("".join(pieces[: hole.first])), len("".join(pieces[: hole.last]))
    read = opened.tokenizer(hole.text, add_special_tokens=False, return_offsets_mapping=True)
    inside = [at for at, (left, right) in enumerate(read["offset_mapping"]) if min(right, end) > max(left, start)]
    sentinels = tuple(opened.tokenizer.convert_tokens_to_ids(sentinel_names()))
    rule = SpanRule(sentinels, opened.tokenizer.eos_token_id)
    return cut_spans(read["input_ids"], [(inside[0], inside[-1] + 1)], rule).inputs


def _first_span(tokenizer: PreTrainedTokenizerFast, ids: list[int]) -> str:
    """The text between the first sentinel and the next."""
    sentinels = set(tokenizer.convert_tokens_to_ids(sentinel_names()))
    span: list[int] = []
    started = False
    for token in ids:
        if token in sentinels:
            if started:
                break
            started = True
        elif started:
            span.append(token)
    return tokenizer.decode(span, skip_special_tokens=True).strip()


def guess_holes(reader: TrigramReader, holes: Sequence[Hole]) -> list[str]:
    """What a trigram puts there, being told the number of words."""
    guesses = []
    for hole in holes:
        pieces = [*cut_pieces(hole.text), END]
        words = reader.guess_span(pieces[: hole.first], pieces[hole.last :], hole.last - hole.first)
        guesses.append("".join(words).strip())
    return guesses


def exactly_right(answers: Sequence[str], truths: Sequence[str]) -> float:
    """Part of the answers that are the truth, capital letters and all."""
    return sum(answer == truth for answer, truth in zip(answers, truths, strict=True)) / len(truths)


def translation_scores(answers: Sequence[str], references: Sequence[Sequence[str]]) -> dict[str, float]:
    """BLEU and chrF of sacrebleu against all references there are."""
    import sacrebleu  # needed for this figure only, so the app runs without it

    most = max(map(len, references))
    columns = [[row[place] if place < len(row) else None for row in references] for place in range(most)]
    return {
        "BLEU": sacrebleu.corpus_bleu(list(answers), columns).score,
        "chrF": sacrebleu.corpus_chrf(list(answers), columns).score,
    }


def _write(opened: Opened, rows: dict[str, torch.Tensor], limit: int) -> torch.Tensor:
    """Greedy continuation of a seq2seq model."""
    with torch.no_grad():
        return opened.model.generate(**rows, do_sample=False, num_beams=1, max_new_tokens=limit)


def _groups(items: Sequence[Any], size: Callable[[Any], int]) -> Iterator[Sequence[Any]]:
    """Items of like size together, so that little is padding."""
    ordered = sorted(items, key=size)
    for start in range(0, len(ordered), ROWS):
        yield ordered[start : start + ROWS]
