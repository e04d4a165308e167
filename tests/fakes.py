"""The stand-ins that tests share: tiny tokenizers, checkpoints with random weights, and a reader made of plain numbers.

Nothing here is downloaded, and nothing here ships: a fake says "random" in its name so that no picture of it is
taken for knowledge.
"""

from pathlib import Path

import numpy as np

from playground.contracts.attention import AttentionMap
from playground.contracts.readers import CatalogueEntry, ModelFacts
from playground.contracts.reading import Reading, ReadRequest, Timings
from playground.contracts.tokens import Piece, make_tokens
from playground.contracts.words import cut_words
from playground.errors import BadInput, NoSuchModel

SENTENCES = (
    "The animal didn't cross the street because it was too tired.",
    "She gave the book to her brother, and he read it twice.",
    "A river has two banks; a town has one bank on the main street.",
    "Nobody knows why the old clock stops at noon every day.",
    "We saw the dog that chased the cat that ate the fish.",
)


def build_wordpiece(folder: Path, pieces: int = 300) -> None:
    """A lower-casing WordPiece tokenizer in BERT's manner, trained on a few sentences, saved as a user would."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    engine = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    engine.normalizer = normalizers.BertNormalizer(lowercase=True)
    engine.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    engine.decoder = decoders.WordPiece()
    engine.train_from_iterator(SENTENCES, trainers.WordPieceTrainer(vocab_size=pieces, special_tokens=special))
    ids = [(name, engine.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    pair = "[CLS] $A [SEP] $B:1 [SEP]:1"
    engine.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair=pair, special_tokens=ids
    )
    PreTrainedTokenizerFast(
        tokenizer_object=engine,
        unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    ).save_pretrained(folder)


def build_encoder(folder: Path, model_type: str = "bert", headless: bool = False, seed: int = 0) -> Path:
    """A small encoder of any family we read, with random weights, saved and to be opened as a user would."""
    import torch
    from transformers import AutoConfig, AutoModel, AutoModelForMaskedLM

    folder.mkdir(parents=True, exist_ok=True)
    build_wordpiece(folder)
    sizes = dict(
        vocab_size=300, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=80, pad_token_id=0, bos_token_id=2, eos_token_id=3, cls_token_id=2, sep_token_id=3,
    )
    if model_type == "modernbert":
        sizes |= dict(local_attention=8, global_attn_every_n_layers=3, reference_compile=False)
    if model_type in ("electra", "albert"):
        sizes |= dict(embedding_size=16)
    torch.manual_seed(seed)
    opener = AutoModel if headless else AutoModelForMaskedLM
    model = opener.from_config(AutoConfig.for_model(model_type, **sizes))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.mul_(8)  # as initialised, attention is all but even: sharpen it, so that tests see structure
    model.save_pretrained(folder)
    return folder


class RandomReader:
    """A Reader of plain numbers: one token per word between [CLS] and [SEP], heads that depend on the text alone."""

    def __init__(self, name: str = "random-bert", layers: int = 3, heads: int = 4) -> None:
        self.facts = ModelFacts(
            name=name, family="encoder", architecture="RandomReader", parameters=0, layers=layers, heads=heads,
            width=8, context=512, vocabulary=100, objective="none: random numbers", dtype="float32",
            licence="none", origin="tests", notes=("random weights",),
        )
        self.reads: list[ReadRequest] = []

    def count(self, request: ReadRequest) -> int:
        return len(cut_words(request.text)) + 2

    def read(self, request: ReadRequest) -> Reading:
        self.reads.append(request)
        words = cut_words(request.text)
        if not words:
            raise BadInput("Type a sentence to see how it is read.")
        inner = [Piece(word.text.lower(), 10 + at, word.start, word.end) for at, word in enumerate(words)]
        tokens = make_tokens(request.text, [Piece("[CLS]", 1, special=True), *inner, Piece("[SEP]", 2, special=True)])
        layers = request.layers or tuple(range(self.facts.layers))
        shape = (self.facts.layers, self.facts.heads, len(tokens), len(tokens))
        scores = np.random.default_rng(len(request.text)).gamma(0.3, size=shape) + 1e-3
        weights = (scores / scores.sum(axis=-1, keepdims=True)).astype(np.float32)[list(layers)]
        found = AttentionMap("encoder", "all", weights, tokens, tokens, layers)
        return Reading(request, self.facts.name, "encoder", words, tokens, (found,), Timings(0.0, 0.001, 0.002))

    def guess(self, request: ReadRequest) -> tuple:
        return ()

    def generate(self, request: object) -> object:
        raise BadInput("random-bert writes nothing.")


class RandomLibrary:
    """A Library with one RandomReader in it."""

    def __init__(self) -> None:
        self.reader = RandomReader()

    def entries(self) -> tuple[CatalogueEntry, ...]:
        return (CatalogueEntry(self.reader.facts.name, "encoder", "tests", "Random numbers, to test the page."),)

    def open(self, name: str) -> RandomReader:
        if name != self.reader.facts.name:
            raise NoSuchModel(f"There is no model {name}; choose one of {self.reader.facts.name}.")
        return self.reader


END_OF_TEXT = "<|endoftext|>"


def build_byte_bpe(folder: Path, pieces: int = 300) -> None:
    """A byte-level BPE tokenizer in GPT-2's manner; as the shipped tiny-gpt's, it starts every text itself."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    engine = Tokenizer(models.BPE())
    engine.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    engine.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    engine.train_from_iterator(
        SENTENCES, trainers.BpeTrainer(vocab_size=pieces, special_tokens=[END_OF_TEXT], initial_alphabet=alphabet)
    )
    start = processors.TemplateProcessing(single=f"{END_OF_TEXT} $A", special_tokens=[(END_OF_TEXT, 0)])
    engine.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), start])
    PreTrainedTokenizerFast(
        tokenizer_object=engine, bos_token=END_OF_TEXT, eos_token=END_OF_TEXT, model_max_length=80
    ).save_pretrained(folder)


