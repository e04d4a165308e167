"""The named API, from outside: through HTTP as curl would, and through gradio_client as the README shows it."""

import base64
import threading

import fakes
import gradio as gr
import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio_client import Client
from gradio_client.exceptions import AppError

from playground.contracts.reading import ReadRequest
from playground.page import build_page, launch_options
from playground.settings import Limits, Settings

TEXT = "The animal was tired."


@pytest.fixture(scope="module")
def library():
    return fakes.RandomLibrary()


@pytest.fixture(scope="module")
def http(library):
    page = build_page(library, Settings())
    with TestClient(gr.mount_gradio_app(FastAPI(), page, path="/")) as client:
        yield client


@pytest.fixture(scope="module")
def client(library):
    page = build_page(library, Settings(limits=Limits(whole_reading_tokens=12)))
    _, address, _ = page.launch(prevent_thread_lock=True, **launch_options(Settings()))
    yield Client(address, verbose=False)
    page.close()


def call(http, name, *given):
    return http.post(f"/gradio_api/run/{name}", json={"data": list(given)})


def test_models_lists_what_can_be_read_with(http):
    found = call(http, "models").json()["data"][0]
    assert [entry["name"] for entry in found] == ["random-bert"] and found[0]["family"] == "encoder"


def test_a_reading_over_http_is_the_readers_own_within_the_quantising_error(http, library):
    found = call(http, "read_attention", TEXT, "random-bert", "", -1, False).json()["data"][0]
    mine = library.reader.read(ReadRequest(TEXT)).maps[0]
    (sent,) = found["maps"]
    assert [word["text"] for word in found["words"]] == ["The", "animal", "was", "tired", "."]
    assert [token["text"] for token in found["tokens"]] == [token.text for token in mine.rows]
    bytes_ = np.frombuffer(base64.b64decode(sent["data"]), dtype=np.uint8)
    weights = (bytes_.reshape(sent["layers"], sent["heads"], sent["rows"], sent["cols"]) / 255) ** 2
    assert sent["encoding"] == "u8-sqrt" and np.abs(weights - mine.weights).max() <= 0.004


def test_the_client_of_the_readme_gets_one_exact_layer(client, library):
    found = client.predict(TEXT, "random-bert", "", 1, True, api_name="/read_attention")
    (sent,) = found["maps"]
    weights = np.frombuffer(base64.b64decode(sent["data"]), dtype="<f4")
    mine = library.reader.read(ReadRequest(TEXT)).maps[0].weights[1:2]
    assert sent["encoding"] == "f32" and sent["layer_numbers"] == [1] and np.array_equal(weights, mine.ravel())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("   ", "random-bert"), "Type a sentence"),
        ((TEXT, "no-bert"), "There is no model no-bert"),
        ((TEXT, "random-bert", "", -2), "layer must be a whole number"),
        ((TEXT, "random-bert", "", "first"), "layer must be a whole number"),
        ((TEXT, "random-bert", "", 0, "yes"), "exact must be true or false"),
        ((["a"], "random-bert"), "text must be text"),
        (("a " * 11, "random-bert"), "above 12, name one layer"),
    ],
)
def test_a_wrong_call_gets_one_sentence(client, given, says):
    with pytest.raises(AppError, match=says):
        client.predict(*given, api_name="/read_attention")


def test_a_text_at_the_limit_is_answered_whole(client):
    assert client.predict("a " * 10, "random-bert", api_name="/read_attention")["maps"][0]["layer_numbers"] == [0, 1, 2]


def test_a_body_over_the_limit_is_turned_away(client):
    import httpx

    body = b'{"data": ["' + b"a" * 3_000_000 + b'"]}'
    answer = httpx.post(f"{client.src}gradio_api/run/read_attention", content=body)
    assert answer.status_code == 413


def test_visitors_at_once_get_each_their_own_answer(client):
    answers = {}

    def ask(number):
        text = f"visitor {number} " + "says " * (number % 5)
        answers[number] = client.predict(text, "random-bert", api_name="/read_attention")["words"][1]["text"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == {number: str(number) for number in range(12)}


def test_what_a_visitor_did_not_ask_for_is_off(client):
    import httpx

    assert httpx.get(f"{client.src}monitoring/summary").status_code in (403, 404)
    assert httpx.get(f"{client.src}gradio_api/file=/etc/passwd").status_code == 403
    config = httpx.get(f"{client.src}config").json()
    assert not config.get("run_history") and not config.get("enable_monitoring")
