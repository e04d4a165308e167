"""What is read, what is cleaned, and that nothing held out can be trained on."""

import hashlib
import zipfile

import pytest

from playground.errors import BadInput
from playground.pretraining import corpus as room
from playground.pretraining.corpus import Corpus, Pair
from playground.pretraining.unfit_words import is_unfit


def test_the_file_and_the_same_file_in_a_zip_give_the_same_corpus(corpus_file, tmp_path):
    packed = tmp_path / "pairs.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(corpus_file, "fra-eng/fra.txt")
        archive.writestr("_about.txt", "a short note")
    assert room.read_corpus(packed) == room.read_corpus(corpus_file)


def test_columns_after_the_second_are_left_aside():
    assert room.parse_pairs(["Go.\tVa !\tCC-BY 2.0 #1", "", "Run.\tCours !\r"], "x") == [
        Pair("Go.", "Va !"), Pair("Run.", "Cours !"),
    ]  # fmt: skip


def test_narrow_and_no_break_spaces_curly_quotes_and_split_accents_become_one_form():
    assert room.normalise(" Va\u202f!  L\u2019e\u0301te\u0301\u00a0? ") == "Va ! L'été ?"


def test_the_held_out_rule_is_the_hash_of_the_english_side():
    for text in ("We like the cats.", "My brother has the house.", "The cat sleeps."):
        number = int(hashlib.sha256(text.encode()).hexdigest()[:4], 16)
        assert room.is_held_out(text) == (number % 50 == 0)
    assert room.is_held_out("We like the cats.")


def test_no_held_out_sentence_is_left_in_training_in_either_language(corpus):
    english, french = {pair.english for pair in corpus.training}, {pair.french for pair in corpus.training}
    assert {pair.english for pair in corpus.held_out} == {
        "We like the cats.", "My brother has the house.", "She sees a bird.",
    }  # fmt: skip
    assert not english & {pair.english for pair in corpus.held_out}
    assert not french & {pair.french for pair in corpus.held_out}


def test_a_training_pair_whose_french_side_is_a_held_out_reference_is_dropped(corpus):
    assert "This brother of mine has the house." not in {pair.english for pair in corpus.training}


def test_a_held_out_sentence_that_differs_only_by_spaces_or_capitals_is_not_trained_on():
    pairs = [Pair("We like the cats.", "Nous aimons les chats."), Pair("we like  the cats.", "On aime les chats.")]
    found = room.divide([*pairs, Pair("Go.", "Va !")])
    assert [pair.english for pair in found.training] == ["Go."]


def test_duplicates_are_dropped_after_cleaning():
    found = room.divide([Pair("Go.", "Va !"), Pair("Go.", "Va\u202f!"), Pair("Go. ", "Va !")])
    assert found.training == (Pair("Go.", "Va !"),)


def test_one_english_sentence_keeps_all_its_references():
    found = Corpus((), (Pair("Go.", "Va !"), Pair("Go.", "Pars !")))
    assert found.references() == {"Go.": ["Va !", "Pars !"]}


@pytest.mark.parametrize("text", ["a sexy dress", "the naked truth", "What an ass!"])
def test_sentences_unfit_for_a_classroom_are_found(text):
    assert is_unfit(text, "english")


@pytest.mark.parametrize("text", ["That dog does not bite.", "We assess it.", "I grasp the title.", "a document"])
def test_harmless_words_with_the_same_letters_are_kept(text):
    assert not is_unfit(text, "english")


@pytest.mark.parametrize("text", ["Vous continuez.", "Le chat boit.", "un violon violet", "un concours difficile"])
def test_harmless_french_words_are_kept(text):
    assert not is_unfit(text, "french")


def test_an_unfit_pair_is_not_trained_on():
    found = room.divide([Pair("It is nice.", "C'est sexy."), Pair("Go.", "Va !"), Pair("x" * 500, "y")])
    assert [pair.english for pair in found.training] == ["Go."]


def test_a_missing_corpus_is_named(tmp_path):
    with pytest.raises(BadInput, match="no corpus file at"):
        room.read_corpus(tmp_path / "nowhere.txt")


def test_a_line_without_a_tab_is_named_by_its_number(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_text("Go.\tVa !\nno tab here\n", encoding="utf-8")
    with pytest.raises(BadInput, match="Line 2 of bad.txt has no tab"):
        room.read_corpus(path)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "empty.txt"
    path.write_text("\n\n", encoding="utf-8")
    with pytest.raises(BadInput, match="holds no sentence pairs"):
        room.read_corpus(path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "latin.txt"
    path.write_bytes("Go.\tÀ bientôt !".encode("latin-1"))
    with pytest.raises(BadInput, match="not UTF-8"):
        room.read_corpus(path)


def test_a_zip_without_a_text_file_is_refused(tmp_path):
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"x")
    with pytest.raises(BadInput, match="holds no .txt"):
        room.read_corpus(path)


def test_a_damaged_zip_is_refused(tmp_path, corpus_file):
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.write(corpus_file, "fra.txt")
    raw = bytearray(path.read_bytes())
    raw[100:110] = b"\0" * 10
    path.write_bytes(raw)
    with pytest.raises(BadInput, match="damaged zip"):
        room.read_corpus(path)


def test_a_corpus_with_nothing_left_to_train_on_is_refused():
    with pytest.raises(BadInput, match="no sentence pair is left"):
        room.divide([Pair("We like the cats.", "Nous aimons les chats.")])
