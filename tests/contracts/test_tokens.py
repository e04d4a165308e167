"""What a person sees of a token, its place and its word, for the three families of tokenizers and byte fallback.

Must not know any model: small tokenizers are written down in makers_tokenizers.py.
"""

import pytest
from contracts.makers import law
from contracts.makers_tokenizers import cut
from hypothesis import given
from hypothesis import strategies as st

from playground.contracts.tokens import Piece, Token, make_tokens, piece_text, show_blanks
from playground.contracts.words import cut_words, word_of_span
from playground.errors import Unreadable

FAMILIES = ["WordPiece", "byte-level BPE", "Unigram", "byte fallback"]


def labels(family: str, text: str) -> list[str]:
    return [token.text for token in cut(family, text)]


def places(family: str, text: str) -> list[tuple[str, int | None]]:
    return [(text[token.start : token.end], token.word) for token in cut(family, text) if not token.special]


def test_wordpiece_shows_the_text_as_typed_without_its_marks() -> None:
    assert labels("WordPiece", "The cats played") == ["[CLS]", "The", "cats", "play", "ed", "[SEP]"]
    assert [token.piece for token in cut("WordPiece", "The cats played")][1:5] == ["the", "cats", "play", "##ed"]


def test_byte_level_bpe_shows_words_without_the_blank_before_them() -> None:
    assert labels("byte-level BPE", "The cats played") == ["T", "he", "cats", "play", "ed"]
    assert places("byte-level BPE", "The cats played") == [("T", 0), ("he", 0), ("cats", 1), ("play", 2), ("ed", 2)]


def test_unigram_shows_words_without_the_blank_before_them() -> None:
    assert labels("Unigram", "the cats played") == ["the", "ca", "t", "s", "play", "e", "d", "</s>"]
    assert [place[1] for place in places("Unigram", "the cats played")] == [0, 1, 1, 1, 2, 2, 2]


def test_a_tokenizers_own_blank_before_the_first_letter_is_shown_as_a_blank_and_belongs_to_its_word() -> None:
    first, second = cut("Unigram", "Ta")[:2]
    assert (first.piece, first.text, first.word) == ("▁", "␣", 0)
    assert (second.piece, second.text, second.word) == ("T", "T", 0)


def test_a_mark_that_was_typed_is_shown_as_typed() -> None:
    assert make_tokens("▁Ġ", [Piece("▁", 1, 0, 1), Piece("Ġ", 2, 1, 2)])[0].text == "▁"
    assert make_tokens("▁Ġ", [Piece("▁", 1, 0, 1), Piece("Ġ", 2, 1, 2)])[1].text == "Ġ"


def test_an_accent_is_shown_even_where_the_tokenizer_drops_it() -> None:
    assert labels("WordPiece", "café") == ["[CLS]", "ca", "fé", "[SEP]"]
    assert labels("byte-level BPE", "café") == ["c", "af", "é"]


def test_an_emoji_over_four_byte_level_tokens_is_shown_whole_on_each_and_is_one_word() -> None:
    tokens = cut("byte-level BPE", "a 🙂")[2:]
    assert [(token.text, token.start, token.end, token.word) for token in tokens] == [("🙂", 2, 3, 1)] * 4
    assert [token.piece for token in tokens] == ["ð", "Ł", "Ļ", "Ĥ"]


def test_an_emoji_over_four_fallback_bytes_is_shown_whole_on_each() -> None:
    tokens = cut("byte fallback", "a 🙂")
    assert [token.text for token in tokens] == ["a", "␣", "🙂", "🙂", "🙂", "🙂"]
    assert [token.piece for token in tokens][2:] == ["<0xF0>", "<0x9F>", "<0x99>", "<0x82>"]


def test_an_unknown_character_is_shown_as_typed_and_keeps_the_unknown_piece() -> None:
    unknown = cut("WordPiece", "a 我")[2]
    assert (unknown.text, unknown.piece, unknown.special, unknown.word) == ("我", "[UNK]", False, 1)


@pytest.mark.parametrize("family", ["byte-level BPE", "Unigram", "byte fallback"])
def test_a_second_blank_and_a_line_end_are_tokens_a_person_can_see(family: str) -> None:
    shown = [(token.text, token.word) for token in cut(family, "aa  b\nc") if not token.special]
    assert ("␣", None) in shown
    assert ("↵", None) in shown


def test_specials_show_their_name_and_belong_to_no_word() -> None:
    first, *_, last = cut("WordPiece", "the cats")
    assert (first.text, first.special, first.word) == ("[CLS]", True, None)
    assert (last.text, last.special, last.word) == ("[SEP]", True, None)


def test_a_span_that_counts_the_blank_before_a_word_in_is_narrowed_to_the_word() -> None:
    (token,) = make_tokens("the cat", [Piece("▁cat", 5, 3, 7)])
    assert token == Token("cat", "▁cat", 5, 4, 7, False, 1)


