"""A real browser on the real app, started in this process. Every page must end with a clean record."""

import fakes
import pytest
from browser.chromium import FLAGS, find_chromium
from playwright.sync_api import sync_playwright

from playground.page import build_page, launch_options
from playground.settings import Settings


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """A BERT, a GPT and a T5 of random weights in the places of the shipped ones."""
    models = tmp_path_factory.mktemp("shipped")
    fakes.build_encoder(models / "tiny-bert")
    fakes.build_decoder(models / "tiny-gpt")
    fakes.build_encoder_decoder(models / "tiny-t5")
    return Settings(models=models, device="cpu")


@pytest.fixture(scope="session")
def library(settings):
    from playground.language_models.library import OpenLibrary

    return OpenLibrary(settings)


@pytest.fixture
def reader(library):
    return library.open("tiny-bert")


@pytest.fixture(scope="session")
def address(settings, library):
    page = build_page(library, settings)
    _, address, _ = page.launch(prevent_thread_lock=True, **launch_options(settings))
    yield address
    page.close()


@pytest.fixture
def visit(chromium, address):
    """Opens the app as a new visitor; afterwards: no console error, no dialog, nothing asked of another host."""
    contexts, faults = [], []

    def open_page(width=1366, height=900, path="", wait_for="girl", theme="light"):
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and faults.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda asked: foreign(asked.url, address) and faults.append(f"asked {asked.url}"))
        page.goto(address + path)
        page.locator(".viewer[data-shown] .chip", has_text=wait_for).first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def foreign(url, address):
    return not url.startswith((address, "data:", "blob:"))
