"""One request over the network: a reply, or the reason why there is none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from autom3l.diagnostics import Diagnostic
from autom3l.llm.budget import Usage
from autom3l.llm.endpoint import KEYS, NO_KEY, Endpoint
from autom3l.llm.masking import mask
from autom3l.llm.question import Message
from autom3l.llm.rungs import Form, Manner, with_schema

if TYPE_CHECKING:
    from ssl import SSLContext

    from openai import APIStatusError, AsyncOpenAI

# The openai package waits between them, longer each time, or as Retry-After says.
RETRIES = 3
MAX_TOLD = 200

# Words of a refusal that is about the form of the answer, whatever its status.
_ABOUT_FORM = ("response_format", "json_schema", "tool", "grammar")


@dataclass(frozen=True)
class Reply:
    """What a server answered. `usage` is `None` where it did not say."""

    text: str
    manner: Manner
    messages: tuple[Message, ...]
    usage: Usage | None
    cut: bool = False
    refusal: str = ""


class UnansweredError(Exception):
    """No answer came. `reason` holds no host and no time; `hopeless`: none will."""

    def __init__(
        self, reason: str, problem: Diagnostic, *, hopeless: bool = False
    ) -> None:
        self.reason = reason
        self.problem = problem
        self.hopeless = hopeless
        super().__init__(reason)


@dataclass(frozen=True)
class Wire:
    """An open connection to an endpoint."""

    client: AsyncOpenAI
    endpoint: Endpoint


@asynccontextmanager
async def connection(endpoint: Endpoint, seconds: float) -> AsyncIterator[Wire]:
    """The connection to an endpoint, by the openai package.

    Raises `UnansweredError` where a key is needed and there is none.
    """
    if endpoint.key is None and endpoint.needs_key:
        hint = f"set {KEYS[0]}, or name a server of your own as llm.base_url"
        message = f"no key for {endpoint.base_url}: neither {' nor '.join(KEYS)} is set"
        problem = Diagnostic("L001", message, "llm", hint)
        raise UnansweredError("no key is set", problem, hopeless=True)
    # Half a second to import, which no other command should pay.
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout  # noqa: PLC0415

    async with AsyncOpenAI(
        api_key=endpoint.key or NO_KEY,
        base_url=endpoint.base_url,
        # `send` keeps the time; this only ends what it has given up.
        timeout=Timeout(seconds + 5, connect=10),
        max_retries=RETRIES,
        # A proxy of the environment does not lead to this machine.
        http_client=DefaultAsyncHttpxClient(
            trust_env=not endpoint.local, verify=_trusted(not endpoint.local)
        ),
    ) as client:
        yield Wire(client, endpoint)


@cache
def _trusted(trust_env: bool) -> SSLContext:
    """Whose certificates are believed: to read them takes longer than a request."""
    from httpx2 import create_ssl_context  # noqa: PLC0415 (as above)

    return create_ssl_context(trust_env=trust_env)


async def send(
    wire: Wire,
    messages: tuple[Message, ...],
    form: Form,
    manner: Manner,
    seconds: float,
) -> Reply:
    """The reply of the model, asked in the best manner that its server takes.

    Raises `UnansweredError`, at the latest after `seconds`, however slowly bytes come.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _climb_down(wire, messages, form, manner)
    except TimeoutError:
        reason = f"no answer within {seconds:g} s"
        hint = "raise llm.timeout, or name a faster model"
        message = f"{wire.endpoint.base_url}: {reason}"
        problem = Diagnostic("L006", message, "llm", hint)
        raise UnansweredError(reason, problem) from None


