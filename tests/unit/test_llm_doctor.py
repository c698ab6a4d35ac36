from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from autom3l.cli import app
from llm_server import Body, Step, answers, refuses, says, sends, serving
from typer.testing import CliRunner, Result

KEY = "sk-very-secret-key-0123456789"
READY = {"state": "ready"}
SPEC = "data: {train: train.csv}\ntarget: price\n"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTOM3L_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def doctor(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["doctor", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert KEY not in result.output
    return result


def endpoint(chat: Step, embeddings: Step) -> Step:
    def step(body: Body) -> Step:
        return embeddings if body["path"].endswith("/embeddings") else chat

    return answers(step)


VECTOR = sends(200, '{"data": [{"index": 0, "embedding": [1, 2, 3]}]}')


def test_one_screen_on_a_model_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOM3L_API_KEY", KEY)
    with serving(endpoint(says(READY), VECTOR)) as script:
        result = doctor("--model", "m", "--base-url", script.base_url)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert lines.pop("time").endswith(" s for 1 answer(s)")
    assert lines == {
        "endpoint": script.base_url,
        "model": "m",
        "key": "AUTOM3L_API_KEY",
        "answers": "yes",
        "form": "json_schema",
        "accepted": "temperature 0, seed 0, max_tokens 4000",
        "embeddings": "3 dimensions",
    }


def test_what_could_be_better_is_said(tmp_path: Path) -> None:
    def chat(body: Body) -> Step:
        for word in ("temperature", "response_format", "tools"):
            if word in body:
                return refuses(400, f"no {word}")
        return says(READY)

    with serving(endpoint(answers(chat), refuses(404, "no"))) as script:
        spec = tmp_path / "spec.yaml"
        spec.write_text(f"{SPEC}llm: {{model: m, base_url: '{script.base_url}'}}\n")
        result = doctor(str(spec), "--format", "json")
    data: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (data["form"], data["embedding_dimensions"]) == ("text", None)
    assert data["parameters"] == {"seed": 0, "max_tokens": 4000}
    assert data["key"] is None
    assert [line.split()[0:3] for line in data["advice"]] == [
        ["the", "server", "enforces"],
        ["the", "model", "refuses"],
        ["without", "embeddings,", "models"],
    ]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (refuses(401, f"wrong: {KEY}"), "L002"),
        (refuses(404, "no such model"), "L003"),
        (sends(200, "<html>", "text/html"), "L008"),
        (says("I am a teapot."), "L012"),
    ],
)
def test_a_model_that_does_not_is_exit_3(
    step: Step, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(step) as script:
        flags = ("--model", "m", "--base-url", script.base_url)
        result = doctor(*flags)
        as_json = doctor(*flags, "--format", "json")
    assert result.exit_code == as_json.exit_code == 3
    assert f"[{code}]" in result.stderr
    assert "answers     no" in result.stdout
    assert f"[{code}]" in json.loads(as_json.stdout)["problem"]


def test_no_key_is_told_without_a_request() -> None:
    result = doctor("--model", "m")
    assert result.exit_code == 3
    assert "[L001]" in result.stderr
    assert "none: neither AUTOM3L_API_KEY nor OPENAI_API_KEY is set" in result.stdout


def test_no_model_and_impossible_ones_are_refused(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC)
    for arguments in ((), (str(spec),)):
        result = doctor(*arguments)
        assert (result.exit_code, "[L015]" in result.stderr) == (2, True)
    for flags in (("--model", "a b"), ("--model", "m", "--base-url", "ftp://x")):
        result = doctor(*flags)
        assert result.exit_code == 2
        assert f"{flags[-2]}: " in result.stderr
        assert "[L016]" in result.stderr
