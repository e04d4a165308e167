"""The figures: heads whose answer is known, holes and blanks cut right, and a table, a JSON and cards of it."""

import json

import numpy as np
import pytest

from playground.errors import BadInput, NoSuchModel, Unreadable
from playground.pretraining import attention_scores, measures, probe_sentences
from playground.pretraining.attention_scores import Map
from playground.pretraining.cards import _choose, write_card
from playground.pretraining.evaluate import Figure, Held, evaluate, open_model, table, write_json
from playground.pretraining.folders import export
from playground.pretraining.measures import Hole, Opened
from playground.pretraining.probe_sentences import Aligned, plain_words
from playground.pretraining.train import Run, train

NAMES = ["tiny-bert", "tiny-gpt", "tiny-t5"]


@pytest.fixture(scope="module")
def models(small_recipes, corpus, tmp_path_factory):
    """All three, ten steps old, in a folder as the app expects it."""
    out, work = tmp_path_factory.mktemp("models"), tmp_path_factory.mktemp("work")
    about = {"file": "sentences.tsv", "sha256": "0", "training_pairs": 50, "held_out_pairs": 3}
    for name in NAMES:
        run = Run(small_recipes[name], work / name, steps=10, quiet=True)
        train(run, corpus)
        export(run, out, about)
    return out


def _spans(text):
    return plain_words(text)


def test_a_head_that_always_looks_at_the_word_before_scores_one_there():
    text = "The cat sleeps here now."
    spans = _spans(text)
    looks_back = np.eye(len(spans), k=-1)
    weights = np.stack([np.eye(len(spans)), looks_back])[None]
    scores = attention_scores.score_word_before(lambda _: Map(weights, spans, spans), [text])
    assert scores.tolist() == [[0.0, 1.0]]
    best = attention_scores.best_head(scores)
    assert (best.layer, best.head, best.score) == (1, 2, 1.0)


def test_attention_to_a_word_is_the_sum_over_its_tokens():
    found = Map(np.array([[[[0.2, 0.3, 0.5]]]]), [(0, 3)], [(0, 2), (2, 5), (6, 9)])
    assert attention_scores.word_to_word(found, (0, 3), (0, 5)) == pytest.approx(0.5)


def test_a_perfect_alignment_has_no_error_and_a_wrong_link_costs_what_the_pencil_says():
    pair = Aligned("the cat sleeps", "le chat dort", frozenset({(0, 0), (1, 1), (2, 2)}))
    assert attention_scores.error_rate([[0, 1, 2]], [pair]) == 0.0
    assert attention_scores.error_rate([[0, 1, 1]], [pair]) == pytest.approx(1 - 2 * 2 / 6)
    assert attention_scores.diagonal(pair) == [0, 1, 2]


def test_the_aligning_head_is_chosen_on_one_half_and_judged_on_the_other():
    pairs = probe_sentences.read_aligned()
    knows = {pair: np.array(attention_scores.diagonal(pair)) for pair in pairs}

    def read(pair):
        french, english = plain_words(pair.french), plain_words(pair.english)
        good = np.eye(len(english))[knows[pair]]
        bad = np.eye(len(english))[np.zeros(len(french), dtype=int)]
        return Map(np.stack([bad, good])[None], french, english)

    found = attention_scores.judge_alignment(read, pairs)
    assert (found["layer"], found["head"]) == (1, 2)
    assert found["error_rate"] == found["diagonal"] < 0.6


def test_a_model_that_gives_no_attention_is_refused():
    with pytest.raises(Unreadable, match="no attention"):
        attention_scores._stack(())


def test_the_made_up_sentences_are_whole():
    assert len(probe_sentences.read_aligned()) == 60
    for name in ("pronouns.txt", "verbs.txt", "repeats.txt", "french_verbs.tsv"):
        pointers = probe_sentences.read_pointers(name)
        assert len(pointers) == 30
        for item in pointers:
            asked = item.target or item.text
            assert asked[slice(*item.looker)].strip() and item.text[slice(*item.looked_at)].strip()
            assert not set("*[]") & set(item.text + item.target)
    for item in probe_sentences.read_pointers("repeats.txt"):
        assert item.text[slice(*item.looker)] == item.text[slice(*item.looked_at)]
        assert item.looked_at[1] <= item.looker[0]
    assert [blank.word for blank in probe_sentences.read_blanks()][:2] == ["coffee", "apple"]


@pytest.mark.parametrize("line", ["no marks", "one *star*", "one [bracket]"])
def test_a_line_without_both_marks_is_refused(line):
    with pytest.raises(BadInput, match="must mark"):
        probe_sentences._read_pointer(line)


def test_an_alignment_that_names_a_word_too_many_is_refused():
    with pytest.raises(BadInput, match="does not fit"):
        probe_sentences._read_aligned("The cat.\tLe/1 chat/3.")


def test_blanks_are_alphabetic_words_and_the_same_for_the_same_seed():
    sentences = ["I don't know 7 cats.", "...", "It's 5."]
    blanks = measures.draw_blanks(sentences, 3)
    assert blanks == measures.draw_blanks(sentences, 3)
    assert [blank.text for blank in blanks] == ["I don't know 7 cats."]
    assert blanks[0].word in ("i", "know", "cats")


