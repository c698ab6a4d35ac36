"""Whether an answer fits its question; what is wrong is told so that it teaches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from autom3l.diagnostics import did_you_mean
from autom3l.llm.extraction import find_object
from autom3l.llm.question import Answer, Question

MAX_REASONS = 10
MAX_SHOWN = 80

_MISSING = ("missing", "missing_argument")
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


@dataclass(frozen=True)
class Verdict(Generic[Answer]):
    """An answer that holds, or the reasons why it does not.

    `raw`: the object before validation. `unlike`: keys are missing or foreign, so
    nobody holds the model to the schema. `shapeless`: there is none of its keys, as
    from a server that never passed the schema on.
    """

    answer: Answer | None = None
    raw: dict[str, Any] | None = None
    reasons: tuple[str, ...] = ()
    unlike: bool = False
    shapeless: bool = False
    cut: bool = False


def judge(question: Question[Answer], text: str) -> Verdict[Answer]:
    """What the text of a model says to the question."""
    found = find_object(text, frozenset(question.schema["properties"]))
    if found.value is None:
        none = not found.cut
        reasons = (found.reason,)
        return Verdict(reasons=reasons, unlike=none, shapeless=none, cut=found.cut)
    return judge_object(question, found.value)


def judge_object(question: Question[Answer], value: dict[str, Any]) -> Verdict[Answer]:
    """What a JSON object says to the question."""
    try:
        # As JSON, because strict validation takes lists for tuples only there.
        answer = question.adapter.validate_json(json.dumps(value))
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
        reasons = [_reason(mistake, question.schema) for mistake in mistakes]
        unlike = any(m["type"] in (*_MISSING, *_UNKNOWN) for m in mistakes)
        shapeless = value.keys().isdisjoint(question.schema["properties"])
        return Verdict(
            raw=value, reasons=_bounded(reasons), unlike=unlike, shapeless=shapeless
        )
    reasons = [*_unknown_words(value, question.words)]
    reasons = reasons or question.check(answer)
    if reasons:
        return Verdict(raw=value, reasons=_bounded(reasons))
    return Verdict(answer, value)


def salvage(question: Question[Answer], value: dict[str, Any]) -> dict[str, Any] | None:
    """The answer without the items of its lists that are wrong on their own.

    `None` where nothing is left, or where what is left does not hold together.
    """
    empty = {key: [] if isinstance(v, list) else v for key, v in value.items()}
    kept = {
        key: [
            item
            for item in items
            if not judge_object(question, {**empty, key: [item]}).reasons
        ]
        for key, items in value.items()
        if isinstance(items, list)
    }
    whole = {**value, **kept}
    if not any(kept.values()) or judge_object(question, whole).reasons:
        return None
    return whole


def shown(value: Any) -> str:
    """The value as it is quoted, cut when long."""
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def _reason(mistake: ErrorDetails, schema: dict[str, Any]) -> str:
    """Which field, what was given, what is allowed."""
    place = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in mistake["loc"]
    ).lstrip(".")
    kind = mistake["type"]
    if kind in _MISSING:
        return f"{place}: is missing, and must be there"
    if kind in _UNKNOWN:
        known = f"; the fields are {', '.join(schema['properties'])}"
        return f"{place}: is no field{'' if '.' in place else known}; leave it out"
    given = shown(mistake["input"])
    if kind in ("literal_error", "enum"):
        allowed = mistake.get("ctx", {}).get("expected", "")
        return f"{place}: {given} was given; allowed is {allowed}"
    text = mistake["msg"]
    return f"{place}: {given} was given; {text[0].lower()}{text[1:]}"


def _unknown_words(
    value: Any, words: Mapping[str, Sequence[str]], place: str = ""
) -> Iterator[str]:
    """Texts that their field may not hold, wherever they stand."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown_words(item, words, f"{place}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            where = f"{place}.{key}" if place else key
            for text in item if isinstance(item, list) else [item]:
                if isinstance(text, str) and text not in words.get(key, [text]):
                    allowed = did_you_mean(text, words[key]) or "nothing"
                    yield f"{where}: {shown(text)} was given; allowed: {allowed}"
            yield from _unknown_words(item, words, where)


def _bounded(reasons: list[str]) -> tuple[str, ...]:
    more = len(reasons) - MAX_REASONS
    shown_first = reasons[:MAX_REASONS]
    return (*shown_first, f"and {more} more") if more > 0 else tuple(shown_first)
