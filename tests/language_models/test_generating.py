"""Writing on: token for token what `model.generate` writes, streamed, stopped, seeded, and never half a character.

Must not know how a text is read: maps are the readers' tests.
"""

import itertools
import threading

import fakes
import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    LogitsProcessorList,
    PreTrainedTokenizerFast,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from playground.contracts.generation import GenerateRequest
from playground.errors import BadInput, Unreadable
from playground.language_models.choosing import Choice
from playground.language_models.families import ARCHITECTURES
from playground.language_models.library import open_reader
from playground.settings import Limits, Settings

CPU = Settings(device="cpu")
TEXT = "The animal didn't cross"
FAMILIES = {"decoder": fakes.build_decoder, "encoder-decoder": fakes.build_encoder_decoder}


@pytest.fixture(scope="module", params=[(row.family, name) for name, row in ARCHITECTURES if row.family in FAMILIES])
def writer(request, tmp_path_factory):
    """A reader and the folder it was opened from, for each family that writes."""
    family, name = request.param
    folder = FAMILIES[family](tmp_path_factory.mktemp("family") / name, name)
    return open_reader(name, folder, CPU), folder


@pytest.fixture(scope="module")
def gpt_folder(tmp_path_factory):
    return fakes.build_decoder(tmp_path_factory.mktemp("models") / "random-gpt")


@pytest.fixture(scope="module")
def gpt(gpt_folder):
    return open_reader("random-gpt", gpt_folder, CPU)


def own_ids(reader, folder, text=TEXT, seed=None, **settings):
    """The new ids that transformers' own `generate` writes; without a seed, greedily."""
    decodes = reader.facts.family == "decoder"
    opener = AutoModelForCausalLM if decodes else AutoModelForSeq2SeqLM
    model = opener.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    given = PreTrainedTokenizerFast.from_pretrained(folder)(text, return_tensors="pt")
    sampled = {} if seed is None else dict(do_sample=True, top_k=0) | settings
    settings = dict(do_sample=False, num_beams=1) | settings | sampled
    if seed is not None:
        torch.manual_seed(seed)
    with torch.inference_mode():
        answer = model.generate(given.input_ids, attention_mask=torch.ones_like(given.input_ids), **settings)
    return answer[0, given.input_ids.shape[1] if decodes else 1 :].tolist()


def steps(reader, text=TEXT, **settings):
    return list(reader.generate(GenerateRequest(text, **settings)))


def ids(found):
    return [step.token.id for step in found]


def passes_of(reader, monkeypatch):
    """Counts the forward passes of a reader's model from now on."""
    model, count = reader._reader._model, itertools.count(1)
    seen, plain = [], model.forward
    monkeypatch.setattr(model, "forward", lambda *args, **given: seen.append(next(count)) or plain(*args, **given))
    return seen


def test_greedy_text_is_token_for_token_that_of_transformers(writer):
    reader, folder = writer
    assert ids(steps(reader, max_tokens=20)) == own_ids(reader, folder, max_new_tokens=20)


def test_a_seeded_text_is_token_for_token_that_of_transformers(writer):
    reader, folder = writer
    settings = dict(temperature=1.2, top_k=40, top_p=0.9)
    ours = steps(reader, max_tokens=15, seed=7, **settings)
    assert ids(ours) == own_ids(reader, folder, seed=7, max_new_tokens=15, **settings)


@pytest.mark.parametrize(
    "settings",
    [
        dict(temperature=1.0), dict(temperature=0.6, top_k=12), dict(temperature=1.4, top_p=0.8),
        dict(temperature=1.0, top_k=100_000), dict(temperature=2.0, top_p=0.0),
    ],
)  # fmt: skip
def test_so_it_is_with_every_setting(gpt, gpt_folder, settings):
    ours = steps(gpt, max_tokens=15, seed=8, **settings)
    assert ids(ours) == own_ids(gpt, gpt_folder, seed=8, max_new_tokens=15, **settings)


