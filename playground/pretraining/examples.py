"""Turns sentences into training examples: alone, in pairs, in packs that fill the context, and as translations.

Must not know models; every draw comes from the generator it is given, so that pool 7 is always the same pool 7.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from transformers import PreTrainedTokenizerFast

from playground.pretraining import objectives
from playground.pretraining.corpus import Pair
from playground.pretraining.tokenizers import CONTEXT, sentinel_names

POOL = 3000  # sentences looked at before batches of like length are cut from them
PACKS = 80  # packs of several sentences beside them: about a quarter of all tokens
PAIR_POOL = 12_000  # T5 sorts by two lengths: more to choose from leaves less padding
TO_FRENCH, TO_ENGLISH = "translate English to French:", "translate French to English:"


@dataclass(frozen=True)
class Example:
    """Ids in, ids wanted; BERT's segments beside the input, empty for the others."""

    inputs: list[int]
    labels: list[int]
    segments: list[int]


Generator = np.random.Generator
Maker = Callable[[int], list[Example]]


def take(number: int, count: int, total: int, seed: int) -> list[int]:
    """The indices of pool `number`: every sentence comes once before any comes again."""
    order: dict[int, np.ndarray] = {}
    chosen = []
    for place in range(number * count, (number + 1) * count):
        turn, index = divmod(place, total)
        if turn not in order:
            order[turn] = np.random.default_rng([seed, 1, turn]).permutation(total)
        chosen.append(int(order[turn][index]))
    return chosen


def draw_rooms(generator: Generator, packs: int, longest: int) -> list[int]:
    """How long each pack may be: a quarter fills the context, the others spread evenly over the scales below it.

    With full packs alone a model meets place 100 too seldom to learn there what it knows of place 5.
    """
    shortest = min(24, longest)
    full = packs // 4
    return [longest] * full + [int(room) for room in shortest * (longest / shortest) ** generator.random(packs - full)]


def draw_pack(generator: Generator, lengths: list[int], room: int, repeats: float = 0.3) -> list[int]:
    """Sentences that fill `room` tokens; some repeat an earlier one, which teaches heads to look back for it."""
    pack: list[int] = []
    while True:
        again = bool(pack) and generator.random() < repeats
        index = int(pack[generator.integers(len(pack))] if again else generator.integers(len(lengths)))
        if lengths[index] > room:
            return pack or [index]
        pack.append(index)
        room -= lengths[index]


class BertExamples:
    """Masked words in single sentences, in pairs with both segments, and in packs of 256 tokens."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, sentences: list[str], seed: int) -> None:
        read = tokenizer(sentences, add_special_tokens=False, return_token_type_ids=False)
        self.ids, self.seed = read["input_ids"], seed
        self.words = [read.word_ids(row) for row in range(len(sentences))]
        self.lengths = [len(row) for row in self.ids]
        self.cls, self.sep = tokenizer.cls_token_id, tokenizer.sep_token_id
        special = frozenset(tokenizer.all_special_ids)
        self.rule = objectives.MaskRule(tokenizer.mask_token_id, special, len(tokenizer))

    def __call__(self, number: int, packs: int = PACKS) -> list[Example]:
        """Pool `number`: 80 % of the sentences alone, the others two by two, and some packs of fresh draws."""
        generator = np.random.default_rng([self.seed, 2, number])
        count = min(POOL, len(self.ids))
        chosen = take(number, count, len(self.ids), self.seed)
        alone = count * 4 // 5
        rows: list[tuple[list[int], list[int]]] = [([index], []) for index in chosen[:alone]]
        for left, right in zip(chosen[alone::2], chosen[alone + 1 :: 2], strict=False):
            rows.append(([left], [left if generator.random() < 0.3 else right]))
        for room in draw_rooms(generator, packs, CONTEXT - 3):
            pack = draw_pack(generator, self.lengths, room)
            border = int(generator.integers(1, len(pack) + 1))
            rows.append((pack[:border], pack[border:]))
        return [self.make(first, second, generator) for first, second in rows]

    def make(self, first: list[int], second: list[int], generator: Generator) -> Example:
        """`[CLS] first [SEP] second [SEP]` with words masked, in half the cases whole ones."""
        ids, words, segments = [self.cls], [None], [0]
        for segment, indices in enumerate((first, second)):
            if segment and not indices:
                continue
            for index in indices:
                start = max((word for word in words if word is not None), default=-1) + 1
                ids += self.ids[index]
                words += [start + word for word in self.words[index]]
            ids.append(self.sep)
            words.append(None)
            segments += [segment] * (len(ids) - len(segments))
        whole = words if generator.random() < 0.5 else None
        hidden = objectives.mask_tokens(ids[:CONTEXT], self.rule, generator, whole[:CONTEXT] if whole else None)
        return Example(hidden.inputs, hidden.labels, segments[:CONTEXT])


class GptExamples:
    """The next token in single sentences and in packs; every text starts and ends with end-of-text."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, sentences: list[str], seed: int) -> None:
        self.alone = tokenizer(sentences, add_special_tokens=False)["input_ids"]
        self.inside = tokenizer([f" {text}" for text in sentences], add_special_tokens=False)["input_ids"]
        self.lengths = [len(row) for row in self.inside]
        self.end, self.seed = tokenizer.eos_token_id, seed

    def __call__(self, number: int, packs: int = PACKS) -> list[Example]:
        """Pool `number`: its sentences alone, and some packs of fresh draws."""
        generator = np.random.default_rng([self.seed, 3, number])
        count = min(POOL, len(self.alone))
        rows = [[index] for index in take(number, count, len(self.alone), self.seed)]
        rows += [draw_pack(generator, self.lengths, room) for room in draw_rooms(generator, packs, CONTEXT - 1)]
        return [self.make(row) for row in rows]

    def make(self, indices: list[int]) -> Example:
        """The sentences as one text, and at each token the next."""
        ids = [self.end, *self.alone[indices[0]]]
        for index in indices[1:]:
            ids += self.inside[index]
        exercise = objectives.predict_next([*ids, self.end][: CONTEXT + 1])
        return Example(exercise.inputs, exercise.labels, [])


