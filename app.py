"""Starts the Transformer Playground: reads the flags, hands the models to the page, and serves it.

The one file in which Gradio and torch meet. torch loads in the background, so that the page is there at once.
"""

import argparse
import hmac
import json
import os
import threading
from concurrent.futures import Future

from playground.contracts.readers import CatalogueEntry, Library, Reader
from playground.contracts.reading import ReadRequest
from playground.errors import PlaygroundError
from playground.language_models import catalogue
from playground.settings import Settings, on_a_space, read_limits


class LibraryInBackground:
    """A Library that knows its catalogue at once and has its models as soon as torch is there."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: Future[Library] = Future()

    def load(self, first_text: str) -> None:
        """Imports torch, opens the first model and reads the first example, so that the first visitor waits less."""
        try:
            from transformers.utils.logging import disable_progress_bar

            from playground.language_models.library import OpenLibrary

            disable_progress_bar()  # a server's log is no place for bars
            library = OpenLibrary(self._settings)
        except BaseException as error:  # kept for whoever asks for a model: a thread's error is otherwise lost
            self._loaded.set_exception(error)
            raise
        self._loaded.set_result(library)
        for entry in self.entries()[:1]:
            try:
                library.open(entry.name).read(ReadRequest(first_text))
            except PlaygroundError as error:
                print(f"{entry.name} could not be opened: {error}")

    def entries(self) -> tuple[CatalogueEntry, ...]:
        return catalogue.entries(self._settings)

    def open(self, name: str) -> Reader:
        return self._loaded.result().open(name)


def read_flags(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Type a sentence and see how a transformer reads it.")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (0.0.0.0: the whole network)")
    parser.add_argument("--port", type=int, help="port to serve on (else GRADIO_SERVER_PORT, or a free one from 7860)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    parser.add_argument("--public", action="store_true", help="for strangers: only the offered models")
    parser.add_argument("--share", action="store_true", help="make a public link (implies --public)")
    parser.add_argument("--password", help="ask every visitor for this word")
    parser.add_argument("--allow-model", action="append", default=[], metavar="NAME", help="offer this folder too")
    parser.add_argument("--root-path", help="the path under which a proxy serves the app")
    parser.add_argument(
        "--store-first-picture", action="store_true",
        help="draw the first example anew into assets/ and end (after the shipped model or the examples changed)",
    )
    return parser.parse_args(arguments)


def make_settings(flags: argparse.Namespace) -> Settings:
    return Settings(
        public=flags.public or flags.share or on_a_space(),
        device=flags.device,
        allowed=tuple(flags.allow_model),
        limits=read_limits(),
    )


def store_first_picture(settings: Settings) -> None:
    """Draws the first screen's picture with the shipped model and stores it, so that it is there before torch is."""
    from playground.language_models.library import OpenLibrary
    from playground.tabs.attention_handlers import AttentionHandlers
    from playground.tabs.attention_tab import FIRST_PICTURE
    from playground.tabs.examples import read_examples
    from playground.tabs.tab_specs import SPECS

    picture = AttentionHandlers(SPECS[0], OpenLibrary(settings), settings, read_examples()).draw_first_picture()
    FIRST_PICTURE.write_text(json.dumps(picture, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{FIRST_PICTURE.name} is drawn anew.")


def main() -> None:
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # nobody is told that somebody uses this
    flags = read_flags()
    settings = make_settings(flags)
    if flags.store_first_picture:
        return store_first_picture(settings)
    from playground.page import build_page, launch_options
    from playground.tabs.examples import read_examples

    library = LibraryInBackground(settings)
    page = build_page(library, settings)
    password = flags.password
    _, address, link = page.launch(
        server_name=flags.host,
        server_port=flags.port,
        share=flags.share,
        auth=password and (lambda _, given: hmac.compare_digest(given.encode(), password.encode())),
        root_path=flags.root_path,
        prevent_thread_lock=True,
        **launch_options(settings),
    )
    print(f"Transformer Playground is at {link or address}", flush=True)
    # Only now: imported any earlier, torch would fight Gradio for the processor and the page would come later.
    threading.Thread(target=library.load, args=(read_examples()[0].text,), daemon=True).start()
    page.block_thread()


if __name__ == "__main__":
    main()
