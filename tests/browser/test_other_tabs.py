"""The Decoder and Cross-attention tabs in a real browser: each computes when it is shown, and shows its own kind."""

import re

import pytest
from playwright.sync_api import expect


def viewer(page, tab):
    return page.locator(f"#{tab}-viewer .viewer")


def go_to(page, tab):
    page.locator(f"#tab-{tab}-button").click()
    viewer(page, tab).and_(page.locator("[data-shown]")).wait_for()


def test_the_decoder_tab_shows_the_same_sentence_behind_its_mask_and_what_comes_next(visit):
    page = visit()
    go_to(page, "decoder")
    here = viewer(page, "decoder")
    expect(here).to_have_class(re.compile("kind-decoder"))
    here.locator(".chip", has_text="girl").click()
    shares = here.locator(".unseen table tbody tr").all_text_contents()
    assert shares[0].startswith("The") and all("%" not in line for line in shares[2:])
    shown = [int(text.strip("<\u00a0%")) for text in here.locator(".next-word .share").all_text_contents()]
    assert len(shown) == 6 and shown == sorted(shown, reverse=True)


def test_only_the_visible_tab_follows_the_typing(visit):
    page = visit()
    go_to(page, "decoder")
    encoder_shown = viewer(page, "encoder").get_attribute("data-shown")
    page.locator("#sentence textarea").fill("We saw two dogs.")
    expect(viewer(page, "decoder").locator(".chip", has_text="dogs")).to_be_visible()
    assert viewer(page, "encoder").get_attribute("data-shown") == encoder_shown
    page.locator("#tab-encoder-button").click()
    expect(viewer(page, "encoder").locator(".chip", has_text="dogs")).to_be_visible()


def test_cross_attention_writes_a_given_text_and_the_other_two_maps_are_one_choice_away(visit):
    page = visit()
    go_to(page, "cross")
    page.get_by_role("button", name="What it shall write").click()
    page.locator("#cross-second textarea").fill("Elle aime son chien.")
    here = viewer(page, "cross")
    expect(here.locator(".chip", has_text="chien")).to_be_visible()
    expect(here).to_have_class(re.compile("kind-cross"))
    for words, kind in (("what it reads looks at itself", "encoder"), ("what it writes looks back", "decoder")):
        page.locator("#cross-kind input").click()
        page.get_by_role("option", name=words).click()
        expect(here).to_have_class(re.compile(f"kind-{kind}"))


@pytest.mark.parametrize("width", [360, 390, 820, 1366])
def test_every_chooser_of_a_tab_lies_on_the_screen(visit, width):
    page = visit(width=width)
    go_to(page, "cross")
    for name in ("model", "task", "kind", "link"):
        box = page.locator(f"#cross-{name}").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, name


def test_a_link_opens_the_tab_it_names(visit):
    page = visit(path="?tab=decoder&text=We+saw+two+dogs.&layer=2&head=3", wait_for="dogs")
    here = viewer(page, "decoder")
    expect(here).to_have_attribute("data-layer", "2")
    expect(here).to_have_attribute("data-head", "3")


def test_a_model_of_another_family_typed_into_a_tab_is_refused_in_one_sentence(visit):
    page = visit()
    page.locator("#encoder-model input").fill("tiny-gpt")
    page.keyboard.press("Enter")
    expect(viewer(page, "encoder").locator(".state")).to_contain_text("open it in its own tab")
