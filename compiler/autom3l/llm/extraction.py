"""The JSON object in a model's answer, whatever stands around it.

A sloppy object (Python's `True`, trailing commas, single quotes) is mended by
json-repair. One that ends too early is told as cut off: mending would invent its end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_ANSWER = 200_000

_THOUGHTS = re.compile(r"\A(?:\s*<think>.*?</think>)+", re.DOTALL)
_UNOPENED = re.compile(r"\A.*?</think>", re.DOTALL)


@dataclass(frozen=True)
class Found:
    """The object in an answer, or why there is none; `cut`: it ends too early."""

    value: dict[str, Any] | None = None
    reason: str = ""
    cut: bool = False


def find_object(text: str, keys: frozenset[str]) -> Found:
    """The object that has most of the expected keys; of equals the last one."""
    if len(text) > MAX_ANSWER:
        return Found(reason=f"the answer has {len(text):,} characters")
    said = without_thoughts(text)
    found = _find(said.strip(), keys)
    if found.value is None and said != text and not _thinks(text):
        # What looked like the end of a thought may be a text of the object.
        whole = _find(text.strip(), keys)
        return found if whole.value is None else whole
    return found


def without_thoughts(text: str) -> str:
    """The text after a model's `<think>` block, whose start some servers leave out."""
    rest, closed = _THOUGHTS.subn("", text)
    if _thinks(rest):
        return ""
    return rest if closed else _UNOPENED.sub("", rest)


def _thinks(text: str) -> bool:
    return text.lstrip().startswith("<think>")


def _find(text: str, keys: frozenset[str]) -> Found:
    if not text:
        return Found(reason="the answer is empty")
    whole = _loads(text)
    if whole is not None:
        return _valid(whole)
    pieces = list(_braced(text))
    objects = [o for piece in pieces if (o := _read(piece)) is not None]
    best = max(reversed(objects), key=lambda o: len(keys & o.keys()), default=None)
    if _unclosed(text) and not (best and keys <= best.keys()):
        return Found(reason="the answer is cut off: its JSON never ends", cut=True)
    if best is None:
        return Found(reason="the answer holds no JSON object")
    return _valid(best)


def _loads(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _read(piece: str) -> dict[str, Any] | None:
    """The object of one balanced piece of text, mended where it needs to be."""
    exact = _loads(piece)
    if exact is not None:
        return exact
    # Only sloppy answers need it.
    from json_repair import loads  # noqa: PLC0415

    try:
        value = loads(piece, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None
    # What stands in braces in prose is mended into nothing, or into no mapping.
    return value if isinstance(value, dict) and value else None


def _braced(text: str) -> Iterator[str]:
    """The outermost balanced `{...}` of a text."""
    start = 0
    for position, depth in _depths(text):
        if depth == 1 and text[position] == "{":
            start = position
        if depth == 0:
            yield text[start : position + 1]


def _unclosed(text: str) -> bool:
    return max(_depths(text), default=(0, 0))[1] > 0


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """Where braces stand outside of strings, and how deep they leave the text."""
    depth = 0
    quoted = False
    for mark in re.finditer(r'\\.|["{}]', text, re.DOTALL):
        sign = mark[0]
        if sign == '"' and depth:
            quoted = not quoted
        elif sign in "{}" and not quoted:
            depth = max(0, depth + (1 if sign == "{" else -1))
            yield mark.start(), depth


def _valid(value: dict[str, Any]) -> Found:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return Found(reason="the answer holds text or numbers that JSON has not")
    return Found(value)