def test_sentences_are_joined_up_to_the_context_and_never_beyond(models, corpus):
    opened = open_model("tiny-gpt", models / "tiny-gpt")
    texts = measures.join_to_fill(opened, corpus.english() * 10)
    assert all(200 < len(opened.tokenizer(text)["input_ids"]) <= 256 for text in texts)


def test_a_hole_leaves_the_rest_of_the_sentence_standing():
    for hole in measures.draw_holes(["I see the black cat.", "Go.", "You two know him well, Tom."], 0):
        assert hole.words and hole.words in hole.text and hole.words != hole.text
        assert 1 <= len(hole.words.split()) <= 3


def test_a_hole_becomes_one_sentinel_between_the_very_tokens_of_the_sentence(models):
    opened = open_model("tiny-t5", models / "tiny-t5")
    ids = measures._with_sentinel(opened, Hole("The black cat sleeps.", 1, 3))
    sentinel = opened.tokenizer.convert_tokens_to_ids("<extra_id_0>")
    assert ids.count(sentinel) == 1
    assert opened.tokenizer.decode([token for token in ids if token != sentinel]) == "The sleeps.</s>"


def test_only_the_first_span_of_an_answer_counts(models):
    tokenizer = open_model("tiny-t5", models / "tiny-t5").tokenizer
    ids = tokenizer("<extra_id_0> black cat<extra_id_1> dog")["input_ids"]
    assert measures._first_span(tokenizer, ids) == "black cat"


def test_right_means_equal_to_the_letter():
    assert measures.exactly_right(["a cat", "a Dog"], ["a cat", "a dog"]) == 0.5


def test_bits_per_character_do_not_depend_on_what_else_is_in_the_batch(models):
    opened = open_model("tiny-gpt", models / "tiny-gpt")
    texts = ["I see a bird.", "The black cat sleeps on the chair."]
    apart = [measures.bits_per_character(opened, [text]) * (len(text) + 1) for text in texts]
    together = measures.bits_per_character(opened, texts) * sum(len(text) + 1 for text in texts)
    assert together == pytest.approx(sum(apart), rel=1e-5)


def test_the_right_word_counts_only_where_all_its_pieces_are_among_the_five_best(models):
    opened = open_model("tiny-bert", models / "tiny-bert")
    blanks = measures.draw_blanks(["The cat sleeps.", "I see a bird."], 0)

    class Knows:
        def __call__(self, input_ids, **_):
            truth = opened.tokenizer([blank.text for blank in blanks], padding=True, return_tensors="pt")["input_ids"]
            scores = np.eye(len(opened.tokenizer))[truth.numpy()]
            return type("Answer", (), {"logits": __import__("torch").tensor(scores)})

    blanks = sorted(blanks, key=lambda blank: len(blank.text))
    assert measures.top_five(Opened(Knows(), opened.tokenizer), blanks) == 1.0


def test_evaluation_prints_a_table_and_writes_one_json_and_cards_quote_it(models, corpus):
    held = Held(corpus)
    figures = evaluate(NAMES, models, held)
    assert {figure.model for figure in figures} == set(NAMES)
    shown = table(figures)
    path = write_json(figures, models, held)
    rows = json.loads(path.read_text(encoding="utf-8"))["figures"]
    assert len(rows) == len(figures) == len(shown.splitlines()) - 1
    for name in NAMES:
        card = write_card(name, models).read_text(encoding="utf-8")
        assert "$" not in card and "CC BY 2.0 FR" in card and "manythings.org/anki" in card
        assert all(row["figure"] in card for row in rows if row["model"] == name)
        assert "python -m playground.pretraining" in card


def test_measuring_one_model_keeps_the_figures_of_the_others(tmp_path, corpus):
    held = Held(corpus)
    write_json([Figure("tiny-gpt", "bits", 1.5), Figure("tiny-bert", "word", 0.5)], tmp_path, held)
    write_json([Figure("tiny-bert", "word", 0.7, must_reach=0.68)], tmp_path, held)
    rows = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))["figures"]
    assert [(row["model"], row["value"], row["reached"]) for row in rows] == [
        ("tiny-bert", 0.7, True), ("tiny-gpt", 1.5, None),
    ]  # fmt: skip


def test_smaller_is_better_where_it_is():
    assert Figure("tiny-gpt", "bits", 1.2, must_reach=1.25, smaller_is_better=True).reached
    assert not Figure("tiny-bert", "word", 0.5, must_reach=0.68).reached


def test_a_card_shows_three_right_and_two_wrong_where_there_are_as_many():
    rows = [(True, f"r{number}") for number in range(4)] + [(False, f"w{number}") for number in range(3)]
    assert _choose(rows) == ["r0", "r1", "r2", "w0", "w1"]
    assert _choose(rows[:4] + rows[4:5]) == ["r0", "r1", "r2", "r3", "w0"]
    assert _choose(rows[4:] + rows[:1]) == ["r0", "w0", "w1", "w2"]


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NoSuchModel, match="train tiny-bert first"):
        open_model("tiny-bert", tmp_path / "tiny-bert")
