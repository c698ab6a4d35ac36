"""The client against a server that answers well, wrongly, late and not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal

import httpcore2
import pytest
from autom3l.diagnostics import ModelError
from autom3l.llm.client import Client
from autom3l.llm.endpoint import Endpoint, find_endpoint
from autom3l.llm.question import Exchange, Question
from autom3l.llm.transcript import Transcript
from autom3l.request import Mode
from autom3l.spec import Prices, SpecLlm
from llm_server import (
    SOON,
    Body,
    Script,
    Step,
    answers,
    calls_tool,
    refuses,
    resets,
    says,
    sends,
    serving,
    stalls,
    trickles,
)
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

KEY = "sk-very-secret-key-0123456789"
CONFIG = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, config=CONFIG)
class Choice:
    name: str
    modality: Literal["numeric", "text"]
    levels: int


@dataclass(frozen=True, config=CONFIG)
class Other:
    why: str


GOOD = {"name": "age", "modality": "numeric", "levels": 3}
CHOICE = Choice("age", "numeric", 3)


# Certificates, which nobody here needs, take longer to read than most tests.
CERTIFICATES = cache(httpcore2.default_ssl_context)


@pytest.fixture(autouse=True)
def certificates_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpcore2.default_ssl_context", CERTIFICATES)


def question(user: str = "What is age?", **more: Any) -> Question[Choice]:
    return Question("modalities", "answer", "You type columns.", user, Choice, **more)


def client(
    script: Script | None,
    text: str = "",
    mode: Mode = "normal",
    refresh: Sequence[str] = (),
    **limits: Any,
) -> Client:
    llm = SpecLlm(model="m", **{"timeout": 5.0, **limits})
    base_url = script.base_url if script else "http://127.0.0.1:9/v1"
    endpoint = Endpoint(base_url, llm.model, KEY, "OPENAI_API_KEY")
    return Client(llm, endpoint, Transcript(text), mode=mode, refresh=refresh)


def asked(script: Script, **limits: Any) -> Exchange[Choice]:
    [exchange] = client(script, **limits).ask([question()])
    return exchange


def test_a_good_answer_is_typed() -> None:
    with serving(says(GOOD)) as script:
        exchange = asked(script)
    assert (exchange.outcome, exchange.source) == ("accepted", "model")
    assert exchange.answer == CHOICE
    assert (exchange.usage.prompt_tokens, exchange.usage.completion_tokens) == (100, 20)
    [request] = script.requests
    assert request["path"] == "/v1/chat/completions"
    assert request["temperature"] == 0
    schema = request["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["additionalProperties"] is False
    assert schema["schema"]["required"] == ["name", "modality", "levels"]
    assert [m["role"] for m in request["messages"]] == ["system", "user"]
    assert script.headers[0]["authorization"] == f"Bearer {KEY}"


UNKNOWN_FORMAT = refuses(400, "'response_format' of this type is not supported")
NO_TOOLS = refuses(400, "m does not support tools")


@pytest.mark.parametrize(
    ("steps", "keys"),
    [
        ([UNKNOWN_FORMAT, calls_tool(GOOD)], {"tools", "tool_choice"}),
        ([UNKNOWN_FORMAT, says(GOOD)], {"tools", "tool_choice"}),
        ([UNKNOWN_FORMAT, NO_TOOLS, says(GOOD)], {"response_format"}),
        ([UNKNOWN_FORMAT, NO_TOOLS, UNKNOWN_FORMAT, says(GOOD)], set()),
        (
            [refuses(404, "no endpoint supports tool use"), says(GOOD)],
            {"tools", "tool_choice"},
        ),
        (
            [refuses(500, "bad grammar", headers=SOON)] * 4 + [calls_tool(GOOD)],
            {"tools", "tool_choice"},
        ),
        (
            [
                sends(422, '{"detail": [{"loc": ["body", "response_format"]}]}'),
                calls_tool(GOOD),
            ],
            {"tools", "tool_choice"},
        ),
    ],
)
def test_each_rung_answers_and_is_remembered(steps: list[Step], keys: set[str]) -> None:
    with serving(*steps) as script:
        model = client(script)
        first, second = model.ask([question(), question("What is size?")])
    assert (first.answer, second.answer) == (CHOICE, CHOICE)
    assert len(script.requests) == len(steps) + 1
    for request in script.requests[-2:]:
        ways = {"response_format", "tools", "tool_choice"}
        assert ways & request.keys() == keys
        said = '"additionalProperties": false' in request["messages"][-1]["content"]
        assert said == ("tools" not in keys)


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{json.dumps(GOOD)}\n```",
        f"Sure! Here it is {{as asked}}: {json.dumps(GOOD)} Anything else?",
        f'<think>Maybe {{"name": "x"}}?</think>\n{json.dumps(GOOD)}',
        f"{json.dumps(GOOD)} and {{so on",
        f"so, hm\n</think>{json.dumps(GOOD)}",
        "{'name': 'age', 'modality': 'numeric', 'levels': 3,}",
        '{name: "age", "modality": "numeric", "levels": 3}',
        f'For example {{"name": "x"}}. Now: {json.dumps(GOOD)} as in {{"name": "y"}}',
    ],
)
def test_an_object_is_found_in_what_stands_around_it(text: str) -> None:
    with serving(says(text)) as script:
        assert asked(script).answer == CHOICE
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (
            {**GOOD, "modality": "number"},
            "modality: 'number' was given; allowed is 'numeric' or 'text'",
        ),
        ({"name": "age", "levels": 3}, "modality: is missing, and must be there"),
        (
            {**GOOD, "why": "so"},
            "why: is no field; the fields are name, modality, levels; leave it out",
        ),
        (
            {**GOOD, "levels": "3"},
            "levels: '3' was given; input should be a valid integer",
        ),
        ({**GOOD, "levels": "9" * 500}, "levels: '9999"),
        ("", "the answer is empty"),
        (None, "the answer is empty"),
        ("Well, " * 7000, "the answer holds no JSON object"),
        ("Ich weiß es nicht: Alter ist eine Zahl.", "the answer holds no JSON object"),
        (
            '{"name": "age", "modality": "num',
            "the answer is cut off: its JSON never ends",
        ),
        (
            '{"name": "\\ud800", "modality": "text", "levels": 1}',
            "the answer holds text or numbers that JSON has not",
        ),
        ('{"name": "x"}: {"name": "age", "mod', "the answer is cut off"),
        ("{" * 20000, "the answer is cut off"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "the answer holds no JSON object"),
        ("x" * 300_000, "the answer has 300,000 characters"),
    ],
)
def test_a_wrong_answer_goes_back_once_with_what_teaches(
    wrong: Any, reason: str
) -> None:
    with serving(says(wrong), says(GOOD)) as script:
        assert asked(script).answer == CHOICE
    first, second = script.requests
    assert second["messages"][:2] == first["messages"][:2]
    roles = [message["role"] for message in second["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert f"- {reason}" in second["messages"][-1]["content"]
    assert len(second["messages"][-1]["content"]) < 2000
    with serving(says(wrong)) as script:
        exchange = asked(script)
    assert len(script.requests) == 2
    assert (exchange.outcome, exchange.answer) == ("rejected", None)
    assert exchange.reasons[0].startswith(reason)
    assert exchange.problem
    assert exchange.problem.code == "L012"


def test_the_check_of_the_caller_takes_part() -> None:
    def known(choice: Choice) -> list[str]:
        return [] if choice.name == "age" else [f"name: there is no {choice.name!r}"]

    asking = question(check=known)
    with serving(says({**GOOD, "name": "aeg"}), says(GOOD)) as script:
        [exchange] = client(script).ask([asking])
    assert exchange.answer == CHOICE
    assert "- name: there is no 'aeg'" in script.requests[1]["messages"][-1]["content"]


def test_a_refusal_is_not_asked_again() -> None:
    with serving(says(None, refusal="I can't help")) as script:
        exchange = asked(script)
    assert len(script.requests) == 1
    assert exchange.outcome == "rejected"
    assert exchange.reasons == ('the model refuses: "I can\'t help"',)
    with serving(says("", finish="content_filter")) as script:
        assert asked(script).reasons[0].startswith("the model refuses: ")


def test_a_cut_answer_is_told_and_gets_more_room() -> None:
    with serving(says('{"name": "a', finish="length"), says(GOOD)) as script:
        model = client(script)
        [exchange] = model.ask([question()])
    assert exchange.answer == CHOICE
    assert [r["max_tokens"] for r in script.requests] == [4000, 8000]
    entry = json.loads(model.transcript.text())
    assert entry["attempts"][0]["reasons"] == [
        "the answer is cut off after 4000 tokens"
    ]
    assert "more briefly" in script.requests[1]["messages"][-1]["content"]


def test_a_server_that_ignores_the_schema_is_told_it_in_words() -> None:
    def step(body: Body) -> Step:
        told = "JSON Schema" in body["messages"][-1]["content"]
        return says(GOOD if told else "Age is numeric.")

    with serving(answers(step)) as script:
        found = client(script).ask([question(c) for c in "abcd"])
    assert [exchange.answer for exchange in found] == [CHOICE] * 4
    told = ["JSON Schema" in r["messages"][-1]["content"] for r in script.requests]
    assert told[:2] == [False, True]
    assert told.count(False) == 4, "a wave was on its way when it became plain"


@pytest.mark.parametrize(
    "wrong",
    [
        {**GOOD, "why": "so"},
        {"name": "age", "levels": 3},
        {"answer": GOOD},
        "Age is numeric.",
    ],
)
def test_one_wrong_answer_goes_back_and_changes_nothing_else(wrong: Any) -> None:
    with serving(says(wrong), says(GOOD)) as script:
        model = client(script)
        assert model.ask([question()])[0].answer == CHOICE
        assert model.ask([question("size?")])[0].answer == CHOICE
    formats = [r["response_format"]["type"] for r in script.requests]
    assert formats[::2] == ["json_schema", "json_schema"]
    # Who answers with nothing of the schema has to be told it.
    shapeless = "name" not in wrong
    assert formats[1] == ("json_object" if shapeless else "json_schema")


def test_several_answers_unlike_the_schema_show_that_the_server_ignores_it() -> None:
    wrong = says({**GOOD, "why": "so"})
    with serving(wrong, says(GOOD), wrong, wrong, says(GOOD)) as script:
        model = client(script)
        found = [model.ask([question(c)])[0].answer for c in "abc"]
    assert found == [CHOICE, None, CHOICE]
    formats = [r["response_format"]["type"] for r in script.requests]
    assert formats == ["json_schema"] * 4 + ["json_object"]


REFUSED_TEMPERATURE = refuses(
    400, "Unsupported value: 'temperature' does not support 0", param="temperature"
)
REFUSED_LIMIT = refuses(
    400, "'max_tokens' is not supported. Use 'max_completion_tokens' instead."
)


def test_refused_parameters_are_dropped_and_what_was_used_is_recorded() -> None:
    steps = [REFUSED_TEMPERATURE, REFUSED_LIMIT, refuses(400, "seed?"), says(GOOD)]
    with serving(*steps) as script:
        model = client(script)
        first, second = model.ask([question(), question("size?")])
    assert (first.answer, second.answer) == (CHOICE, CHOICE)
    assert len(script.requests) == 5
    used = json.loads(model.transcript.text().splitlines()[0])["attempts"][0]
    assert used["parameters"] == {"max_completion_tokens": 4000}
    assert used["rung"] == "json_schema"
    assert not {"temperature", "seed", "max_tokens"} & script.requests[-1].keys()


@pytest.mark.parametrize(
    ("step", "code", "told"),
    [
        (refuses(401, f"Incorrect API key provided: {KEY}"), "L002", "refuses the key"),
        (refuses(403, f"no access with {KEY}"), "L002", "mend OPENAI_API_KEY"),
        (refuses(404, "The model 'm' does not exist"), "L003", "knows no model 'm'"),
        (refuses(413, f"too large for {KEY}"), "L007", "refuses the request"),
        (sends(200, "<html>Welcome</html>", "text/html"), "L008", "no chat completion"),
        (sends(200, '{"choices": []}'), "L008", "no chat completion"),
        (sends(200, "{"), "L008", "no chat completion"),
        (sends(200, "null"), "L008", "no chat completion"),
        (sends(200, '{"choices": [{"message": null}]}'), "L008", "no chat completion"),
    ],
)
def test_what_no_wait_mends_is_one_diagnostic_without_the_key(
    step: Step, code: str, told: str
) -> None:
    with serving(step) as script:
        model = client(script)
        exchanges = model.ask([question(str(n)) for n in range(6)])
    assert len(script.requests) <= 2
    assert {exchange.outcome for exchange in exchanges} == {"failed"}
    [problem] = {exchange.problem for exchange in exchanges}
    assert problem
    assert problem.code == code
    assert told in str(problem)
    assert KEY not in str(problem) + model.transcript.text() + repr(vars(model))
    assert "127.0.0.1" not in model.transcript.text()


@pytest.mark.parametrize(
    "step",
    [
        refuses(429, "slow down", headers=SOON),
        refuses(500, "oops", headers=SOON),
        refuses(503, "oops", headers=SOON),
        refuses(408, "oops", headers=SOON),
        refuses(409, "oops", headers=SOON),
    ],
)
def test_what_passes_is_tried_again_but_not_for_ever(step: Step) -> None:
    with serving(step, step, says(GOOD)) as script:
        assert asked(script).answer == CHOICE
    assert len(script.requests) == 3
    with serving(step) as script:
        exchange = asked(script)
    assert len(script.requests) == 4
    assert exchange.outcome == "failed"
    assert exchange.problem
    assert exchange.problem.code in ("L005", "L007")


def test_retry_after_is_honoured_and_bounded_by_the_time() -> None:
    waiting = refuses(429, "slow down", headers={"Retry-After": "1"})
    with serving(waiting, says(GOOD)) as script:
        started = time.monotonic()
        assert asked(script).answer == CHOICE
    assert time.monotonic() - started >= 1
    with serving(refuses(429, "slow", headers={"Retry-After": "60"})) as script:
        exchange = asked(script, timeout=0.3)
    assert exchange.reasons == ("no answer within 0.3 s",)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)


@pytest.mark.usefixtures("quick")
def test_a_broken_connection_is_tried_again() -> None:
    with serving(resets, says(GOOD)) as script:
        assert asked(script).answer == CHOICE
    with serving(resets) as script:
        exchanges = client(script).ask([question("a"), question("b")])
    assert len(script.requests) == 4
    assert {e.problem.code for e in exchanges if e.problem} == {"L004"}


@pytest.mark.usefixtures("quick")
def test_a_server_that_is_not_there_is_named() -> None:
    [exchange] = client(None).ask([question()])
    assert exchange.problem
    assert exchange.problem.code == "L004"
    assert "http://127.0.0.1:9/v1 can't be reached" in str(exchange.problem)


@pytest.mark.parametrize("step", [stalls, trickles])
def test_no_server_holds_a_question_longer_than_its_time(step: Step) -> None:
    with serving(step) as script:
        started = time.monotonic()
        exchanges = client(script, timeout=0.4).ask([question(c) for c in "abcdef"])
        assert time.monotonic() - started < 3
    assert len(script.requests) == 2, "two time-outs in a row are enough"
    assert {e.problem.code for e in exchanges if e.problem} == {"L006"}
    assert len(exchanges) == 6


def test_the_time_is_that_of_both_answers() -> None:
    with serving(says("no", after=0.3), says(GOOD, after=0.4)) as script:
        exchange = asked(script, timeout=0.6)
    assert exchange.outcome == "failed"


def test_no_key_for_openai_is_told_without_a_request() -> None:
    llm = SpecLlm(model="m")
    [exchange] = Client(llm, find_endpoint(llm, {}), Transcript()).ask([question()])
    assert exchange.problem
    assert exchange.problem.code == "L001"
    assert "AUTOM3L_API_KEY" in str(exchange.problem)


def test_keys_and_addresses_come_from_the_environment() -> None:
    llm = SpecLlm(model="m")
    both = {
        "AUTOM3L_API_KEY": "a",
        "OPENAI_API_KEY": "b",
        "OPENAI_BASE_URL": "http://x/v1/",
    }
    found = find_endpoint(llm, both)
    assert (found.key, found.key_name, found.base_url) == (
        "a",
        "AUTOM3L_API_KEY",
        "http://x/v1",
    )
    assert find_endpoint(llm, {"OPENAI_API_KEY": "b"}).key == "b"
    own = replace(llm, base_url="http://localhost:1/v1")
    assert find_endpoint(own, both).base_url == "http://localhost:1/v1"
    assert find_endpoint(own, both).local
    assert "'a'" not in repr(found)


@pytest.mark.parametrize(
    ("base_url", "sent"),
    [
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com/v1", True),
        ("https://API.OpenAI.com/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://api.openai.com/v1", False),
        ("https://api.openai.com.example.org/v1", False),
        ("https://evilapi.openai.com/v1", False),
        ("https://a.b.api.openai.com/v1", False),
        ("https://example.org/api.openai.com", False),
        ("https://example.org\\.api.openai.com/v1", False),
        ("http://192.168.0.7/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://localhost.example.org/v1", False),
    ],
)
def test_no_spec_sends_the_key_of_openai_elsewhere(base_url: str, sent: bool) -> None:
    llm = SpecLlm(model="m", base_url=base_url)
    found = find_endpoint(llm, {"OPENAI_API_KEY": KEY})
    assert (found.key, found.withheld) == (
        (KEY, None) if sent else (None, "OPENAI_API_KEY")
    )
    own = find_endpoint(llm, {"OPENAI_API_KEY": KEY, "AUTOM3L_API_KEY": "own"})
    assert (own.key, own.withheld) == ("own", None)
    # Who sets both variables means both.
    pair = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": base_url}
    assert find_endpoint(SpecLlm(model="m"), pair).key == KEY


def test_a_key_that_is_withheld_is_named() -> None:
    with serving(refuses(401, "who are you?")) as script:
        endpoint = Endpoint(script.base_url, "m", None, withheld="OPENAI_API_KEY")
        llm = SpecLlm(model="m")
        [exchange] = Client(llm, endpoint, Transcript()).ask([question()])
    assert exchange.problem
    assert exchange.problem.code == "L024"
    assert "set AUTOM3L_API_KEY" in str(exchange.problem)
    assert script.headers[0]["authorization"] == "Bearer none"


def test_a_server_of_ones_own_needs_no_key() -> None:
    with serving(says(GOOD)) as script:
        llm = SpecLlm(model="m", base_url=script.base_url)
        model = Client(llm, find_endpoint(llm, {}), Transcript())
        assert model.ask([question()])[0].answer == CHOICE


@pytest.mark.parametrize(
    "limits",
    [
        {"max_calls": 3},
        {"max_tokens": 13_000},
        {"max_cost": 0.013, "prices": Prices(input=1.0, output=1.0)},
    ],
)
def test_the_budget_ends_in_the_middle_and_the_rest_stays_as_it_is(limits: Any) -> None:
    used = says(GOOD, usage=(3000, 500))
    with serving(used) as script:
        model = client(script, **limits)
        exchanges = model.ask([question(c) for c in "abcdef"])
    done = [exchange for exchange in exchanges if exchange.outcome == "accepted"]
    rest = exchanges[len(done) :]
    assert 0 < len(done) < 6
    assert len(script.requests) == len(done)
    assert {exchange.outcome for exchange in rest} == {"skipped"}
    assert {e.problem.code for e in rest if e.problem} == {"L010"}
    assert model.spent.tokens == 3500 * len(done) <= 13_000


def test_without_a_word_on_usage_the_estimate_counts() -> None:
    with serving(says(GOOD, usage=None)) as script:
        model = client(script)
        [exchange] = model.ask([question()])
    assert exchange.usage.calls == 1
    assert exchange.usage.prompt_tokens > 10
    assert exchange.usage.completion_tokens > 10
    assert json.loads(model.transcript.text())["attempts"][0]["estimated"] is True


def test_the_estimate_is_no_less_than_the_use() -> None:
    with serving(says(GOOD)) as script:
        model = client(script)
        most = model.estimate([question()])
        assert script.requests == []
        model.ask([question()])
        assert most.tokens >= model.spent.tokens
        assert (most.calls, model.estimate([question()]).calls) == (1, 0)


def test_the_transcript_is_that_of_the_questions_not_of_who_came_first() -> None:
    def step(slow: str) -> Step:
        def answer(body: Body) -> Step:
            user = body["messages"][1]["content"]
            return says({**GOOD, "name": user}, after=0.15 if user in slow else 0)

        return answers(answer)

    texts = []
    for slow in ("be", "cdf"):
        with serving(step(slow)) as script:
            model = client(script)
            exchanges = model.ask([question(c) for c in "abcdef"])
            assert [e.answer and e.answer.name for e in exchanges] == list("abcdef")
            texts.append(model.transcript.text())
    assert texts[0] == texts[1]
    assert texts[0].count("\n") == 6


def test_questions_are_asked_at_once() -> None:
    with serving(says(GOOD, after=0.25)) as script:
        started = time.monotonic()
        client(script).ask([question(c) for c in "abcde"])
        assert time.monotonic() - started < 5 * 0.25


def test_a_transcript_replays_without_a_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    questions = [question("a"), question("b"), question("a")]
    with serving(says(GOOD), says("no"), says("no")) as script:
        model = client(script)
        before = model.ask(questions)
    assert len(script.requests) == 3, "the same question is asked once"
    text = model.transcript.text()
    monkeypatch.setattr("autom3l.llm.client.connection", None)
    for mode in ("normal", "locked", "offline"):
        again = client(None, text, mode)
        after = again.ask(questions)
        assert [e.answer for e in after] == [e.answer for e in before]
        assert [e.outcome for e in after] == ["accepted", "rejected", "accepted"]
        assert [e.source for e in after] == ["transcript", "none", "transcript"]
        assert again.transcript.text() == text
        assert again.spent.calls == 0


def test_a_failure_is_asked_again_unless_locked() -> None:
    with serving(refuses(401, "no")) as script:
        model = client(script)
        model.ask([question()])
    text = model.transcript.text()
    [exchange] = client(None, text, "locked").ask([question()])
    assert (exchange.outcome, exchange.reasons) == (
        "failed",
        ("the server answered 401",),
    )
    with serving(says(GOOD)) as script:
        assert client(script, text).ask([question()])[0].answer == CHOICE


@pytest.mark.parametrize(
    ("changed", "limits", "told"),
    [
        (question("new"), {}, "the prompt changed"),
        (question(), {"temperature": 1.0}, "the parameters changed"),
        (
            question(check=lambda _: ["no"]),
            {},
            "the rules that check the answer changed",
        ),
        (
            Question(
                "modalities", "answer", "You type columns.", "What is age?", Other
            ),
            {},
            "the JSON Schema changed",
        ),
        (
            replace(question(), pass_name="models"),
            {"temperature": 1.0},
            "nothing of this pass",
        ),
    ],
)
def test_a_locked_miss_says_what_changed(changed: Any, limits: Any, told: str) -> None:
    with serving(says(GOOD)) as script:
        model = client(script)
        model.ask([question()])
    text = model.transcript.text()
    with pytest.raises(ModelError, match=told) as error:
        client(None, text, "locked", **limits).ask([changed])
    assert error.value.exit_code == 3
    [problem] = error.value.diagnostics
    assert problem.code == "L011"


def test_another_model_is_a_locked_miss() -> None:
    with serving(says(GOOD)) as script:
        model = client(script)
        model.ask([question()])
    llm = SpecLlm(model="new")
    other = Client(
        llm, find_endpoint(llm, {}), Transcript(model.transcript.text()), mode="locked"
    )
    with pytest.raises(ModelError, match=r"'m' was asked, 'new' is now"):
        other.ask([question()])


def test_offline_never_calls_and_says_so() -> None:
    with serving(says(GOOD)) as script:
        [exchange] = client(script, mode="offline").ask([question()])
    assert script.requests == []
    assert exchange.outcome == "skipped"
    assert exchange.reasons == ("offline, and the transcript holds no answer",)


def test_refresh_asks_a_pass_anew_and_no_other() -> None:
    questions = [question(), replace(question(), pass_name="models", user="b")]
    with serving(says(GOOD)) as script:
        model = client(script)
        model.ask(questions)
    with serving(says({**GOOD, "levels": 9})) as script:
        again = client(script, model.transcript.text(), refresh=["models"])
        kept, new = again.ask(questions)
    assert len(script.requests) == 1
    assert kept.answer == CHOICE
    assert new.answer == replace(CHOICE, levels=9)


def test_personal_data_is_masked_in_all_that_is_sent_and_kept() -> None:
    asking = question("cells: jane@example.org, 4111 1111 1111 1111")
    wrong = {**GOOD, "modality": "jane@example.org"}
    with serving(says(wrong), says(GOOD)) as script:
        model = client(script)
        assert model.ask([asking])[0].answer == CHOICE
    sent = json.dumps(script.requests)
    assert "jane@" not in sent
    assert "4111" not in sent
    assert "cells: [email], [card]" in sent
    messages = [a["messages"] for a in json.loads(model.transcript.text())["attempts"]]
    assert "jane@" not in json.dumps(messages)
