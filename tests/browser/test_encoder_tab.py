"""The Encoder tab as a visitor sees it, in a real browser: the picture follows the text, the eye and the keys."""

import re

import pytest
from playwright.sync_api import expect

from playground.contracts.reading import ReadRequest
from playground.views.folding import fold

LONG = "The old clock on the wall of the station stops at noon every day and nobody knows why it does so, " * 3
ANSWER = re.compile("gradio_api/(run|queue)")
DISTINCT_COLOURS = """() => {
    const canvas = document.querySelector('.viewer .atlas canvas');
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(data.buffer)).size;
}"""


def shown(page):
    return page.locator(".viewer").get_attribute("data-shown")


def write(page, text):
    """Replaces the text at once, which is what pasting does, and waits for another picture."""
    before = shown(page)
    page.locator("#sentence textarea").fill(text)
    page.wait_for_function("before => document.querySelector('.viewer').dataset.shown !== before", arg=before)


def chips(page):
    return page.locator(".viewer .chip .text").all_text_contents()


def open_head(page, layer, head):
    """Opens a head by the keyboard, as its place on the canvas depends on the width."""
    page.locator(".viewer .atlas").focus()
    here = page.locator(".viewer")
    for name, key, wanted in (("layer", "Arrow{}", layer), ("head", "Arrow{}", head)):
        more, less = ("Down", "Up") if name == "layer" else ("Right", "Left")
        while (now := int(here.get_attribute(f"data-{name}"))) != wanted:
            page.keyboard.press(key.format(more if now < wanted else less))
            expect(here).not_to_have_attribute(f"data-{name}", str(now))


def test_the_first_screen_is_full_without_a_click(visit):
    page = visit()
    assert chips(page)[:2] == ["The", "girl"]
    assert page.evaluate(DISTINCT_COLOURS) > 20
    expect(page.locator("#status")).to_contain_text(re.compile(r"reads as you type · \d+ ms"))
    expect(page.locator("#encoder-facts")).to_contain_text("3 layers × 4 heads")


def test_the_picture_follows_every_letter_and_ends_with_the_last_text(visit):
    page = visit()
    page.locator("#sentence textarea").fill("")
    paints = int(page.locator(".viewer").get_attribute("data-paints"))
    page.locator("#sentence textarea").press_sequentially("we saw the river", delay=40)
    expect(page.locator(".viewer .chip .text").nth(-1)).to_have_text("river")
    assert int(page.locator(".viewer").get_attribute("data-paints")) > paints + 2


def test_backspace_and_undo_and_pasting_reach_the_picture(visit):
    page = visit()
    write(page, "the dog ate")
    page.locator("#sentence textarea").press("End")
    for _ in range(4):
        page.keyboard.press("Backspace")
    expect(page.locator(".viewer .chip .text").nth(-1)).to_have_text("dog")
    page.keyboard.press("Control+z")
    expect(page.locator("#sentence textarea")).to_have_value(re.compile("the dog .*"))
    page.keyboard.insert_text("barks")  # as an input method or the clipboard puts text in
    expect(page.locator(".viewer .lead").first).to_be_visible()
    expect(page.locator(".viewer .unseen table")).to_contain_text(re.compile("b"))


def test_an_example_becomes_the_sentence(visit):
    page = visit()
    before = shown(page)
    page.locator("#examples input").click()
    page.get_by_role("option", name=re.compile("Tom met Mary")).click()
    expect(page.locator("#sentence textarea")).to_have_value(re.compile("Tom met Mary"))
    expect(page.locator(".viewer")).not_to_have_attribute("data-shown", before)
    assert "".join(chips(page)).startswith("TommetMary,")


def test_a_word_lights_up_under_the_pointer_and_stays_after_a_click_without_asking_the_server(visit):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(".viewer .chip", has_text="hat").hover()
    expect(page.locator(".viewer .lead").first).to_contain_text("hat looks at")
    page.locator(".viewer .chip", has_text="girl").hover()
    expect(page.locator(".viewer .lead").first).to_contain_text("girl looks at")
    assert asked == []
    page.locator(".viewer .chip", has_text="girl").click()
    page.mouse.move(5, 5)
    expect(page.locator(".viewer .lead").first).to_contain_text("girl looks at")


def test_the_shown_shares_are_those_of_the_model(visit, reader):
    page = visit()
    text = page.locator("#sentence textarea").input_value()
    open_head(page, 2, 3)
    page.locator(".viewer .chip", has_text="girl").click()
    expect(page.locator(".viewer")).to_have_attribute("data-word", "2")
    mine = fold(reader.read(ReadRequest(text)).map_of("encoder")).weights[1, 2, 1]
    expect(page.locator(".viewer .unseen table caption")).to_have_text(re.compile("Layer 2 · Head 3: girl"))
    cells = page.locator(".viewer .unseen table tbody tr").all_text_contents()
    assert len(cells) == len(mine)
    for weight, cell in zip(mine, cells, strict=True):
        said = re.search(r"(\d+)\s*%$", cell.strip())
        assert abs(int(said[1]) / 100 - weight) <= 0.015, cell  # whole percents, and 0.004 of the packing


def test_sub_words_and_special_tokens_are_one_switch_away(visit):
    page = visit()
    page.locator(".viewer .options .fold").click()
    page.get_by_role("button", name="sub-words", exact=True).click()
    page.get_by_role("button", name="shown", exact=True).click()
    expect(page.locator(".viewer .chip .text").first).to_have_text("[CLS]")
    expect(page.locator(".viewer .chip .text").last).to_have_text("[SEP]")


