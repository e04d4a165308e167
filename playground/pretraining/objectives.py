"""The three exercises that language models are brought up on: masked words, the next word, corrupted spans.

Pure functions on token ids, drawing only from the generator they are given; they must not know models or tokenizers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.errors import BadInput

IGNORED = -100  # the label of a position that does not count, as every Hugging Face loss reads it
RATE = 0.15
MEAN_SPAN = 3.0


@dataclass(frozen=True)
class Exercise:
    """What the model is given and what it must answer: for BERT label by position, for GPT and T5 another sequence."""

    inputs: list[int]
    labels: list[int]


@dataclass(frozen=True)
class MaskRule:
    """BERT's rule: of the chosen tokens 80 % become `[MASK]`, 10 % any other token, 10 % stay as they are."""

    mask_id: int
    special_ids: frozenset[int]
    vocabulary_size: int
    rate: float = RATE
    as_mask: float = 0.8
    as_random: float = 0.1


# ---- masked language modelling (BERT) ------------------------------------------------------------------------


def mask_tokens(
    ids: Sequence[int], rule: MaskRule, generator: np.random.Generator, words: Sequence[int | None] | None = None
) -> Exercise:
    """Hide about 15 % of the ordinary tokens; with `words` (one number per token) whole words are hidden together."""
    places = choose_masked(ids, rule, generator, words)
    return mask_places(ids, places, rule, generator)


def choose_masked(
    ids: Sequence[int], rule: MaskRule, generator: np.random.Generator, words: Sequence[int | None] | None = None
) -> list[int]:
    """The places to hide: at least one, never a special token, 15 % of the ordinary ones rounded to the nearest."""
    if words is not None and len(words) != len(ids):
        raise BadInput(f"There are {len(ids)} tokens but {len(words)} word numbers; each token needs one.")
    groups: dict[object, list[int]] = {}
    for place, token in enumerate(ids):
        if token not in rule.special_ids:
            groups.setdefault(place if words is None else words[place], []).append(place)
    ordinary = sum(len(group) for group in groups.values())
    if not ordinary:
        raise BadInput("There is no word to hide in this text.")
    wanted = max(1, round(ordinary * rule.rate))
    chosen: list[int] = []
    candidates = list(groups.values())
    for index in generator.permutation(len(candidates)):
        if not chosen or len(chosen) + len(candidates[index]) <= wanted:
            chosen.extend(candidates[index])
        if len(chosen) >= wanted:
            break
    return sorted(chosen)


def mask_places(
    ids: Sequence[int], places: Sequence[int], rule: MaskRule, generator: np.random.Generator
) -> Exercise:
    """Hide the given places by the 80/10/10 rule; the labels are the hidden tokens there and ignored elsewhere."""
    inputs, labels = list(ids), [IGNORED] * len(ids)
    for place in places:
        if not 0 <= place < len(inputs) or ids[place] in rule.special_ids:
            raise BadInput(f"Place {place} cannot be hidden: it is a special token or outside the text.")
        labels[place] = ids[place]
        draw = generator.random()
        if draw < rule.as_mask:
            inputs[place] = rule.mask_id
        elif draw < rule.as_mask + rule.as_random:
            inputs[place] = _random_token(rule, generator)
    return Exercise(inputs, labels)


def _random_token(rule: MaskRule, generator: np.random.Generator) -> int:
    """Any ordinary token of the vocabulary, each as likely as the other."""
    if rule.vocabulary_size <= len(rule.special_ids):
        raise BadInput("The vocabulary holds no ordinary token to put in place of a word.")
    while True:
        token = int(generator.integers(rule.vocabulary_size))
        if token not in rule.special_ids:
            return token


# ---- causal language modelling (GPT) -------------------------------------------------------------------------


def predict_next(ids: Sequence[int]) -> Exercise:
    """At every token the answer is the token after it; the last one is only an answer."""
    if len(ids) < 2:
        raise BadInput("Predicting the next token needs at least two tokens.")
    return Exercise(list(ids[:-1]), list(ids[1:]))


# ---- span corruption (T5) ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpanRule:
    """T5's rule: 15 % of the tokens in spans of 3 on average, each span replaced by its own sentinel."""

    sentinels: tuple[int, ...]  # <extra_id_0>, <extra_id_1>, … in this order
    end_id: int
    rate: float = RATE
    mean_span: float = MEAN_SPAN


def corrupt_spans(ids: Sequence[int], rule: SpanRule, generator: np.random.Generator) -> Exercise:
    """Cut random spans out of `ids` (no special tokens in it): what is left is the input, what was cut the target."""
    return cut_spans(ids, choose_spans(len(ids), rule, generator), rule)


def choose_spans(length: int, rule: SpanRule, generator: np.random.Generator) -> list[tuple[int, int]]:
    """Random spans `(start, end)` that neither touch nor overlap and together cover the rate, at least one token."""
    if length < 2:
        raise BadInput("Span corruption needs at least two tokens: one to hide and one to keep.")
    hidden = min(max(round(length * rule.rate), 1), length - 1)
    kept = length - hidden
    count = min(max(round(hidden / rule.mean_span), 1), hidden, kept + 1, len(rule.sentinels) - 1)
    if count < 1:
        raise BadInput("Span corruption needs at least two sentinels: one for a span and the final one.")
    sizes = _cut_into(hidden, count, generator)
    gaps = _cut_into(kept + 2, count + 1, generator)  # the outer gaps may be empty: they get one too many here
    gaps[0], gaps[-1] = gaps[0] - 1, gaps[-1] - 1
    spans, place = [], 0
    for gap, size in zip(gaps, sizes, strict=False):
        spans.append((place + gap, place + gap + size))
        place += gap + size
    return spans


def _cut_into(total: int, parts: int, generator: np.random.Generator) -> list[int]:
    """`total` as a sum of `parts` positive numbers, every such sum equally likely."""
    cuts = sorted(generator.choice(total - 1, parts - 1, replace=False) + 1) if parts > 1 else []
    edges = [0, *(int(cut) for cut in cuts), total]
    return [right - left for left, right in zip(edges, edges[1:], strict=False)]


def cut_spans(ids: Sequence[int], spans: Sequence[tuple[int, int]], rule: SpanRule) -> Exercise:
    """Input: the text with a sentinel for each span. Target: each sentinel and its span, a final sentinel, the end."""
    if len(spans) >= len(rule.sentinels):
        raise BadInput(f"At most {len(rule.sentinels) - 1} spans can be cut from one text, not {len(spans)}.")
    inputs: list[int] = []
    target: list[int] = []
    place = 0
    for sentinel, (start, end) in zip(rule.sentinels, spans, strict=False):
        if not place <= start < end <= len(ids):
            raise BadInput(f"The span from {start} to {end} is empty, overlaps another, or lies outside the text.")
        inputs += [*ids[place:start], sentinel]
        target += [sentinel, *ids[start:end]]
        place = end
    inputs += ids[place:]
    return Exercise([*inputs, rule.end_id], [*target, rule.sentinels[len(spans)], rule.end_id])


def restore_spans(exercise: Exercise, rule: SpanRule) -> list[int]:
    """Put the target's spans back into the corrupted input: the law of span corruption."""
    sentinels = set(rule.sentinels)
    spans: dict[int, list[int]] = {}
    current: list[int] = []
    for token in exercise.labels:
        if token in sentinels:
            current = spans.setdefault(token, [])
        elif token != rule.end_id:
            current.append(token)
    restored: list[int] = []
    for token in exercise.inputs:
        if token in sentinels:
            restored += spans.get(token, [])
        elif token != rule.end_id:
            restored.append(token)
    return restored