def test_what_may_be_drawn_is_what_transformers_leaves_after_the_same_settings(gpt_folder):
    model = AutoModelForCausalLM.from_pretrained(gpt_folder)
    logits = torch.randn(300, generator=torch.Generator().manual_seed(1)) * 3
    for heat, k, p in itertools.product((0.3, 1.0, 1.7), (0, 1, 5, 1000), (0.1, 0.9, 1.0)):
        kept = [TemperatureLogitsWarper(heat), *map(TopKLogitsWarper, [k] if k else []), TopPLogitsWarper(p)]
        theirs = torch.softmax(LogitsProcessorList(kept)(torch.tensor([[1]]), logits[None])[0], dim=-1)
        request = GenerateRequest("", temperature=heat, top_k=k, top_p=p)
        ours = torch.softmax(Choice(model.generation_config, request, 1, 9).scores([1], logits), dim=-1)
        assert torch.equal(ours, theirs)


def test_probabilities_are_the_models_own_whatever_is_cut_away(writer):
    reader, _ = writer
    plain, hot = steps(reader, max_tokens=1)[0], steps(reader, max_tokens=1, temperature=3.0, top_k=2, seed=3)[0]
    assert hot.alternatives == plain.alternatives and len(plain.alternatives) == 10
    shares = [guess.probability for guess in plain.alternatives]
    assert shares == sorted(shares, reverse=True) and sum(shares) <= 1 + 1e-6
    assert plain.probability == shares[0] and hot.probability in shares[:2]


def test_the_next_word_that_a_reading_guesses_is_the_one_that_is_written(gpt):
    from playground.contracts.reading import ReadRequest

    guessed = gpt.read(ReadRequest(TEXT)).guesses[0].best
    assert guessed[0].probability == pytest.approx(steps(gpt, max_tokens=1)[0].probability, abs=1e-6)


def test_a_token_comes_before_the_next_one_is_computed_and_closing_stops_the_model(writer, monkeypatch):
    reader, _ = writer
    stream = reader.generate(GenerateRequest(TEXT, max_tokens=30))
    seen = passes_of(reader, monkeypatch)
    assert seen == []
    next(stream)
    assert len(seen) == 1
    next(stream)
    assert len(seen) == 2
    stream.close()
    assert len(seen) == 2 and list(stream) == []


def test_nothing_is_computed_after_the_last_token(gpt, monkeypatch):
    seen = passes_of(gpt, monkeypatch)
    assert len(steps(gpt, max_tokens=5)) == 5 and len(seen) == 5


