"""Builds the three plain models from a recipe, and says what one training step on each costs (the loss).

Must not know where batches come from or how long training lasts.
"""

from types import MappingProxyType

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from playground.errors import BadInput
from playground.pretraining.objectives import IGNORED
from playground.pretraining.recipes import Recipe
from playground.pretraining.tokenizers import CONTEXT

Batch = dict[str, Tensor]


def build_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> PreTrainedModel:
    """A model of the recipe's size with random weights, from torch's own random state."""
    builders = {"bert": _build_bert, "gpt": _build_gpt, "t5": _build_t5}
    model = builders[recipe.family](recipe, tokenizer)
    model.set_attn_implementation("eager")  # on a processor a fifth faster than sdpa for texts this short
    return model


def _build_bert(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> BertForMaskedLM:
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=recipe.width, num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads, intermediate_size=recipe.inner, max_position_embeddings=CONTEXT,
        hidden_dropout_prob=recipe.dropout, attention_probs_dropout_prob=0.0, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    model = BertForMaskedLM(config)
    _wave(model.bert.embeddings.position_embeddings)
    return model


def _build_gpt(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> GPT2LMHeadModel:
    config = GPT2Config(
        vocab_size=len(tokenizer), n_embd=recipe.width, n_layer=recipe.layers, n_head=recipe.heads,
        n_inner=recipe.inner, n_positions=CONTEXT, resid_pdrop=recipe.dropout, embd_pdrop=recipe.dropout,
        attn_pdrop=0.0, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    model = GPT2LMHeadModel(config)
    _wave(model.transformer.wpe)
    return model


def _wave(positions: nn.Embedding) -> None:
    """Start the position vectors as sine waves: "one place back" is then the same turn everywhere.

    They are learned from there on. Starting from noise, places beyond the length of one sentence, which only packs
    reach, were still of no use after ten million tokens.
    """
    count, width = positions.weight.shape
    turns = torch.arange(count)[:, None] * count ** -(torch.arange(0, width, 2) / width)
    with torch.no_grad():
        positions.weight[:, 0::2] = torch.sin(turns) * 0.03
        positions.weight[:, 1::2] = torch.cos(turns) * 0.03


def _build_t5(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> T5ForConditionalGeneration:
    config = T5Config(
        vocab_size=len(tokenizer), d_model=recipe.width, d_kv=recipe.width // recipe.heads, d_ff=recipe.inner,
        num_layers=recipe.layers, num_decoder_layers=recipe.layers, num_heads=recipe.heads,
        dropout_rate=recipe.dropout, feed_forward_proj="relu", pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id, decoder_start_token_id=tokenizer.pad_token_id, n_positions=CONTEXT,
    )  # fmt: skip
    return T5ForConditionalGeneration(config)


def read_loss(family: str, model: PreTrainedModel, batch: Batch) -> tuple[Tensor, int]:
    """Mean cross-entropy over the labelled places of a batch, and how many those are."""
    counted = batch["labels"] != IGNORED
    number = int(counted.sum())
    if not number:
        raise BadInput("A batch without a single label cannot teach anything.")
    scores = _SCORES[family](model, batch, counted)
    return F.cross_entropy(scores.float(), batch["labels"][counted]), number


def _bert_scores(model: BertForMaskedLM, batch: Batch, counted: Tensor) -> Tensor:
    """Scores at the hidden places only: a softmax over the whole text would double the cost."""
    seen = model.bert(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"]).last_hidden_state
    return model.cls(seen[counted])


def _gpt_scores(model: GPT2LMHeadModel, batch: Batch, counted: Tensor) -> Tensor:
    """Padding is on the right, where a causal model never looks: no mask is needed."""
    return model.lm_head(model.transformer(batch["input_ids"]).last_hidden_state[counted])


def _t5_scores(model: T5ForConditionalGeneration, batch: Batch, counted: Tensor) -> Tensor:
    """As `model(labels=…)` computes it, but scoring only the places that count and keeping no cache."""
    seen = model.encoder(batch["input_ids"], batch["attention_mask"]).last_hidden_state
    written = model.decoder(
        model.prepare_decoder_input_ids_from_labels(batch["labels"]),
        encoder_hidden_states=seen, encoder_attention_mask=batch["attention_mask"], use_cache=False,
    )  # fmt: skip
    return model.lm_head(written.last_hidden_state[counted] * model.model_dim**-0.5)


_SCORES = MappingProxyType({"bert": _bert_scores, "gpt": _gpt_scores, "t5": _t5_scores})


def build_optimizer(recipe: Recipe, model: PreTrainedModel) -> torch.optim.AdamW:
    """AdamW with weight decay on matrices only; T5's shared embedding has a rate of its own."""
    matrices, vectors, embedding = [], [], []
    for name, weights in model.named_parameters():
        if recipe.family == "t5" and name.startswith("shared"):
            embedding.append(weights)
        else:
            (matrices if weights.ndim > 1 else vectors).append(weights)
    groups = [
        {"params": matrices, "weight_decay": 0.05, "peak": recipe.learning_rate},
        {"params": vectors, "weight_decay": 0.0, "peak": recipe.learning_rate},
        {"params": embedding, "weight_decay": 0.0, "peak": recipe.learning_rate * recipe.embedding_factor},
    ]
    return torch.optim.AdamW([g for g in groups if g["params"]], lr=0.0, betas=(0.9, 0.98), fused=True)
