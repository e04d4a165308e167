"""Judges attention heads against a known answer: which word a word should look at, in one text or across two.

Must not know where sentences come from; an attention map here is a float array [layer, head, query, key].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from playground.errors import Unreadable
from playground.pretraining.examples import TO_FRENCH
from playground.pretraining.probe_sentences import Aligned, Pointer, plain_words

Span = tuple[int, int]
Array = np.ndarray


@dataclass(frozen=True)
class Map:
    """Weights [layer, head, query, key] with the character span of each query and key; (0, 0) for special tokens."""

    weights: Array
    queries: list[Span]
    keys: list[Span]


@dataclass(frozen=True)
class Best:
    """The head that does it best; layer and head counted from 1, as people do."""

    layer: int
    head: int
    score: float


def read_self_attention(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, text: str) -> Map:
    """How the words of one text look at each other in a BERT or a GPT."""
    read = tokenizer(text, return_offsets_mapping=True, return_tensors="pt")
    spans = [tuple(span) for span in read.pop("offset_mapping")[0].tolist()]
    with torch.no_grad():
        layers = model(**read, output_attentions=True).attentions
    return Map(_stack(layers), spans, spans)


def read_cross_attention(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, english: str, french: str
) -> Map:
    """How the words of a given French text, as each is written, look at the English; the task prefix is no word."""
    prefix = f"{TO_FRENCH} "
    asked = tokenizer(prefix + english, return_offsets_mapping=True, return_tensors="pt")
    wanted = tokenizer(french, return_offsets_mapping=True, return_tensors="pt")
    keys = [tuple(value - len(prefix) for value in span) for span in asked.pop("offset_mapping")[0].tolist()]
    queries = [tuple(span) for span in wanted["offset_mapping"][0].tolist()]
    with torch.no_grad():
        layers = model(**asked, labels=wanted["input_ids"], output_attentions=True).cross_attentions
    return Map(_stack(layers), queries, keys)


def _stack(layers: Sequence[torch.Tensor] | None) -> Array:
    """[layer, head, query, key] of a batch of one."""
    if not layers:
        raise Unreadable("The model gave no attention; open it with attn_implementation='eager'.")
    return torch.stack([layer[0] for layer in layers]).float().numpy()


def places(spans: Sequence[Span], word: Span) -> list[int]:
    """The tokens that lie on a word."""
    return [place for place, (start, end) in enumerate(spans) if min(end, word[1]) > max(start, word[0])]


def word_to_word(found: Map, looker: Span, looked_at: Span) -> Array:
    """Attention [layer, head] from the first token of one word to all tokens of another."""
    return found.weights[:, :, places(found.queries, looker)[0], :][:, :, places(found.keys, looked_at)].sum(-1)


def score_pointers(read: Callable[[Pointer], Map], pointers: Sequence[Pointer]) -> Array:
    """Mean attention [layer, head] that goes where it should."""
    return np.mean([word_to_word(read(item), item.looker, item.looked_at) for item in pointers], axis=0)


def score_word_before(read: Callable[[str], Map], texts: Sequence[str]) -> Array:
    """Mean attention [layer, head] from each word to the word just before it."""
    scores = []
    for text in texts:
        found, words = read(text), plain_words(text)
        scores += [word_to_word(found, right, left) for left, right in zip(words, words[1:], strict=False)]
    return np.mean(scores, axis=0)


def best_head(scores: Array) -> Best:
    """The highest of scores [layer, head]."""
    layer, head = np.unravel_index(int(scores.argmax()), scores.shape)
    return Best(int(layer) + 1, int(head) + 1, round(float(scores.max()), 4))


def align(found: Map, pair: Aligned) -> Array:
    """For each head [layer, head] and each French word the English word that its tokens look at most."""
    queries = [places(found.queries, word) for word in plain_words(pair.french)]
    keys = [places(found.keys, word) for word in plain_words(pair.english)]
    by_key = np.stack([found.weights[..., tokens].sum(-1) for tokens in keys], axis=-1)
    by_word = np.stack([by_key[:, :, tokens, :].mean(2) for tokens in queries], axis=2)
    return by_word.argmax(-1)


def error_rate(answers: Sequence[Sequence[int]], pairs: Sequence[Aligned]) -> float:
    """Alignment error rate: 1 − 2·hits / (links given + links true), over all pairs together."""
    hits = given = true = 0
    for answer, pair in zip(answers, pairs, strict=True):
        links = set(enumerate(int(word) for word in answer))
        hits += len(links & pair.links)
        given += len(links)
        true += len(pair.links)
    return 1.0 - 2.0 * hits / (given + true)


def diagonal(pair: Aligned) -> list[int]:
    """The alignment that needs no model: word k of n goes to the word at the same part of the other sentence."""
    french, english = len(plain_words(pair.french)), len(plain_words(pair.english))
    return [min(english - 1, int((place + 0.5) * english / french)) for place in range(french)]


def judge_alignment(read: Callable[[Aligned], Map], pairs: Sequence[Aligned]) -> dict[str, object]:
    """Choose the head on the even pairs, judge it on the odd ones."""
    answers = [align(read(pair), pair) for pair in pairs]
    choosing, judging = range(0, len(pairs), 2), range(1, len(pairs), 2)
    layers, heads = answers[0].shape[:2]

    def rate(layer: int, head: int, numbers: Sequence[int]) -> float:
        return error_rate([answers[number][layer, head] for number in numbers], [pairs[number] for number in numbers])

    all_heads = [(layer, head) for layer in range(layers) for head in range(heads)]
    layer, head = min(all_heads, key=lambda each: rate(*each, choosing))
    judged = [pairs[number] for number in judging]
    return {
        "layer": layer + 1,
        "head": head + 1,
        "error_rate": round(rate(layer, head, judging), 4),
        "diagonal": round(error_rate([diagonal(pair) for pair in judged], judged), 4),
    }