def test_a_hidden_word_is_guessed_in_its_place_and_a_guess_can_be_tried(visit):
    page = visit()
    page.locator(".viewer .chip", has_text="girl").click()
    page.get_by_role("button", name=re.compile("hide girl")).click()
    expect(page.locator(".viewer .chip .text").nth(1)).to_have_text("[MASK]")
    guess = page.locator(".viewer .guess").first
    word = guess.locator(".name").text_content()
    guess.click()
    expect(page.locator("#sentence textarea")).to_have_value(f"The {word} with the red hat likes her dog.")
    expect(page.locator(".viewer .guess")).to_have_count(0)


def test_a_filter_opens_the_best_head_of_a_character_and_an_absent_one_cannot_be_pressed(visit):
    page = visit()
    for chip in page.locator(".viewer .filters .filter").all():
        count = int(re.search(r"\d+", chip.text_content())[0])
        assert chip.get_attribute("aria-disabled") == str(count == 0).lower()
    page.locator(".viewer .filters .filter[aria-disabled=false]").first.click()
    expect(page.locator(".viewer .filters .filter[aria-pressed=true]")).to_have_count(1)


def test_rollout_and_means_open_like_heads(visit):
    page = visit()
    page.get_by_role("button", name="Rollout").click()
    expect(page.locator(".viewer")).to_have_attribute("data-summary", "rollout")


def test_a_second_sentence_is_read_with_the_first(visit):
    page = visit()
    page.get_by_role("button", name="A second sentence").click()
    page.locator("#encoder-second textarea").fill("It barks.")
    expect(page.locator(".viewer .parts")).to_be_visible()
    assert "barks" in "".join(chips(page))


def test_a_link_opens_exactly_this_sentence_layer_head_and_word(visit):
    page = visit(path="?text=We+saw+two+dogs.&layer=3&head=2&word=4&view=lines", wait_for="dogs")
    here = page.locator(".viewer")
    for name, value in (("layer", "3"), ("head", "2"), ("word", "4"), ("view", "lines")):
        expect(here).to_have_attribute(f"data-{name}", value)
    open_head(page, 2, 4)
    page.locator("#encoder-link").click()
    page.wait_for_url(re.compile("tab=encoder.*text=We.saw.two.dogs.*layer=2&head=4&word=4&view=lines"))


def test_the_opened_head_is_kept_while_the_text_changes(visit):
    page = visit()
    open_head(page, 3, 2)
    write(page, "She gave the book to her brother.")
    expect(page.locator(".viewer")).to_have_attribute("data-layer", "3")
    expect(page.locator(".viewer")).to_have_attribute("data-head", "2")


def test_a_long_text_brings_its_open_head_and_asks_once_for_each_other(visit):
    page = visit()
    open_head(page, 2, 2)
    with page.expect_response(ANSWER):  # the pick has reached Python
        page.locator(".viewer .chip", has_text="girl").click()
    asked = []
    page.on("request", lambda request: "component_server" in request.url and asked.append(request.url))
    write(page, LONG)
    expect(page.locator(".viewer")).to_have_attribute("data-head", "2")
    open_head(page, 2, 3)
    open_head(page, 2, 2)
    open_head(page, 2, 3)
    assert len(asked) == 1


def test_what_cannot_be_read_says_so_and_the_last_picture_stays(visit):
    page = visit()
    before = shown(page)
    page.locator("#sentence textarea").fill("")
    expect(page.locator(".viewer .state")).to_contain_text("Type a sentence to see how it is read.")
    assert shown(page) == before and "girl" in chips(page)
    page.locator("#sentence textarea").fill("It reads again.")
    expect(page.locator(".viewer .state")).not_to_contain_text("Type a sentence")
    expect(page.locator(".viewer .chip", has_text="It").first).to_be_visible()


def test_a_text_beyond_the_context_says_where_it_was_cut(visit):
    page = visit()
    write(page, "cat " * 200)
    expect(page.locator(".viewer .notes")).to_contain_text("cut at 80 tokens")


@pytest.mark.parametrize(
    "text",
    [
        "</script><img src=x onerror=\"window.hit=1\">",
        "${window.hit=1}",
        "{{window.hit=1}} ${Reflect.set(window,/hit/.source,42)}",
        "<svg onload=window.hit=1>",
    ],
)
def test_a_hostile_text_is_only_ever_text(visit, text):
    page = visit()
    write(page, text)
    assert page.evaluate("window.hit === undefined")
    assert page.locator(".viewer img, .viewer svg[onload], .viewer script").count() == 0


def test_two_visitors_see_each_their_own(visit):
    one, two = visit(), visit()
    write(one, "one visitor")
    write(two, "another person")
    assert "visitor" in "".join(chips(one)) and "visitor" not in "".join(chips(two))


def test_a_viewer_that_was_hidden_is_drawn_when_it_is_shown(visit):
    page = visit()
    page.locator("#encoder-viewer").evaluate("node => node.style.display = 'none'")
    before = shown(page)
    with page.expect_response(ANSWER):
        page.locator("#sentence textarea").fill("shown later")
    page.locator("#encoder-viewer").evaluate("node => node.style.display = ''")
    page.wait_for_function("before => document.querySelector('.viewer').dataset.shown !== before", arg=before)
    assert page.evaluate(DISTINCT_COLOURS) > 20


@pytest.mark.parametrize("width", [360, 390, 1100, 1366])
def test_the_page_never_scrolls_sideways(visit, width):
    page = visit(width=width, height=844)
    write(page, LONG)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_dark_mode_is_dark_and_the_button_changes_it(visit):
    page = visit(theme="dark")
    expect(page.locator(".viewer")).to_have_class(re.compile("is-dark"))
    page.locator("#dark").click()
    expect(page.locator(".viewer")).not_to_have_class(re.compile("is-dark"))