def test_the_same_seed_writes_the_same_text_and_another_seed_another(writer):
    reader, _ = writer
    texts = [ids(steps(reader, max_tokens=12, temperature=1.0, seed=seed)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_texts_written_at_the_same_time_do_not_disturb_each_other(gpt):
    alone = [ids(steps(gpt, text, max_tokens=25, temperature=1.0, seed=seed)) for text, seed in wanted()]
    together = [None] * len(alone)

    def write(place, text, seed):
        together[place] = ids(steps(gpt, text, max_tokens=25, temperature=1.0, seed=seed))

    threads = [threading.Thread(target=write, args=(place, *one)) for place, one in enumerate(wanted())]
    for thread in threads:
        thread.start()
        torch.rand(3)  # somebody draws from the random numbers that everybody shares
    for thread in threads:
        thread.join(60)
    assert together == alone


def wanted():
    return [(f"{word} {TEXT}", seed) for seed, word in enumerate(("A", "The", "cat", "x y z", "One"))]


def test_two_texts_taken_turn_by_turn_keep_their_own_caches(writer):
    reader, _ = writer
    first, second = (GenerateRequest(text, max_tokens=8) for text in (TEXT, "Nobody knows why"))
    turns = list(zip(reader.generate(first), reader.generate(second), strict=True))
    assert [one for one, _ in turns] == list(reader.generate(first))
    assert [other for _, other in turns] == list(reader.generate(second))


def test_the_end_of_text_ends_it_with_a_step_that_says_so(writer, tmp_path):
    reader, folder = writer
    first = ids(steps(reader, max_tokens=1))[0]
    ending = FAMILIES[reader.facts.family](tmp_path / "ends", reader.facts.name, eos_token_id=first)
    (only,) = steps(open_reader("ends", ending, CPU))
    assert only.ends and only.token.id == first
    assert own_ids(reader, ending, max_new_tokens=30) == [first]


def test_a_text_that_does_not_end_is_cut_and_no_step_says_that_it_ended(gpt, gpt_folder):
    assert [step.ends for step in steps(gpt, max_tokens=6)] == [False] * 6
    assert len(steps(gpt, max_tokens=100)) == 64 and gpt.facts.context == 80
    few = open_reader("few", gpt_folder, Settings(device="cpu", limits=Limits(generated_tokens=3)))
    assert len(steps(few, max_tokens=40)) == 3


def test_writing_stops_where_the_context_does(gpt):
    assert len(steps(gpt, "!" * 76, max_tokens=40)) == 3
    assert len(steps(gpt, "!" * 78, max_tokens=40)) == 1
    for length in (79, 500):
        with pytest.raises(BadInput, match=f"has {length + 1} tokens of at most 80: no room is left"):
            gpt.generate(GenerateRequest("!" * length))


@pytest.mark.parametrize(
    "rules",
    [
        dict(no_repeat_ngram_size=1), dict(no_repeat_ngram_size=2), dict(repetition_penalty=1.5), dict(min_length=11),
        dict(bad_words_ids=[[5], [6, 7]]), dict(suppress_tokens=[8, 9, 10]), dict(begin_suppress_tokens=[3, 4]),
        dict(forced_bos_token_id=0), dict(forced_bos_token_id=9, begin_suppress_tokens=[9, 11]),
        dict(forced_eos_token_id=1), dict(min_new_tokens=3),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("name", ["gpt2", "bart"])
def test_the_rules_that_a_checkpoint_brings_are_followed_as_transformers_does(tmp_path, name, rules):
    build = fakes.build_decoder if name == "gpt2" else fakes.build_encoder_decoder
    folder = build(tmp_path / name, name)
    opener = AutoModelForCausalLM if name == "gpt2" else AutoModelForSeq2SeqLM
    model = opener.from_pretrained(folder)
    for rule, value in rules.items():
        setattr(model.generation_config, rule, value)
    model.save_pretrained(folder)
    reader = open_reader(name, folder, CPU)
    assert ids(steps(reader, max_tokens=12)) == own_ids(reader, folder, max_new_tokens=12)
    sampled = steps(reader, max_tokens=12, temperature=1.0, seed=5)
    assert ids(sampled) == own_ids(reader, folder, seed=5, temperature=1.0, max_new_tokens=12)


def test_a_rule_that_cannot_be_followed_is_one_sentence(gpt_folder):
    config = AutoModelForCausalLM.from_pretrained(gpt_folder).generation_config
    config.no_repeat_ngram_size = "three"
    with pytest.raises(Unreadable, match="no_repeat_ngram_size"):
        Choice(config, GenerateRequest(""), 1, 9)


def test_a_temperature_too_small_to_divide_by_is_greedy(gpt):
    greedy = ids(steps(gpt, max_tokens=9))
    assert ids(steps(gpt, max_tokens=9, temperature=1e-320, seed=5)) == greedy
    assert ids(steps(gpt, max_tokens=9, temperature=1e-6, seed=5)) == greedy


@pytest.mark.parametrize("text", ["a<|endoftext|>b", "<|endoftext|>", "<extra_id_0> a", "👍🏽", "我"])
def test_odd_beginnings_are_written_on(gpt, text):
    assert len(steps(gpt, text, max_tokens=4)) >= 1


@pytest.mark.parametrize(
    ("text", "says"), [("", "Type a sentence"), (" \n", "Type a sentence"), ("a" * 20_001, "20,001 characters")]
)
def test_what_cannot_be_written_on_is_refused_before_the_first_step(writer, text, says):
    with pytest.raises(BadInput, match=says):
        writer[0].generate(GenerateRequest(text))


def test_a_checkpoint_without_a_language_head_does_not_write(writer, tmp_path):
    name, family = writer[0].facts.name, writer[0].facts.family
    reader = open_reader("headless", FAMILIES[family](tmp_path / "headless", name, headless=True), CPU)
    with pytest.raises(BadInput, match="no language head"):
        reader.generate(GenerateRequest(TEXT))
