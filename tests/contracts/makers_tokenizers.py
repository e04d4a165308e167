"""Makes one small tokenizer of each family, its vocabulary written down: nothing is downloaded, nothing trained.

Must not know any model: only what tokenizers say of a text, handed over as Pieces. (Training them here was tried:
it ends with another vocabulary from one process to the next.)
"""

from functools import cache

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from playground.contracts.tokens import Piece, Token, make_tokens


def cut(family: str, text: str) -> tuple[Token, ...]:
    """The tokens that a tokenizer of this family makes of `text`."""
    found = tokenizer(family).encode(text)
    told = zip(found.tokens, found.ids, found.offsets, found.special_tokens_mask)
    return make_tokens(text, [Piece(raw, number, *span, bool(special)) for raw, number, span, special in told])


@cache
def tokenizer(family: str) -> Tokenizer:
    makers = {"WordPiece": _word_piece, "byte-level BPE": _byte_level, "Unigram": _unigram, "byte fallback": _fallback}
    return makers[family]()


def _word_piece() -> Tokenizer:
    """Like BERT's: lower case, accents dropped, `##` before a piece that goes on."""
    begin = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cats", "play", "ca", *"abcdefst'[]<>#"]
    vocabulary = {piece: at for at, piece in enumerate([*begin, "##ed", "##fe", *(f"##{one}" for one in "abcdefst")])}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def _byte_level() -> Tokenizer:
    """Like GPT-2's: every byte is a character, the blank before a word is `Ġ`."""
    wholes = ["he", "af", "ed", "Ã©", "Ġcats", "Ġplay"]
    merges = [(whole[:end], whole[end]) for whole in wholes for end in range(1, len(whole))]
    pieces = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *("".join(merge) for merge in merges)]
    made = Tokenizer(models.BPE({piece: at for at, piece in enumerate(pieces)}, merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.post_processor = processors.ByteLevel(trim_offsets=False)
    return made


def _unigram() -> Tokenizer:
    """Like T5's: the blank before a word is `▁`, also before the first."""
    whole, letters = ["▁the", "▁ca", "▁play"], ["▁", "T", "h", "e", "a", "t", "s", "d", "c", "f", "é"]
    scored = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    scored += [(piece, -2.0) for piece in whole] + [(piece, -4.0) for piece in letters]
    made = Tokenizer(models.Unigram(scored, unk_id=2, byte_fallback=False))
    made.normalizer = normalizers.Nmt()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return made


def _fallback() -> Tokenizer:
    """Like Llama's: what the vocabulary does not hold is written as its bytes, `<0xF0>`."""
    bytes_ = {f"<0x{byte:02X}>": byte for byte in range(256)}
    vocabulary = bytes_ | {"▁": 256, "a": 257, "▁a": 258}
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=[("▁", "a")], byte_fallback=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return made
