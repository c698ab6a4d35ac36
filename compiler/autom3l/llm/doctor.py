"""`autom3l doctor`: whether the model of a spec answers, how, and what to do if not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass as validated
from pydantic_core import ErrorDetails

from autom3l.diagnostics import Diagnostic, UserError
from autom3l.llm.client import Client
from autom3l.llm.embeddings import embed
from autom3l.llm.endpoint import KEYS, Endpoint, find_endpoint
from autom3l.llm.question import Exchange, Question
from autom3l.llm.transcript import Attempt, Transcript
from autom3l.spec import SpecLlm
from autom3l.spec_reading import load_spec

MAX_SECONDS = 60.0


@validated(frozen=True, config=ConfigDict(extra="forbid"))
class _Ready:
    state: Literal["ready"]


_PROBE = Question(
    "doctor",
    "readiness",
    "You are asked whether you can answer in the form that is wanted.",
    "Answer with the one word that the field `state` may hold.",
    _Ready,
)


@dataclass(frozen=True)
class Findings:
    """What one short question showed. `attempt`: the last answer, if there was one."""

    endpoint: Endpoint
    exchange: Exchange[_Ready]
    attempt: Attempt | None
    seconds: float
    dimensions: int | None

    @property
    def problem(self) -> Diagnostic | None:
        """Why the model can't plan; `None` where it can."""
        return self.exchange.problem

    @property
    def advice(self) -> list[str]:
        """What could be better, though it works."""
        return list(_advice(self))


def model_to_examine(
    spec: Path | None, model: str | None, base_url: str | None
) -> SpecLlm:
    """That of the spec, as far as the flags say nothing else; raises `UserError`."""
    llm = load_spec(spec).llm if spec else None
    name = model or (llm.model if llm else None)
    if name is None:
        message = f"{str(spec)!r} names no model" if spec else "no model is named"
        hint = "give --model NAME, or a spec with llm.model"
        raise UserError(Diagnostic("L015", message, hint=hint))
    try:
        llm = replace(llm, model=name) if llm else SpecLlm(model=name)
        return replace(llm, base_url=base_url or llm.base_url)
    except ValidationError as error:
        raise UserError(_impossible(error.errors()[0])) from None


def examine(llm: SpecLlm) -> Findings:
    """Asks the model one short question, and for embeddings."""
    llm = replace(llm, timeout=min(llm.timeout, MAX_SECONDS))
    endpoint = find_endpoint(llm, os.environ)
    transcript = Transcript()
    client = Client(llm, endpoint, transcript)
    started = time.perf_counter()
    [exchange] = client.ask([_PROBE])
    seconds = time.perf_counter() - started
    attempts = next(entry.attempts for entry in transcript)
    vectors = embed(client, ["a word"]) if attempts else None
    dimensions = len(vectors[0]) if vectors else None
    attempt = attempts[-1] if attempts else None
    return Findings(endpoint, exchange, attempt, seconds, dimensions)


def findings_text(findings: Findings) -> str:
    """One screen."""
    data = findings_data(findings)
    key = data["key"] or f"none: {_no_key(findings.endpoint)}"
    rows = {
        "endpoint": data["endpoint"],
        "model": data["model"],
        "key": key,
        "answers": "yes" if data["works"] else "no",
    }
    if findings.attempt:
        sampling = ", ".join(f"{k} {v:g}" for k, v in data["parameters"].items())
        rows["form"] = data["form"]
        rows["accepted"] = sampling or "no parameter"
        rows["time"] = f"{findings.seconds:.2f} s for {data['answers']} answer(s)"
        size = data["embedding_dimensions"]
        rows["embeddings"] = f"{size} dimensions" if size else "none"
    lines = [f"{name:<11} {value}" for name, value in rows.items()]
    return "\n".join([*lines, *(f"advice      {line}" for line in findings.advice)])


def findings_data(findings: Findings) -> dict[str, Any]:
    """For machines; never the key, only the name of its variable."""
    attempt, problem = findings.attempt, findings.problem
    return {
        "endpoint": findings.endpoint.base_url,
        "model": findings.endpoint.model,
        "key": findings.endpoint.key_name,
        "works": findings.exchange.outcome == "accepted",
        "form": attempt.rung if attempt else None,
        "parameters": attempt.parameters if attempt else {},
        "answers": findings.exchange.usage.calls,
        "seconds": round(findings.seconds, 3),
        "embedding_dimensions": findings.dimensions,
        "advice": findings.advice,
        "problem": str(problem) if problem else None,
    }


def _no_key(endpoint: Endpoint) -> str:
    if endpoint.withheld:
        return f"{endpoint.withheld} is sent to OpenAI alone; {KEYS[0]} is not set"
    return f"neither {' nor '.join(KEYS)} is set"


def _impossible(mistake: ErrorDetails) -> Diagnostic:
    if mistake["loc"][0] == "model":
        message = f"{mistake['input']!r} can't be what a server calls a model"
        hint = "visible ASCII characters, no spaces"
        return Diagnostic("L016", message, "--model", hint)
    # Not quoted: the part before an @ may be a password.
    hint = "as in http://localhost:11434/v1: no user, password or query in it"
    return Diagnostic("L016", "this is no address of a server", "--base-url", hint)


def _advice(findings: Findings) -> Iterator[str]:
    endpoint, attempt = findings.endpoint, findings.attempt
    if endpoint.base_url.startswith("http:") and endpoint.key and not endpoint.local:
        yield f"{endpoint.key_name} and your data travel unencrypted: use https"
    if attempt is None:
        return
    if attempt.rung == "text":
        yield "the server enforces no form: expect answers that have to be repeated"
    if "temperature" not in attempt.parameters:
        yield "the model refuses a temperature: only a transcript repeats its plan"
    if findings.dimensions is None:
        yield "without embeddings, models are retrieved by the words of their cards"
