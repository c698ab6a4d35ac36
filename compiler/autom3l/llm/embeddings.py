"""Texts as vectors, and which of them are nearest to a query, where a server can.

The order of a ranking goes into the transcript, the vectors do not: they are long.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from autom3l.diagnostics import Diagnostic, ModelError
from autom3l.llm.budget import NOTHING, Usage, estimated_call, exceeded
from autom3l.llm.client import Client
from autom3l.llm.masking import mask
from autom3l.llm.question import Outcome
from autom3l.llm.running import run
from autom3l.llm.sending import UnansweredError, Wire, connection
from autom3l.llm.transcript import Asked, Entry, digest

RETRIEVAL = "retrieval"
MAX_SECONDS = 60.0

Vectors = list[list[float]]


def embed(client: Client, texts: Sequence[str]) -> Vectors | None:
    """One vector for each text; `None` where none are to be had, for what reason ever.

    Masked, within the budget, and never asked for when locked or offline.
    """
    if client.mode != "normal":
        return None
    try:
        return run(_embed(client, texts))
    except UnansweredError:
        return None


def rank(client: Client, query: str, texts: Sequence[str]) -> tuple[int, ...] | None:
    """The texts by their nearness to the query, as indices; `None` as for `embed`.

    Raises `ModelError` when locked and the transcript lacks it.
    """
    prompt = digest([query, *texts])
    model = client.endpoint.embedding_model
    asked = Asked(RETRIEVAL, model, {}, digest("ranking"), prompt)
    entry = client.transcript.find(asked, anew=RETRIEVAL in client.refresh)
    settled = client.mode != "normal" or client.transcript.find(asked, anew=True)
    if entry and (entry.outcome != "failed" or settled):
        return _order(client.transcript.keep(asked).answer)
    if client.mode == "locked":
        change = client.transcript.difference(asked)
        message = f"the transcript has no ranking of these cards: {change}"
        hint = "compile without --locked to ask the model"
        raise ModelError(Diagnostic("L013", message, RETRIEVAL, hint))
    order, outcome, reasons = _ranked(client, query, texts)
    client.transcript.add(_entry(asked, order, outcome, reasons))
    return order


def _ranked(
    client: Client, query: str, texts: Sequence[str]
) -> tuple[tuple[int, ...] | None, Outcome, tuple[str, ...]]:
    if client.mode == "offline":
        return None, "skipped", ("offline, and the transcript holds no ranking",)
    try:
        vectors = run(_embed(client, [query, *texts]))
    except UnansweredError as error:
        return None, "failed", (error.reason,)
    if vectors is None:
        return None, "rejected", ("the endpoint or the budget allows no embeddings",)
    first, *others = vectors
    nearness = [_cosine(first, other) for other in others]
    order = sorted(range(len(others)), key=lambda i: (-nearness[i], i))
    return tuple(order), "accepted", ()


async def _embed(client: Client, texts: Sequence[str]) -> Vectors | None:
    """Raises `UnansweredError` where no server answers."""
    masked = [mask(text) for text in texts]
    most = replace(estimated_call(masked, 0), calls=0)
    if not texts or exceeded(client.llm, client.spent + most):
        return None
    seconds = min(client.llm.timeout, MAX_SECONDS)
    async with connection(client.endpoint, seconds) as wire:
        vectors, usage = await _request(wire, masked, seconds)
    # What a refused request costs is nothing; one without usage costs the estimate.
    client.spent += usage or (most if vectors else NOTHING)
    return vectors


async def _request(
    wire: Wire, texts: list[str], seconds: float
) -> tuple[Vectors | None, Usage | None]:
    from openai import APIConnectionError, APIStatusError  # noqa: PLC0415

    create: Any = wire.client.embeddings.with_raw_response.create
    model = wire.endpoint.embedding_model
    try:
        async with asyncio.timeout(seconds):
            # Without a format the package asks for base64, which few servers know.
            answer = await create(model=model, input=texts, encoding_format="float")
    except APIStatusError:
        return None, None
    except (APIConnectionError, TimeoutError):
        reason = "no answer about embeddings"
        message = f"{wire.endpoint.base_url} does not answer about embeddings"
        problem = Diagnostic("L014", message, "llm")
        raise UnansweredError(reason, problem) from None
    return _vectors(answer.http_response.text, len(texts))


def _vectors(body: str, count: int) -> tuple[Vectors | None, Usage | None]:
    """Those of an answer, in the order asked for; `None` where it is none."""
    try:
        data = json.loads(body)
        items = sorted(data["data"], key=lambda item: item["index"])
        vectors = [[float(x) for x in item["embedding"]] for item in items]
        tokens = (data.get("usage") or {}).get("prompt_tokens")
    except (ValueError, LookupError, TypeError, AttributeError):
        return None, None
    usage = Usage(0, tokens) if isinstance(tokens, int) else None
    lengths = {len(vector) for vector in vectors}
    whole = len(vectors) == count and len(lengths) == 1 and lengths != {0}
    finite = all(math.isfinite(x) for vector in vectors for x in vector)
    return (vectors if whole and finite else None), usage


def _cosine(a: list[float], b: list[float]) -> float:
    length = math.hypot(*a) * math.hypot(*b)
    return sum(x * y for x, y in zip(a, b, strict=True)) / length if length else 0.0


def _order(answer: Any) -> tuple[int, ...] | None:
    return None if answer is None else tuple(answer)


def _entry(
    asked: Asked,
    order: tuple[int, ...] | None,
    outcome: Outcome,
    reasons: tuple[str, ...],
) -> Entry:
    return Entry(
        asked.request,
        asked.pass_name,
        asked.model,
        asked.parameters,
        asked.schema,
        asked.prompt,
        (),
        outcome,
        None if order is None else list(order),
        reasons,
        "rule" if order is None else "llm",
    )
