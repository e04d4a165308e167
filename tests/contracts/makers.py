"""Makes small valid maps, tokens and readings for the tests of contracts and views, and says how laws are tried.

Must not know any model, tokenizer or page: every number is made up here, and every change of one is a near miss.
"""

from typing import Any

import numpy as np
from hypothesis import settings

from playground.contracts.attention import AttentionMap, allowed_by
from playground.contracts.reading import Reading, ReadRequest, Timings
from playground.contracts.tokens import Piece, Token, make_tokens
from playground.contracts.words import cut_words

# The same examples on every machine, no clock, nothing left on disk.
law = settings(deadline=None, derandomize=True, database=None, max_examples=200)


def tokens_of(text: str, first_word: int = 0) -> tuple[Token, ...]:
    """One token per word of `text`, numbered from 10 on."""
    pieces = [Piece(word.text, 10 + at, word.start, word.end) for at, word in enumerate(cut_words(text))]
    return make_tokens(text, pieces, first_word)


def shares(mask: str, kind: str, shape: tuple[int, int, int, int], seed: int = 0) -> np.ndarray:
    """Random float32 weights `[layer, head, query, key]` whose rows add up to 1 within the mask."""
    drawn = np.random.default_rng(seed).random(shape) + 0.01
    drawn *= allowed_by(mask, kind, *shape[2:])
    return (drawn / drawn.sum(axis=-1, keepdims=True)).astype(np.float32)


def map_over(rows: tuple[Token, ...], cols: tuple[Token, ...], **changes: Any) -> AttentionMap:
    """A valid map of two layers and three heads over these tokens, but for what `changes` says."""
    parts: dict[str, Any] = {"kind": "encoder", "mask": "all", "layers": (0, 1), "heads": 3, "seed": 0} | changes
    shape = (len(parts["layers"]), parts.pop("heads"), len(rows), len(cols))
    seed = parts.pop("seed")
    if "weights" not in parts:
        parts["weights"] = shares(parts["mask"], parts["kind"], shape, seed)
    return AttentionMap(rows=rows, cols=cols, **parts)


def encoder_reading(text: str = "the cat sat", **changes: Any) -> Reading:
    """What a BERT-like model would answer about `text`."""
    tokens = tokens_of(text)
    parts: dict[str, Any] = {
        "request": ReadRequest(text),
        "model": "tiny-bert",
        "family": "encoder",
        "words": cut_words(text),
        "tokens": tokens,
        "maps": (map_over(tokens, tokens),),
        "timings": Timings(0.1, 0.2, 0.4),
    }
    return Reading(**(parts | changes))


def decoder_reading(text: str = "the cat sat", **changes: Any) -> Reading:
    """What a GPT-like model would answer about `text`."""
    tokens = tokens_of(text)
    found = map_over(tokens, tokens, kind="decoder", mask="causal")
    return encoder_reading(text, **({"model": "tiny-gpt", "family": "decoder", "maps": (found,)} | changes))


def translation_reading(text: str = "You like it", wrote: str = "Tu aimes", **changes: Any) -> Reading:
    """What a T5-like model would answer: the decoder's inputs begin with a start token, the writing ends with </s>."""
    tokens, output = tokens_of(text), tokens_of(wrote, first_word=len(cut_words(text)))
    start = Token("<pad>", "<pad>", 0, 0, 0, True, None)
    end = Token("</s>", "</s>", 1, len(wrote), len(wrote), True, None)
    inputs = (start, *output)
    parts: dict[str, Any] = {
        "model": "tiny-t5",
        "family": "encoder-decoder",
        "target_words": cut_words(wrote),
        "target_tokens": inputs,
        "written": (*output, end),
        "maps": (
            map_over(tokens, tokens),
            map_over(inputs, inputs, kind="decoder", mask="causal"),
            map_over(inputs, tokens, kind="cross"),
        ),
    }
    return encoder_reading(text, **(parts | changes))
