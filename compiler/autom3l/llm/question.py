"""What a model is asked, and what came of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Generic, Literal, TypeVar

from pydantic import TypeAdapter

from autom3l.diagnostics import Diagnostic
from autom3l.llm.budget import NOTHING, Usage

Answer = TypeVar("Answer")
Message = dict[str, str]
# Accepted: use the answer. Rejected: it was wrong twice. Failed: no answer came.
# Skipped: nobody was asked.
Outcome = Literal["accepted", "rejected", "failed", "skipped"]
Source = Literal["model", "transcript", "none"]

# Limits of length that strict decoding does not know; the validation of types does.
_NOT_STRICT = ("default", "title", "minLength", "maxLength", "uniqueItems", "format")


def no_problem(_answer: Any) -> list[str]:
    """The check of a question that has none."""
    return []


@dataclass(frozen=True)
class Question(Generic[Answer]):
    """One question. `answer`: the pydantic type that an answer must have.

    `name` is that of its JSON Schema, in letters, digits and `_`. `words`: the only
    texts that a field (or the items of its list) may hold, by the field's name, at
    whatever depth it stands.
    `check` gives what is wrong with an answer of the right type, in words that teach.
    `answer_tokens` bounds the answer, with what the model thinks.
    """

    pass_name: str
    name: str
    system: str
    user: str
    answer: type[Answer]
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    check: Callable[[Answer], list[str]] = no_problem
    answer_tokens: int = 4000

    @property
    def messages(self) -> tuple[Message, ...]:
        """As the Chat Completions of OpenAI take them."""
        return (
            {"role": "system", "content": self.system},
            {"role": "user", "content": self.user},
        )

    @cached_property
    def adapter(self) -> TypeAdapter[Answer]:
        """What validates an answer."""
        return TypeAdapter(self.answer)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The strict JSON Schema: every key required, no other allowed."""
        # mypy believes that types can't be hashed.
        schema = _strict_schema(self.answer)  # type: ignore[arg-type]
        closed: dict[str, Any] = _closed(schema, self.words)
        return closed


@dataclass(frozen=True)
class Exchange(Generic[Answer]):
    """What came of one question.

    `answer` is there where `outcome` is accepted; otherwise the caller's default stays,
    `reasons` say why and `problem` is what to show. `usage`: what it cost when asked.
    """

    question: Question[Answer]
    outcome: Outcome
    source: Source
    answer: Answer | None = None
    reasons: tuple[str, ...] = ()
    problem: Diagnostic | None = None
    usage: Usage = NOTHING


# Kept, for pydantic takes long to make one, and every question needs it many times.
@cache
def _strict_schema(answer: type[Any]) -> Any:
    return strict(TypeAdapter(answer).json_schema())


def strict(schema: Any) -> Any:
    """A JSON Schema as strict decoding wants it; the one given stays as it was."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return copy.copy(schema)
    if "properties" in schema or schema.get("type") == "object":
        keys = {key: strict(part) for key, part in schema.get("properties", {}).items()}
        rest = {k: v for k, v in schema.items() if k != "properties"}
        full = {"properties": keys, "required": list(keys)}
        return {**_plain(rest), **full, "additionalProperties": False}
    return _plain(schema)


def _closed(schema: Any, words: Mapping[str, Sequence[str]]) -> Any:
    """The schema with the words that each field may hold."""
    if isinstance(schema, list):
        return [_closed(part, words) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(part, words) for key, part in schema.items()}
    for name, part in schema.get("properties", {}).items():
        if name not in words:
            continue
        if part.get("type") == "string":
            closed["properties"][name] = {**part, "enum": list(words[name])}
        elif part.get("items", {}).get("type") == "string":
            items = {**part["items"], "enum": list(words[name])}
            closed["properties"][name] = {**part, "items": items}
    return closed


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, part in schema.items():
        if key == "const":
            plain["enum"] = [part]
        elif key == "$defs":
            plain[key] = {name: strict(each) for name, each in part.items()}
        elif key not in _NOT_STRICT:
            plain["anyOf" if key == "oneOf" else key] = strict(part)
    return plain