def build_unigram(folder: Path, longest: int = 80) -> None:
    """A Unigram tokenizer in T5's manner: `▁` before a word, `</s>` after a text, sentinels for gaps."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    wholes = sorted({f"▁{word.strip('.,;')}" for sentence in SENTENCES for word in sentence.split()})
    letters = [*"▁abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?'-éàç"]
    scored = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    scored += [(piece, -3.0) for piece in wholes] + [(piece, -6.0) for piece in letters]
    engine = Tokenizer(models.Unigram(scored, unk_id=2))
    engine.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first")
    engine.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="first")
    engine.add_special_tokens(["<pad>", "</s>", "<unk>"])
    names = ["<extra_id_0>", "<extra_id_1>"]
    engine.add_special_tokens([AddedToken(name, lstrip=True, normalized=False) for name in names])
    engine.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    PreTrainedTokenizerFast(
        tokenizer_object=engine, eos_token="</s>", pad_token="<pad>", unk_token="<unk>",
        extra_special_tokens=names, model_max_length=longest,
    ).save_pretrained(folder)


def build_decoder(folder: Path, model_type: str = "gpt2", headless: bool = False, **changes: object) -> Path:
    """A small decoder of any family we read, with random weights, saved and to be opened as a user would."""
    from transformers import AutoModel, AutoModelForCausalLM

    sizes = dict(
        vocab_size=300, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, max_position_embeddings=80,
        bos_token_id=0, eos_token_id=0, pad_token_id=0,
    )
    sizes |= dict(n_inner=64) if model_type == "gpt2" else dict(intermediate_size=64)
    if model_type in ("llama", "mistral", "qwen2", "qwen3"):
        sizes |= dict(num_key_value_heads=2, head_dim=8)
    sizes |= {"mistral": dict(sliding_window=6), "opt": dict(ffn_dim=64, word_embed_proj_dim=32)}.get(model_type, {})
    folder.mkdir(parents=True, exist_ok=True)
    build_byte_bpe(folder)
    return _save_random(folder, AutoModel if headless else AutoModelForCausalLM, model_type, sizes | changes)


def build_encoder_decoder(folder: Path, model_type: str = "t5", headless: bool = False, **changes: object) -> Path:
    """A small encoder–decoder (three layers read, two write), with random weights, saved as a user would."""
    from transformers import AutoModel, AutoModelForSeq2SeqLM

    folder.mkdir(parents=True, exist_ok=True)
    build_unigram(folder)
    sizes = dict(vocab_size=129, d_model=32, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0)
    if model_type == "t5":
        sizes |= dict(num_layers=3, num_decoder_layers=2, num_heads=4, d_kv=6, d_ff=64)
    else:
        sizes |= dict(encoder_layers=3, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4)
        sizes |= dict(encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=80, forced_eos_token_id=None)
    return _save_random(folder, AutoModel if headless else AutoModelForSeq2SeqLM, model_type, sizes | changes)


def _save_random(folder: Path, opener: type, model_type: str, sizes: dict[str, object]) -> Path:
    import torch
    from transformers import AutoConfig

    torch.manual_seed(0)
    model = opener.from_config(AutoConfig.for_model(model_type, **sizes))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1 and model_type != "t5":  # as initialised, attention is all but even; T5's is not
                parameter.mul_(8)
        if model_type == "t5":  # else it only ever repeats the token it was given, which is tied to what it writes
            model.get_input_embeddings().weight.mul_(0.1)
    model.save_pretrained(folder)
    return folder
