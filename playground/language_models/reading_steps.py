"""The steps every reader takes, whatever its family: refuse, hide by a mask, stack layers, rank guesses, say the cuts.

Must not know any family, checkpoint or tokenizer: it turns texts into refusals, and tensors into values of contracts/.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from playground.contracts.reading import Guess, Truth
from playground.errors import BadInput, Unreadable
from playground.language_models.tokenizing import CutText

BEST_GUESSES = 10


def check_text(text: str, at_most: int, others: Sequence[str] = ()) -> None:
    """A text, or another one beside it, that is too long is refused, not cut; so is one with nothing in it."""
    length = max(len(one) for one in (text, *others))
    if length > at_most:
        raise BadInput(f"The text has {length:,} characters; give at most {at_most:,}.")
    if not text.strip():
        raise BadInput("Type a sentence to see how it is read.")


def check_something_to_read(cut: CutText) -> None:
    if all(token.special for token in cut.tokens):
        raise BadInput("There is nothing to read in this text; type at least one word.")


def check_attention(weights: Sequence[torch.Tensor] | None, name: str) -> tuple[torch.Tensor, ...]:
    """The attentions of a pass; the library returns an empty tuple, without an error, where they were not kept."""
    if not weights:
        raise Unreadable(f"{name} returned no attention weights, so there is nothing to show.")
    return tuple(weights)


def additive_mask(allowed: np.ndarray) -> torch.Tensor:
    """[1, 1, query, key]: 0 where a query may look, else the smallest number (booleans would be added as 0 and 1)."""
    hidden = torch.tensor(torch.finfo(torch.float32).min)
    return torch.where(torch.from_numpy(allowed), torch.tensor(0.0), hidden)[None, None]


def stack_layers(weights: Sequence[torch.Tensor], layers: Sequence[int]) -> np.ndarray:
    """[layer, head, query, key] float32 of the chosen layers."""
    return torch.cat([weights[layer] for layer in layers]).float().cpu().numpy()


def chosen_layers(wanted: tuple[int, ...], layers: int) -> tuple[int, ...]:
    """The layers asked for, or all."""
    if wanted and wanted[-1] >= layers:
        raise BadInput(f"There is no layer {wanted[-1]}: this model has {layers}, counted from 0.")
    return wanted or tuple(range(layers))


def best_guesses(shares: torch.Tensor, text_of: Callable[[int], str]) -> tuple[Guess, ...]:
    """The likeliest of a vocabulary's shares [vocabulary], best first."""
    best = torch.topk(shares, min(BEST_GUESSES, len(shares)))
    names = [text_of(id_) for id_ in best.indices.tolist()]
    return tuple(Guess(name, value) for name, value in zip(names, best.values.tolist(), strict=True))


def truth_of(shares: torch.Tensor, id_: int) -> Truth:
    """How the token that really stands there fares among a vocabulary's shares [vocabulary]."""
    true = float(shares[id_])
    return Truth(rank=1 + int((shares > true).sum()), probability=true)


def cut_notes(kept: int, whole: int, text: str = "text") -> tuple[str, ...]:
    return () if kept == whole else (f"cut at {kept} tokens: the {text} has {whole}",)