class T5Examples:
    """One mixture: 60 % to French, 20 % to English, 20 % corrupted spans in either language."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, pairs: list[Pair], seed: int) -> None:
        self.sides = [
            tokenizer([pair[side] for pair in pairs], add_special_tokens=False)["input_ids"] for side in (0, 1)
        ]
        self.lengths = [max(len(left), len(right)) for left, right in zip(*self.sides, strict=True)]
        prefixes = (TO_FRENCH, TO_ENGLISH)
        self.prefixes = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in prefixes]
        sentinels = tuple(tokenizer.convert_tokens_to_ids(sentinel_names()))
        self.rule = objectives.SpanRule(sentinels, tokenizer.eos_token_id)
        self.end, self.seed = tokenizer.eos_token_id, seed

    def __call__(self, number: int) -> list[Example]:
        """Pool `number`: each pair is given a task. One translation in ten joins two or three pairs, and most of the

        corrupted texts do: a hidden span is a few tokens where a translation is ten, so single sentences teach little.
        """
        generator = np.random.default_rng([self.seed, 4, number])
        examples = []
        for index in take(number, min(PAIR_POOL, len(self.lengths)), len(self.lengths), self.seed):
            draw = generator.random()
            if draw < 0.8:
                rows = self.joined(index, 0.1, generator)
                examples.append(self.translate(rows, 0 if draw < 0.6 else 1))
            else:
                examples.append(self.corrupt(self.joined(index, 0.7, generator), generator))
        return examples

    def joined(self, index: int, chance: float, generator: Generator) -> list[int]:
        """The pair alone, now and then with one or two more, seldom with as many as the context holds."""
        if generator.random() >= chance:
            return [index]
        if generator.random() < 0.04:
            return draw_pack(generator, self.lengths, CONTEXT - 16, repeats=0.1)
        rows = [index, *(int(more) for more in generator.integers(len(self.lengths), size=generator.integers(1, 3)))]
        return rows if sum(self.lengths[row] for row in rows) <= CONTEXT - 16 else [index]

    def translate(self, rows: list[int], source: int) -> Example:
        """Prefix and sentences of one side in, the other side out."""
        asked = [token for row in rows for token in self.sides[source][row]]
        wanted = [token for row in rows for token in self.sides[1 - source][row]]
        inputs = [*self.prefixes[source], *asked][: CONTEXT - 1]
        return Example([*inputs, self.end], [*wanted[: CONTEXT - 1], self.end], [])

    def corrupt(self, rows: list[int], generator: Generator) -> Example:
        """Spans cut from one side; a short sentence hides one to four tokens, or it would only ever hide one."""
        side = int(generator.integers(2))
        ids = [token for row in rows for token in self.sides[side][row]][: CONTEXT - 1]
        if len(ids) < 2:
            return self.translate(rows, side)
        rule = self.rule
        if len(ids) < 20:
            wanted = int(generator.integers(1, 5))
            rule = objectives.SpanRule(rule.sentinels, rule.end_id, rate=min(wanted / len(ids), 0.5))
        exercise = objectives.corrupt_spans(ids, rule, generator)
        return Example(exercise.inputs, exercise.labels, [])
