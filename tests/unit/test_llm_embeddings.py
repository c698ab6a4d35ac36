from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from autom3l.diagnostics import ModelError
from autom3l.llm.client import Client
from autom3l.llm.embeddings import embed, rank
from autom3l.llm.endpoint import Endpoint, find_endpoint
from autom3l.llm.transcript import Transcript
from autom3l.request import Mode
from autom3l.spec import SpecLlm
from llm_server import (
    Body,
    Script,
    Step,
    answers,
    dumped,
    refuses,
    sends,
    serving,
    stalls,
)

NEAR = {"cats": [1.0, 0.0], "dogs": [0.0, 1.0], "kittens": [0.9, 0.1], "void": [0, 0]}
TEXTS = ["dogs", "void", "kittens"]


def client(
    script: Script | None, text: str = "", mode: Mode = "normal", **limits: float
) -> Client:
    llm = SpecLlm(model="m", timeout=limits.pop("timeout", 2.0), **limits)  # type: ignore[arg-type]
    url = script.base_url if script else "http://127.0.0.1:9/v1"
    return Client(llm, Endpoint(url, "m", None), Transcript(text), mode=mode)


def vectors(body: Body) -> Step:
    items = [
        {"index": index, "embedding": NEAR.get(text, [0.5, 0.5])}
        for index, text in enumerate(body["input"])
    ]
    usage = {"prompt_tokens": 7, "total_tokens": 7}
    return sends(200, dumped({"data": items[::-1], "usage": usage}))


@pytest.fixture
def script() -> Iterator[Script]:
    with serving(answers(vectors)) as server:
        yield server


def test_vectors_are_in_the_order_of_the_texts(script: Script) -> None:
    model = client(script)
    assert embed(model, ["cats", "dogs"]) == [[1.0, 0.0], [0.0, 1.0]]
    assert (model.spent.calls, model.spent.tokens) == (0, 7)
    [request] = script.requests
    assert request["path"] == "/v1/embeddings"
    assert request["encoding_format"] == "float"
    embed(model, ["write to jane@example.org"])
    assert script.requests[-1]["input"] == ["write to [email]"]


@pytest.mark.parametrize(
    "step",
    [
        refuses(404, "no such route"),
        refuses(400, "m has no embeddings"),
        sends(200, "<html>", "text/html"),
        sends(200, '{"data": []}'),
        sends(200, '{"data": [{"index": 0, "embedding": ["x"]}]}'),
        sends(200, '{"data": [{"index": 0, "embedding": []}]}'),
        sends(200, '{"data": [{"index": 0, "embedding": [NaN]}]}'),
        stalls,
    ],
)
def test_an_endpoint_without_embeddings_gives_none(step: Step) -> None:
    with serving(step) as script:
        model = client(script, timeout=0.3)
        assert embed(model, ["cats"]) is None
        assert rank(model, "cats", ["dogs"]) is None
    assert model.spent.tokens == 0


def test_no_key_no_text_no_budget_no_embeddings(script: Script) -> None:
    llm = SpecLlm(model="m")
    assert embed(Client(llm, find_endpoint(llm, {}), Transcript()), ["cats"]) is None
    assert embed(client(script), []) is None
    assert embed(client(script, max_tokens=5), ["cats"]) is None
    assert embed(client(script, mode="offline"), ["cats"]) is None
    assert embed(client(script, mode="locked"), ["cats"]) is None
    assert script.requests == []


def test_the_nearest_come_first_and_the_order_is_replayed(script: Script) -> None:
    model = client(script)
    assert rank(model, "cats", TEXTS) == (2, 0, 1)
    text = model.transcript.text()
    assert json.loads(text)["answer"] == [2, 0, 1]
    modes: tuple[Mode, ...] = ("normal", "locked", "offline")
    for mode in modes:
        again = client(None, text, mode)
        assert rank(again, "cats", TEXTS) == (2, 0, 1)
        assert again.transcript.text() == text
    with pytest.raises(ModelError, match="the prompt changed") as error:
        rank(client(None, text, "locked"), "cats", TEXTS[::-1])
    assert error.value.diagnostics[0].code == "L013"


def test_that_there_is_none_is_kept_but_a_failure_is_not() -> None:
    with serving(refuses(404, "no")) as script:
        model = client(script)
        assert rank(model, "cats", TEXTS) is None
        again = client(script, model.transcript.text())
        assert rank(again, "cats", TEXTS) is None
        assert len(script.requests) == 1
    with serving(stalls) as script:
        model = client(script, timeout=0.2)
        assert rank(model, "cats", TEXTS) is None
    text = model.transcript.text()
    assert rank(client(None, text, "locked"), "cats", TEXTS) is None
    with serving(answers(vectors)) as script:
        assert rank(client(script, text), "cats", TEXTS) == (2, 0, 1)


def test_offline_ranks_nothing_anew(script: Script) -> None:
    assert rank(client(script, mode="offline"), "cats", TEXTS) is None
    assert script.requests == []


def test_the_spec_names_the_model_that_embeds(script: Script) -> None:
    llm = SpecLlm(model="m", base_url=script.base_url, embedding_model="bge-m3")
    model = Client(llm, find_endpoint(llm, {}), Transcript())
    assert rank(model, "cats", TEXTS) == (2, 0, 1)
    [request] = script.requests
    assert request["model"] == "bge-m3"
    entry = json.loads(model.transcript.text())
    assert entry["model"] == "bge-m3"
    openai = SpecLlm(model="m", embedding_model="text-embedding-3-large")
    assert find_endpoint(openai, {}).embedding_model == "text-embedding-3-large"
    usual = find_endpoint(SpecLlm(model="m"), {})
    assert usual.embedding_model == "text-embedding-3-small"
