"""Learns the three tokenizers, each in its family's own manner: WordPiece, byte-level BPE, Unigram with sentinels.

Must not know models or training; it takes sentences and writes a folder that AutoTokenizer opens.
"""

import math
import string
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from playground.errors import BadInput, CannotOpenModel

CONTEXT = 256
SENTINELS = 32
END_OF_TEXT = "<|endoftext|>"
WORDPIECE_SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CHECKS = (
    "The cat didn't sleep, did it?", "", " ", "Où est l'été ? Ça va !", "[MASK] <extra_id_0> <|endoftext|>", "x" * 300,
    "😀👩\u200d👩\u200d👧", "猫は眠る", "\x00\x07\u200b\ufeff", "a  b\tc\n",
)  # fmt: skip


def learn_wordpiece(sentences: Iterable[str], size: int) -> PreTrainedTokenizerFast:
    """BERT's manner: lower-cased words, inner pieces marked `##`, `[CLS]` and `[SEP]` around, two segments."""
    tokenizer = Tokenizer(models.WordPiece(_wordpiece_vocabulary(list(sentences), size), unk_token="[UNK]"))
    _cut_like_bert(tokenizer)
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    tokenizer.add_special_tokens(list(WORDPIECE_SPECIALS))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]", model_max_length=CONTEXT,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )  # fmt: skip


def _cut_like_bert(tokenizer: Tokenizer) -> None:
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()


def _wordpiece_vocabulary(sentences: list[str], size: int) -> dict[str, int]:
    """The pieces and their ids. Every letter is named beforehand, at a word's start and inside one:

    left alone, the library numbers inner letters in an order that differs from run to run, and with it the merges.
    """
    scratch = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    _cut_like_bert(scratch)
    seen = {letter for text in sentences for letter in scratch.normalizer.normalize_str(text) if not letter.isspace()}
    letters = sorted(seen | {*string.ascii_lowercase, *string.digits, *string.punctuation})
    inner = [f"##{letter}" for letter in letters if letter.isalnum()]
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=[*WORDPIECE_SPECIALS, *letters, *inner], show_progress=False
    )
    scratch.train_from_iterator(sentences, trainer)
    return scratch.get_vocab()


def learn_byte_bpe(sentences: Iterable[str], size: int) -> PreTrainedTokenizerFast:
    """GPT-2's manner: bytes merged into pieces, a space written `Ġ`; here every text starts with end-of-text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=[END_OF_TEXT], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(sentences, trainer)
    start = processors.TemplateProcessing(
        single=f"{END_OF_TEXT} $A",
        pair=f"{END_OF_TEXT} $A {END_OF_TEXT}:1 $B:1",
        special_tokens=[(END_OF_TEXT, tokenizer.token_to_id(END_OF_TEXT))],
    )
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), start])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=END_OF_TEXT, eos_token=END_OF_TEXT, unk_token=END_OF_TEXT,
        pad_token=END_OF_TEXT, model_max_length=CONTEXT,
        model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


def learn_unigram(sentences: Iterable[str], size: int) -> PreTrainedTokenizerFast:
    """T5's manner: the likeliest pieces, a space written `▁`, `</s>` at the end, sentinels from the last id down."""
    sentences = list(sentences)
    tokenizer = Tokenizer(models.Unigram(_unigram_pieces(sentences, size - SENTINELS), unk_id=2))
    _cut_like_t5(tokenizer)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="first")
    names = sentinel_names()
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.add_special_tokens([AddedToken(name, lstrip=True, normalized=False) for name in reversed(names)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="</s>", pad_token="<pad>", unk_token="<unk>",
        extra_special_tokens=names, model_max_length=CONTEXT,
        model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


def _cut_like_t5(tokenizer: Tokenizer) -> None:
    """Spaces become `▁` before a word; an apostrophe ends a piece (`n'`, `don'`), other marks stand alone."""
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFKC(), normalizers.Replace("’", "'"), normalizers.Replace(Regex(r"\s+"), " "),
        normalizers.Replace(Regex(r"\s+$"), ""),
    ])  # fmt: skip
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first"),
        pre_tokenizers.Split(Regex("'"), "merged_with_previous"),
        pre_tokenizers.Split(Regex(r"▁?[^\w\s'▁]"), "isolated"),
    ])  # fmt: skip


def _unigram_pieces(sentences: list[str], size: int) -> list[tuple[str, float]]:
    """Pieces with log-probabilities: candidates by merging, then three rounds of "cut best, count again".

    The library's own Unigram trainer throws out whole frequent words here (`▁` + `this`), which lengthens every text.
    """
    candidates = Tokenizer(models.BPE())
    _cut_like_t5(candidates)
    trainer = trainers.BpeTrainer(
        vocab_size=size - 3, special_tokens=[], show_progress=False,
        initial_alphabet=[*string.ascii_letters, *string.digits, *string.punctuation],
    )  # fmt: skip
    candidates.train_from_iterator(sentences, trainer)
    names = sorted(candidates.get_vocab(), key=candidates.token_to_id)
    cutter, scores = candidates, {}
    for _ in range(3):
        counts = Counter(piece for row in cutter.encode_batch_fast(sentences) for piece in row.tokens)
        total = sum(counts.values()) + len(names)
        scores = {name: math.log((counts[name] + 1) / total) for name in names}
        cutter = Tokenizer(models.Unigram([("<unk>", 0.0), *scores.items()], unk_id=0))
        _cut_like_t5(cutter)
    return [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *scores.items()]


def sentinel_names() -> list[str]:
    """`<extra_id_0>`, `<extra_id_1>`, … in the order in which spans use them."""
    return [f"<extra_id_{number}>" for number in range(SENTINELS)]


def check_tokenizer(folder: Path) -> None:
    """Refuse a folder that the generic classes read differently from its own `tokenizer.json`."""
    written = Tokenizer.from_file(str(folder / "tokenizer.json"))
    opened = AutoTokenizer.from_pretrained(folder)
    for text in CHECKS:
        if opened(text)["input_ids"] != written.encode(text).ids:
            raise CannotOpenModel(f"The tokenizer saved in {folder.name} reads {text!r} differently once reopened.")


def learn_tokenizer(family: str, sentences: list[str], size: int) -> PreTrainedTokenizerFast:
    """The tokenizer of a family: "bert", "gpt" or "t5"."""
    learners = {"bert": learn_wordpiece, "gpt": learn_byte_bpe, "t5": learn_unigram}
    if family not in learners:
        raise BadInput(f"There is no family {family!r}; choose one of {', '.join(learners)}.")
    if not sentences:
        raise BadInput("A tokenizer cannot be learned from no sentences at all.")
    return learners[family](sentences, size)