async def _climb_down(
    wire: Wire,
    messages: tuple[Message, ...],
    form: Form,
    manner: Manner,
) -> Reply:
    """Each refusal takes away a parameter or a rung, so this comes to an end."""
    from openai import APIConnectionError, APIStatusError  # noqa: PLC0415

    client, endpoint = wire.client, wire.endpoint
    while True:
        sent = tuple({**m, "content": mask(m["content"])} for m in messages)
        sent = with_schema(sent, form) if manner.says_schema else sent
        body = {"model": endpoint.model, "messages": list(sent), **manner.request(form)}
        create: Any = client.chat.completions.with_raw_response.create
        try:
            response = await create(**body)
            return _reply(response.http_response.text, manner, sent, endpoint)
        except APIStatusError as error:
            told = _told(error)
            next_manner = manner.after_refusal(told) if _refused(error, told) else None
            if next_manner is None:
                raise _status_problem(error, endpoint) from None
            manner = next_manner
        except APIConnectionError as error:
            cause = str(error.__cause__ or error)
            reason = "the server can't be reached"
            message = f"{endpoint.base_url} can't be reached: {cause[:MAX_TOLD]}"
            hint = "is the server running, and llm.base_url its address?"
            problem = Diagnostic("L004", message, "llm", hint)
            raise UnansweredError(reason, problem, hopeless=True) from None


def _refused(error: APIStatusError, told: str) -> bool:
    """Whether the server refused how it was asked, and may take another way."""
    if error.status_code in (400, 422):
        return True
    unable = error.status_code == 404 or error.status_code >= 500
    return unable and any(word in told for word in _ABOUT_FORM)


def _told(error: APIStatusError) -> str:
    """What the server says, in whatever form it says it."""
    body = error.body if isinstance(error.body, str) else json.dumps(error.body)
    return f"{error.param or ''} {body}"


def _status_problem(error: APIStatusError, endpoint: Endpoint) -> UnansweredError:
    status = error.status_code
    reason = f"the server answered {status}"
    hopeless = True
    told = ""
    if status in (401, 403) and endpoint.withheld:
        code, told = "L024", f"{endpoint.base_url} refuses to answer without a key"
        hint = f"set {KEYS[0]}: {endpoint.withheld} is sent to OpenAI alone"
    elif status in (401, 403):
        code, told = "L002", f"{endpoint.base_url} refuses the key ({status})"
        name = endpoint.key_name
        hint = f"mend {name}" if name else f"it needs one: set {KEYS[0]}"
    elif status == 404:
        code, told = "L003", f"{endpoint.base_url} knows no model {endpoint.model!r}"
        hint = "mend llm.model, or llm.base_url, which often ends in /v1"
    elif status == 429 or status >= 500:
        code, told = "L005", f"{endpoint.base_url} answered {status} again and again"
        hint = "wait, and look at the limits and the credit of the account"
        hopeless = status == 429
    else:
        code = "L007"
        said = endpoint.without_key(" ".join(error.message.split()))[:MAX_TOLD]
        told = f"{endpoint.base_url} refuses the request: {said}"
        hint = "see what the server says; `autom3l doctor` tries it alone"
        hopeless = False
    problem = Diagnostic(code, told, "llm", hint)
    return UnansweredError(reason, problem, hopeless=hopeless)


def _reply(
    body: str, manner: Manner, sent: tuple[Message, ...], endpoint: Endpoint
) -> Reply:
    """Read leniently: servers leave out, or fill with null, what is not theirs."""
    try:
        data = json.loads(body)
        choice = data["choices"][0]
        message = choice["message"]
        text = _tool_text(message) or message.get("content") or ""
        refusal = message.get("refusal") or ""
        finish = choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        message = f"{endpoint.base_url} gave no chat completion: {body[:80]!r}"
        hint = "llm.base_url must be that of an OpenAI-compatible server"
        problem = Diagnostic("L008", message, "llm", hint)
        reason = "the server gave no chat completion"
        raise UnansweredError(reason, problem) from None
    if finish == "content_filter":
        refusal = refusal or "the content filter of the server"
    plain = _unicode(text if isinstance(text, str) else json.dumps(text))
    cut = finish == "length"
    usage = _usage(data.get("usage"))
    return Reply(plain, manner, sent, usage, cut, _unicode(str(refusal)))


def _tool_text(message: dict[str, Any]) -> Any:
    calls = message.get("tool_calls") or [{}]
    return calls[0].get("function", {}).get("arguments")


def _usage(told: Any) -> Usage | None:
    if not isinstance(told, dict):
        return None
    sent, received = told.get("prompt_tokens"), told.get("completion_tokens")
    if type(sent) is int and type(received) is int and min(sent, received) >= 0:
        return Usage(1, sent, received)
    return None


def _unicode(text: str) -> str:
    """Without half characters, which no file takes."""
    return text.encode("utf-8", "replace").decode()
