"""What a model writes becomes text and tokens: whole characters, right spans and words, one by one or all at once."""

import fakes
import pytest

from playground.contracts.tokens import Piece, make_tokens
from playground.contracts.words import cut_words, word_of_span
from playground.language_models.tokenizing import Tokenizer
from playground.language_models.written_text import WrittenText, written_tokens

TEXTS = (
    "The animal didn't cross the street.", "déjà vu", "a 😀 b", "👨‍👩‍👧", "我喜欢猫", " two  blanks ", "x\n\ny",
    "can't, won't", "The cat " * 30,
)


@pytest.fixture(scope="module")
def byte_bpe(tmp_path_factory):
    folder = tmp_path_factory.mktemp("byte-bpe")
    fakes.build_byte_bpe(folder)
    return Tokenizer(folder)


@pytest.fixture(scope="module")
def unigram(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unigram")
    fakes.build_unigram(folder)
    return Tokenizer(folder)


def ids_of(tokenizer, text):
    return [token.id for token in tokenizer.cut(text).tokens if not token.special]


def bytes_ids(tokenizer, data):
    """One id for each byte, as a model may write them, whole characters or not."""
    engine = tokenizer.wrapper.backend_tokenizer
    inverse = {tokenizer.text_of(id_): id_ for id_ in range(300) if len(engine.id_to_token(id_)) == 1}
    return [inverse[f"⟨{byte:02X}⟩"] if byte > 127 else inverse[chr(byte)] for byte in data]


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_comes_out_as_the_tokenizer_decodes_it(byte_bpe, text):
    ids = ids_of(byte_bpe, text)
    written, tokens = written_tokens(byte_bpe, ids, 0)
    assert written == text == byte_bpe.wrapper.decode(ids)
    streamed = WrittenText(byte_bpe)
    for id_ in ids:
        assert "\ufffd" not in streamed.add(id_).text
    assert streamed.text == text and not streamed.unfinished


@pytest.mark.parametrize("text", TEXTS)
def test_all_at_once_the_tokens_are_those_of_the_text_as_read(byte_bpe, text):
    read = tuple(token for token in byte_bpe.cut(text).tokens if not token.special)
    _, written = written_tokens(byte_bpe, [token.id for token in read], 0)
    assert [(token.text, token.word) for token in written] == [(token.text, token.word) for token in read]
    assert [token.end for token in written if token.text.strip()] == [token.end for token in read if token.text.strip()]


def test_half_a_character_shows_its_bytes_until_the_other_half_comes(byte_bpe):
    streamed = WrittenText(byte_bpe, "Hi ")
    found = [streamed.add(id_) for id_ in bytes_ids(byte_bpe, "😀!".encode())]
    assert [token.text for token in found] == ["⟨F0⟩", "⟨9F⟩", "⟨98⟩", "😀", "!"]
    assert [(token.start, token.end) for token in found] == [(3, 3), (3, 3), (3, 3), (3, 4), (4, 5)]
    _, whole = written_tokens(byte_bpe, bytes_ids(byte_bpe, "😀!".encode()), 0)
    assert [(token.text, token.start, token.end) for token in whole] == [("😀", 0, 1)] * 4 + [("!", 1, 2)]


@pytest.mark.parametrize("data", [b"\xf0\x9fa", b"\xff\xffa", b"\xa0a\xf0", b"\xf0\x9f\xf0\x9f\x98\x80a"])
def test_a_character_that_never_becomes_whole_is_no_bodys_and_keeps_its_bytes(byte_bpe, data):
    ids = bytes_ids(byte_bpe, data)
    text, tokens = written_tokens(byte_bpe, ids, 0)
    assert text.rstrip("\ufffd") == byte_bpe.wrapper.decode(ids).rstrip("\ufffd")
    assert not any("\ufffd" in token.text for token in tokens)
    assert next(token for token in tokens if token.text == "a").start == text.index("a")


def test_a_word_that_was_begun_is_gone_on_with(byte_bpe):
    begun = "One can't an"
    streamed = WrittenText(byte_bpe, begun, byte_bpe.cut(begun).ids)
    token = streamed.add(bytes_ids(byte_bpe, b"x")[0])
    assert (token.word, token.start, token.end, streamed.text) == (2, 12, 13, "One can't anx")


@pytest.mark.parametrize("begun", ["It can", "It can'", "déjà-", "a b c d e f g", "", "👨‍👩"])
def test_words_counted_while_writing_are_those_of_the_whole_text_so_far(byte_bpe, begun):
    streamed = WrittenText(byte_bpe, begun, byte_bpe.cut(begun).ids, first_word=5)
    for id_ in ids_of(byte_bpe, "'t be so, said x"):
        token = streamed.add(id_)
        word = word_of_span(cut_words(streamed.text), token.start, token.end)
        assert token.word == (None if word is None else 5 + word)


@pytest.mark.parametrize("text", ["The animal crossed", "was it", "a, b", "Nobody's dog", "The cat " * 30])
def test_blanks_come_out_right_where_a_piece_carries_its_own(unigram, text):
    ids = ids_of(unigram, text)
    streamed = WrittenText(unigram)
    found = [streamed.add(id_) for id_ in ids]
    assert streamed.text.strip() == text.strip() == unigram.wrapper.decode(ids).strip()
    _, whole = written_tokens(unigram, ids, 0)
    assert [token.end for token in found] == [token.end for token in whole]
    begun = WrittenText(unigram, "It", ids_of(unigram, "It"))
    begun.add(ids_of(unigram, "the")[0])
    assert begun.text == "It the"


def test_special_tokens_have_no_characters_and_break_nothing(unigram):
    names = ["<extra_id_0>", "▁was", "<extra_id_1>", "▁tired", "</s>"]
    ids = [unigram.wrapper.backend_tokenizer.token_to_id(name) for name in names]
    assert None not in ids
    text, tokens = written_tokens(unigram, ids, 4)
    assert text == "was tired"
    shown = [("<extra_id_0>", None), ("was", 4), ("<extra_id_1>", None), ("tired", 5), ("</s>", None)]
    assert [(token.text, token.word) for token in tokens] == shown
    assert [token.special for token in tokens] == [True, False, True, False, True]
    assert tokens == make_tokens(text, [piece_of(token) for token in tokens], 4)


def piece_of(token):
    return Piece(token.piece, token.id, token.start, token.end, token.special)


def test_an_id_beyond_the_vocabulary_is_shown_and_breaks_nothing(unigram):
    text, tokens = written_tokens(unigram, [10_000], 0)
    assert text == "" and tokens[0].text == "∅"
