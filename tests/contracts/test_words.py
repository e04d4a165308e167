"""The words rule on many languages: one cut, done once, that every model is later compared on.

Must not know any tokenizer.
"""

import re
import unicodedata

import pytest
from contracts.makers import law
from hypothesis import given
from hypothesis import strategies as st

from playground.contracts.words import Word, cut_words, word_of_span

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
PRIDE = "🏳\ufe0f\u200d🌈"
SCOTLAND = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + "\U000e007f"

CASES = {
    "English": ("The cat sat, then left.", ["The", "cat", "sat", ",", "then", "left", "."]),
    "English contractions": ("Don't you'll, it’s", ["Don't", "you'll", ",", "it’s"]),
    "French": ("Aujourd'hui, l’été !", ["Aujourd'hui", ",", "l’été", "!"]),
    "French hyphens": ("Viens-tu ? Peut-être.", ["Viens-tu", "?", "Peut-être", "."]),
    "a German compound": ("Donaudampfschifffahrt heißt", ["Donaudampfschifffahrt", "heißt"]),
    "a hyphenated German compound": ("E-Mail-Adresse", ["E-Mail-Adresse"]),
    "Chinese": ("我喜欢这门课。你呢？", ["我喜欢这门课", "。", "你呢", "？"]),
    "Arabic with vowel marks": ("كَتَبَ الطَّالِبُ؟", ["كَتَبَ", "الطَّالِبُ", "؟"]),
    "Hindi with vowel signs": ("हिन्दी क्षत्रिय", ["हिन्दी", "क्षत्रिय"]),
    "Persian with an inner non-joiner": ("می\u200cخواهم", ["می\u200cخواهم"]),
    "composed accents": ("été", ["été"]),
    "combining accents": ("e\u0301te\u0301 x", ["e\u0301te\u0301", "x"]),
    "digits": ("42 x2 2nd", ["42", "x2", "2nd"]),
    "a decimal": ("3.14", ["3", ".", "14"]),
    "thousands": ("1,000", ["1", ",", "000"]),
    "fractions and squares": ("x²½", ["x²½"]),
    "hyphens": ("well-known", ["well-known"]),
    "two hyphens": ("so--well", ["so", "-", "-", "well"]),
    "a dash": ("so–well", ["so", "–", "well"]),
    "a minus": ("-5", ["-", "5"]),
    "a trailing hyphen": ("pre- and", ["pre", "-", "and"]),
    "leading and trailing apostrophes": ("'tis the dogs’ 'x'", ["'", "tis", "the", "dogs", "’", "'", "x", "'"]),
    "an apostrophe alone": ("'", ["'"]),
    "an underscore": ("a_b _", ["a", "_", "b", "_"]),
    "brackets": ("(a) [MASK]", ["(", "a", ")", "[", "MASK", "]"]),
    "a family": (FAMILY, [FAMILY]),
    "two people": ("👍👍", ["👍", "👍"]),
    "skin tones": ("👍🏽👍🏿", ["👍🏽", "👍🏿"]),
    "a joined profession with skin tone": ("👩🏽\u200d🚀!", ["👩🏽\u200d🚀", "!"]),
    "flags": ("🇫🇷🇩🇪", ["🇫🇷", "🇩🇪"]),
    "half a flag": ("🇫🇷🇩", ["🇫🇷", "🇩"]),
    "a flag of tags": (SCOTLAND + "x", [SCOTLAND, "x"]),
    "a joined flag": (PRIDE, [PRIDE]),
    "keycaps": ("1\ufe0f\u20e3 #\ufe0f\u20e3", ["1\ufe0f\u20e3", "#\ufe0f\u20e3"]),
    "a heart with its picture sign": ("I ❤\ufe0f it", ["I", "❤\ufe0f", "it"]),
    "an emoji beside a word": ("fun🙂yes", ["fun", "🙂", "yes"]),
    "a zero-width space": ("a\u200bb", ["a", "b"]),
    "a soft hyphen inside a word": ("tro\u00adpical", ["tro\u00adpical"]),
    "a soft hyphen after a word": ("tro\u00ad pical", ["tro", "pical"]),
    "a NUL": ("a\0b", ["a", "b"]),
    "control characters": ("a\x1b[0m\x7f", ["a", "[", "0m"]),
    "a byte-order mark": ("\ufeffhello", ["hello"]),
    "a direction mark": ("\u200fשלום\u200e", ["שלום"]),
    "a lone surrogate": ("a\ud83db", ["a", "b"]),
    "the replacement character": ("a\ufffdb", ["a", "\ufffd", "b"]),
    "a no-break space": ("a\u00a0!", ["a", "!"]),
    "a private character": ("\ue000", ["\ue000"]),
    "a character this Python does not know": ("a \U0001fbff", ["a", "\U0001fbff"]),
    "an unknown character joined to a known one": ("👩\u200d\U0001fbff!", ["👩\u200d\U0001fbff", "!"]),
    "lines and tabs": ("a\n\tb\r\n", ["a", "b"]),
    "nothing": ("", []),
    "blanks only": (" \n\t\u00a0\u2003", []),
    "invisible characters only": ("\u200b\u200d\u2060\ufeff", []),
    "no word at all, only marks": ("?! …", ["?", "!", "…"]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_text_is_cut_where_a_reader_of_that_language_would_cut_it(text: str, expected: list[str]) -> None:
    assert [word.text for word in cut_words(text)] == expected


def test_a_word_says_where_it_stands() -> None:
    assert cut_words(" ab, c") == (Word("ab", 1, 3), Word(",", 3, 4), Word("c", 5, 6))


def test_a_thousand_joined_emoji_are_one_word_and_take_no_recursion() -> None:
    text = "\u200d".join("👩" * 5_000)
    assert [word.text for word in cut_words(text)] == [text]


MIXED = st.text(alphabet=st.one_of(st.sampled_from("ab9 é'’-_.\n👩🏽🇫🇷️⃣\u200d\u200b\u0301\u00ad我ك\0"), st.characters()))
SPACED = re.compile(r"\s")


def _lies_outside_words(character: str) -> bool:
    return bool(SPACED.match(character)) or unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc", "Cf", "Cs")


@law
@given(MIXED)
def test_words_are_pieces_of_the_text_in_order_and_never_overlap(text: str) -> None:
    end = 0
    for word in cut_words(text):
        assert end <= word.start < word.end
        assert text[word.start : word.end] == word.text
        end = word.end
    assert end <= len(text)


@law
@given(MIXED)
def test_only_blanks_and_invisible_characters_lie_between_words(text: str) -> None:
    kept = {at for word in cut_words(text) for at in range(word.start, word.end)}
    left = [character for at, character in enumerate(text) if at not in kept]
    assert all(_lies_outside_words(character) for character in left), left


@law
@given(MIXED)
def test_a_word_cut_again_by_itself_is_the_same_single_word(text: str) -> None:
    for word in cut_words(text):
        assert [again.text for again in cut_words(word.text)] == [word.text]


@law
@given(MIXED)
def test_no_word_holds_a_blank_or_is_invisible(text: str) -> None:
    for word in cut_words(text):
        assert not SPACED.search(word.text)
        assert not all(_lies_outside_words(character) for character in word.text)


@law
@given(st.lists(st.text(alphabet="abcé9我ك", min_size=1, max_size=5), max_size=8))
def test_plain_words_with_blanks_between_come_back_as_they_were(plain: list[str]) -> None:
    assert [word.text for word in cut_words(" ".join(plain))] == plain


WORDS = cut_words("abcd ef, gh")  # abcd 0–4, ef 5–7, the comma 7–8, gh 9–11


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 4, 0),
        (1, 2, 0),
        (5, 7, 1),
        (7, 8, 2),
        (4, 7, 1),  # the blank before is counted in
        (2, 7, 0),  # two of abcd, two of ef: a tie goes to the earlier
        (3, 7, 1),  # one of abcd, two of ef
        (6, 8, 1),  # one of ef, the comma: a tie again
        (0, 11, 0),
        (4, 5, None),  # the blank alone
        (8, 9, None),
        (2, 2, None),  # no characters at all
        (11, 20, None),  # behind the text
        (10, 20, 3),
    ],
)
def test_a_span_belongs_to_the_word_it_overlaps_most(start: int, end: int, expected: int | None) -> None:
    assert word_of_span(WORDS, start, end) == expected


def test_a_span_belongs_to_no_word_where_there_are_none() -> None:
    assert word_of_span((), 0, 5) is None


@law
@given(MIXED, st.integers(0, 30), st.integers(0, 10))
def test_the_word_of_a_span_is_the_one_a_slow_search_finds(text: str, start: int, length: int) -> None:
    words, span = cut_words(text), set(range(start, start + length))
    shared = [len(span & set(range(word.start, word.end))) for word in words]
    expected = shared.index(max(shared)) if any(shared) else None
    assert word_of_span(words, start, start + length) == expected
