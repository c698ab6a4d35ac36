"""A scripted OpenAI-compatible server on loopback: each request takes the next step."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
# What happens to one request; raises nothing, writes the answer itself.
Step = Callable[[BaseHTTPRequestHandler, Body], None]
SOON = {"retry-after-ms": "10"}


@dataclass
class Script:
    """Steps in the order of requests; the last one stays. `requests` fills up."""

    steps: list[Step]
    base_url: str = ""
    requests: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def take(self, body: Body, headers: dict[str, str]) -> Step:
        with self.lock:
            self.requests.append(body)
            self.headers.append(headers)
            return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]


@contextmanager
def serving(*steps: Step) -> Iterator[Script]:
    """A server that follows the steps until the block ends."""
    script = Script(list(steps))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = {"path": self.path, **json.loads(self.rfile.read(size))}
            try:
                script.take(body, {k.lower(): v for k, v in self.headers.items()})(
                    self, body
                )
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client gave up, as it should

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    setattr(server, "script_over", script.over)  # noqa: B010
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    script.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def says(
    content: Any,
    *,
    finish: str = "stop",
    usage: Any = (100, 20),
    after: float = 0.0,
    **message: Any,
) -> Step:
    """A chat completion; what is no text is sent as JSON."""
    text = content if content is None or isinstance(content, str) else dumped(content)
    return _completes({"content": text, **message}, finish, usage, after)


def calls_tool(arguments: Any) -> Step:
    """A chat completion that calls the tool it was given."""
    function = {"name": "answer", "arguments": dumped(arguments)}
    call = {"id": "1", "type": "function", "function": function}
    return _completes({"content": None, "tool_calls": [call]}, "tool_calls", (9, 9), 0)


def answers(by_body: Callable[[Body], Step]) -> Step:
    """A step that depends on what is asked."""

    def step(handler: BaseHTTPRequestHandler, body: Body) -> None:
        by_body(body)(handler, body)

    return step


def refuses(
    status: int, message: str, *, headers: dict[str, str] | None = None, **error: Any
) -> Step:
    """An error as OpenAI's servers tell it."""

    def step(handler: BaseHTTPRequestHandler, _: Body) -> None:
        data = dumped({"error": {"message": message, **error}})
        _send(handler, status, data, headers or {})

    return step


def sends(status: int, text: str, kind: str = "application/json") -> Step:
    """Any text at all."""

    def step(handler: BaseHTTPRequestHandler, _: Body) -> None:
        _send(handler, status, text, {"Content-Type": kind})

    return step


def resets(handler: BaseHTTPRequestHandler, _: Body) -> None:
    """The connection breaks without an answer."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def stalls(handler: BaseHTTPRequestHandler, _: Body) -> None:
    """Nothing comes until the script is over."""
    _over(handler).wait(30)
    handler.close_connection = True


def trickles(handler: BaseHTTPRequestHandler, _: Body) -> None:
    """A byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not _over(handler).wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()
    handler.close_connection = True


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _completes(message: Body, finish: str, usage: Any, after: float) -> Step:
    def step(handler: BaseHTTPRequestHandler, body: Body) -> None:
        time.sleep(after)
        choice = {"index": 0, "finish_reason": finish, "message": message}
        data: Body = {"id": "1", "object": "chat.completion", "choices": [choice]}
        if usage:
            names = ("prompt_tokens", "completion_tokens")
            data["usage"] = dict(zip(names, usage, strict=True))
        _send(handler, 200, dumped({**data, "model": body.get("model")}), {})

    return step


def _send(
    handler: BaseHTTPRequestHandler, status: int, text: str, headers: dict[str, str]
) -> None:
    data = text.encode()
    handler.send_response(status)
    defaults = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    for name, value in {**defaults, **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)


def _over(handler: BaseHTTPRequestHandler) -> threading.Event:
    over: threading.Event = getattr(handler.server, "script_over")  # noqa: B009
    return over