def test_the_words_of_a_second_text_are_counted_on_from_the_first() -> None:
    tokens = make_tokens("le chat", [Piece("le", 1, 0, 2), Piece("Ġchat", 2, 2, 7), Piece("</s>", 3, 7, 7, True)], 4)
    assert [token.word for token in tokens] == [4, 5, None]


def test_a_token_without_a_span_says_what_its_piece_says() -> None:
    assert [token.text for token in make_tokens("x", [Piece("##ing", 1), Piece("▁", 2), Piece("", 3)])] == [
        "ing",
        "␣",
        "∅",
    ]


def test_no_pieces_make_no_tokens() -> None:
    assert make_tokens("the cat", []) == ()


@pytest.mark.parametrize(("start", "end"), [(0, 8), (-1, 3), (4, 2), (8, 9), (7, 8)])
@pytest.mark.parametrize("special", [False, True])
def test_a_span_outside_the_text_is_refused(start: int, end: int, special: bool) -> None:
    make_tokens("the cat", [Piece("cat", 1, 4, 7, special), Piece("", 2, 7, 7, special)])
    with pytest.raises(Unreadable, match="placed the piece 'cat' outside the text"):
        make_tokens("the cat", [Piece("cat", 1, start, end, special)])


PIECES = {
    "##ing": "ing",
    "##é": "é",
    "##": "##",
    "#": "#",
    "cat": "cat",
    "été": "été",
    "łód": "łód",
    "Ã©": "Ã©",
    "我": "我",
    "▁": " ",
    "▁cat": "cat",
    "▁▁": " ",
    "▁un▁chat": "un chat",
    "<0x41>": "A",
    "<0x0A>": "\n",
    "<0xF0>": "⟨F0⟩",
    "<0x4>": "<0x4>",
    "[MASK]": "[MASK]",
    "<extra_id_0>": "<extra_id_0>",
}
BYTE_LEVEL_PIECES = {
    "cat": "cat",
    "Ġcat": "cat",
    "Ġ": " ",
    "ĠĠcat": "cat",
    "Ċ": "\n",
    "ĉ": "\t",
    "cafÃ©": "café",
    "ĠÃ©t": "ét",
    "Åĳ": "ő",
    "Ã": "⟨C3⟩",
    "âĢĻ": "’",
    "ðŁĻĤ": "🙂",
    "ðŁ": "⟨F0⟩⟨9F⟩",  # half an emoji has no picture
    "##ing": "##ing",
    "<|endoftext|>": "<|endoftext|>",
    "我": "我",  # an added token is written as itself
}


@pytest.mark.parametrize(("raw", "says"), BYTE_LEVEL_PIECES.items(), ids=BYTE_LEVEL_PIECES.keys())
def test_a_piece_written_in_bytes_says_what_a_person_would_read(raw: str, says: str) -> None:
    assert piece_text(raw, byte_level=True) == says


@pytest.mark.parametrize(("raw", "says"), PIECES.items(), ids=PIECES.keys())
def test_a_piece_without_a_text_says_what_a_person_would_read(raw: str, says: str) -> None:
    assert piece_text(raw) == says


def test_every_fallback_byte_says_its_character_or_its_number() -> None:
    said = [piece_text(f"<0x{byte:02X}>") for byte in range(256)]
    assert said == [chr(byte) if byte < 128 else f"⟨{byte:02X}⟩" for byte in range(256)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cat", "cat"),
        ("a b", "a b"),
        (" ", "␣"),
        ("  ", "␣␣"),
        ("\n", "↵"),
        ("\r\n", "↵↵"),
        ("\t", "⇥"),
        ("\u00a0", "␣"),
        ("", "∅"),
        ("\u200b", "⟨U+200B⟩"),
        ("\0", "⟨U+0000⟩"),
        (" \u200d", "␣⟨U+200D⟩"),
        ("a\u200d", "a\u200d"),
    ],
)
def test_what_nobody_could_see_is_written_out(text: str, shown: str) -> None:
    assert show_blanks(text) == shown


TYPED = st.text(
    alphabet=st.one_of(
        st.sampled_from("aathe  \n\té'’🙂👨\u200d👩我<>[]▁Ġ#\0\u200b\u0301"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=12,
)


@law
@given(TYPED, st.sampled_from(FAMILIES))
def test_no_label_is_empty_or_blank_or_holds_a_sign_that_was_not_typed(text: str, family: str) -> None:
    for token in cut(family, text):
        assert token.text.strip()
        assert "�" not in token.text or "�" in text


@law
@given(TYPED, st.sampled_from(FAMILIES))
def test_every_token_lies_in_the_text_and_belongs_to_the_word_it_overlaps_most(text: str, family: str) -> None:
    words = cut_words(text)
    for token in cut(family, text):
        assert 0 <= token.start <= token.end <= len(text)
        assert token.special or token.word == word_of_span(words, token.start, token.end)


@law
@given(TYPED)
def test_byte_level_tokens_leave_no_word_of_the_text_without_a_token(text: str) -> None:
    assert {token.word for token in cut("byte-level BPE", text)} >= set(range(len(cut_words(text))))
