"""How a model is made to answer with an object: from strict to hopeful.

A server that refuses one way, or a parameter, is asked in the next one; what it took is
kept for the questions that follow.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from autom3l.llm.question import Message

Rung = Literal["json_schema", "tool", "json_object", "text"]
RUNGS: tuple[Rung, ...] = ("json_schema", "tool", "json_object", "text")
# Where the schema has to stand in the text of the question.
IN_WORDS: tuple[Rung, ...] = ("json_object", "text")
SEED = 0

_LIMIT, _NEWER_LIMIT = "max_tokens", "max_completion_tokens"


@dataclass(frozen=True)
class Form:
    """The form that an answer is asked for in: plain data, no question."""

    name: str
    schema: dict[str, Any]
    answer_tokens: int


@dataclass(frozen=True)
class Manner:
    """How a server is asked.

    `dropped`: parameters it refused. `limit`: what it calls the limit of an answer.
    """

    rung: Rung = "json_schema"
    temperature: float = 0.0
    dropped: frozenset[str] = frozenset()
    limit: str = _LIMIT

    @property
    def says_schema(self) -> bool:
        """Whether the schema has to stand in the text of the question."""
        return self.rung in IN_WORDS

    def parameters(self, form: Form) -> dict[str, float | int]:
        """Those sent besides the messages."""
        all_of_them: dict[str, float | int] = {
            "temperature": self.temperature,
            "seed": SEED,
            self.limit: form.answer_tokens,
        }
        return {k: v for k, v in all_of_them.items() if k not in self.dropped}

    def request(self, form: Form) -> dict[str, Any]:
        """What is sent besides the model and the messages."""
        return {**self.parameters(form), **_ways(form)[self.rung]}

    def lower(self) -> Manner | None:
        """The next rung; `None` below the last one."""
        below = RUNGS[RUNGS.index(self.rung) + 1 :]
        return replace(self, rung=below[0]) if below else None

    def after_refusal(self, told: str) -> Manner | None:
        """How to ask a server that refused so far; `None` where nothing is left."""
        sent = [k for k in ("temperature", "seed", self.limit) if k not in self.dropped]
        for name in sent:
            if not re.search(rf"\b{name}\b", told):
                continue
            if name == _LIMIT:
                return replace(self, limit=_NEWER_LIMIT)
            return replace(self, dropped=self.dropped | {name})
        return self.lower()


def merged(manners: list[Manner], start: Manner) -> Manner:
    """What all of them learnt: whatever one server refused is not tried again."""
    lowest = max((m.rung for m in manners), key=RUNGS.index, default=start.rung)
    dropped = start.dropped.union(*(m.dropped for m in manners))
    newer = any(m.limit == _NEWER_LIMIT for m in manners)
    limit = _NEWER_LIMIT if newer else start.limit
    return replace(start, rung=lowest, dropped=dropped, limit=limit)


def with_schema(messages: tuple[Message, ...], form: Form) -> tuple[Message, ...]:
    """The messages with the schema at the end of the last one.

    In the last one, because many templates take but one system message, and no two of
    the same role in a row.
    """
    *others, last = messages
    text = f"{last['content']}\n\n{schema_text(form)}"
    return (*others, {**last, "content": text})


def schema_text(form: Form) -> str:
    """The wish for an object, in words."""
    schema = json.dumps(form.schema, ensure_ascii=False)
    return f"Answer with one JSON object and nothing else. Its JSON Schema:\n{schema}"


def _ways(form: Form) -> dict[Rung, dict[str, Any]]:
    named = {"name": form.name, "strict": True}
    function = {**named, "parameters": form.schema}
    chosen = {"type": "function", "function": {"name": form.name}}
    by_schema = {"type": "json_schema", "json_schema": {**named, "schema": form.schema}}
    return {
        "json_schema": {"response_format": by_schema},
        "tool": {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": chosen,
        },
        "json_object": {"response_format": {"type": "json_object"}},
        "text": {},
    }
