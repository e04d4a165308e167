"""Each tokenizer in its family's manner, unbreakable, and the same after it was saved and opened again."""

import pytest
from tokenizers import Tokenizer
from transformers import AutoTokenizer, BertConfig, GPT2Config, T5Config

from playground.errors import BadInput
from playground.pretraining.tokenizers import CHECKS, END_OF_TEXT, check_tokenizer, learn_tokenizer, sentinel_names

FAMILIES = ("bert", "gpt", "t5")


@pytest.fixture(scope="module")
def opened(tokenizers, tmp_path_factory):
    """As a visitor's AutoTokenizer opens them, beside the config of their family."""
    found = {}
    for family, config in zip(FAMILIES, (BertConfig(), GPT2Config(), T5Config()), strict=True):
        folder = tmp_path_factory.mktemp(family)
        tokenizers[family].save_pretrained(folder)
        config.save_pretrained(folder)
        check_tokenizer(folder)
        found[family] = (AutoTokenizer.from_pretrained(folder), Tokenizer.from_file(str(folder / "tokenizer.json")))
    return found


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("text", CHECKS)
def test_no_text_breaks_a_tokenizer_and_reopening_changes_nothing(opened, family, text):
    tokenizer, raw = opened[family]
    assert tokenizer(text)["input_ids"] == raw.encode(text).ids


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("text", CHECKS)
def test_every_offset_lies_inside_the_text(opened, family, text):
    for start, end in opened[family][0](text, return_offsets_mapping=True)["offset_mapping"]:
        assert 0 <= start <= end <= len(text)


def test_bert_lower_cases_marks_inner_pieces_and_frames_the_text(opened):
    tokenizer, _ = opened["bert"]
    pieces = tokenizer.convert_ids_to_tokens(tokenizer("THE cat unfathomable")["input_ids"])
    assert pieces[:3] == ["[CLS]", "the", "cat"] and pieces[-1] == "[SEP]"
    assert any(piece.startswith("##") for piece in pieces)


def test_bert_tells_the_two_sentences_of_a_pair_apart(opened):
    read = opened["bert"][0]("The cat sleeps.", "I like it.")
    assert set(read["token_type_ids"]) == {0, 1}
    assert read["input_ids"].count(opened["bert"][0].sep_token_id) == 2


def test_a_typed_mask_is_the_mask(opened):
    tokenizer, _ = opened["bert"]
    assert tokenizer.mask_token_id in tokenizer("The [MASK] sleeps.")["input_ids"]


def test_gpt_starts_every_text_with_end_of_text_and_writes_any_text_back(opened):
    tokenizer, _ = opened["gpt"]
    for text in CHECKS:
        ids = tokenizer(text, split_special_tokens=True)["input_ids"]
        assert ids[0] == tokenizer.eos_token_id
        assert tokenizer.decode(ids[1:]) == text
    assert tokenizer.convert_ids_to_tokens(tokenizer("a cat")["input_ids"])[0] == END_OF_TEXT


def test_a_space_is_part_of_the_next_piece_in_gpt_and_t5(opened):
    for family, mark in (("gpt", "Ġ"), ("t5", "▁")):
        tokenizer, _ = opened[family]
        assert f"{mark}cat" in tokenizer.convert_ids_to_tokens(tokenizer("The cat sleeps.")["input_ids"])


def test_t5_ends_every_text_and_keeps_its_sentinels_at_the_end_of_the_vocabulary(opened):
    tokenizer, _ = opened["t5"]
    assert tokenizer("Le chat dort.")["input_ids"][-1] == tokenizer.eos_token_id == 1
    assert tokenizer.pad_token_id == 0
    ids = tokenizer.convert_tokens_to_ids(sentinel_names())
    assert ids == list(range(len(tokenizer) - 1, len(tokenizer) - 1 - len(ids), -1))


def test_a_typed_sentinel_takes_the_space_before_it_and_leaves_the_word_after_it_whole(opened):
    tokenizer, _ = opened["t5"]
    pieces = tokenizer.convert_ids_to_tokens(tokenizer("The <extra_id_0> sleeps.")["input_ids"])
    assert pieces[1] == "<extra_id_0>" and pieces[2].startswith("▁") and pieces[2] != "▁"


def test_every_tokenizer_knows_the_context_length(opened):
    assert all(tokenizer.model_max_length == 256 for tokenizer, _ in opened.values())


@pytest.mark.parametrize("family", FAMILIES)
def test_learning_twice_gives_the_same_pieces_with_the_same_numbers(corpus, family):
    first, second = (learn_tokenizer(family, corpus.english(), 200).get_vocab() for _ in range(2))
    assert first == second


def test_an_unknown_family_and_no_sentences_are_refused():
    with pytest.raises(BadInput, match="choose one of bert, gpt, t5"):
        learn_tokenizer("elmo", ["a"], 100)
    with pytest.raises(BadInput, match="no sentences"):
        learn_tokenizer("bert", [], 100)
