"""Card files: Markdown with YAML front matter, read with line numbers kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from autom3l.card import KINDS, Card
from autom3l.diagnostics import Diagnostic, ZooError, did_you_mean
from autom3l.yaml_facts import quick_mapping


def read_card(path: Path) -> Card:
    """The card in one file; raises `ZooError` with every problem of the file.

    A sound card is read by a parser that is ten times as fast, but knows no lines.
    """
    head, advice = _parts(path)
    facts = quick_mapping(head)
    if facts is not None:
        try:
            card = _card(facts, advice)
        except ValidationError:
            pass  # told below, with its line
        else:
            if not any(_contradictions(card, _Source(path, facts, {}, advice))):
                return card
    return _read_with_lines(path, head, advice)


def _read_with_lines(path: Path, head: str, advice: str) -> Card:
    parsed = _parse(head, path)
    lines = {str(key): parsed.lc.key(key)[0] + 1 for key in parsed}
    source = _Source(path, {str(k): v for k, v in parsed.items()}, lines, advice)
    try:
        card = _card(source.facts, advice)
    except ValidationError as error:
        raise ZooError(_explain(error, source)) from error
    problems = tuple(_contradictions(card, source))
    if problems:
        raise ZooError(problems)
    return card


def _card(facts: Mapping[str, Any], advice: str) -> Card:
    text = json.dumps({**facts, "advice": advice}, default=str)
    return _CARD.validate_json(text)


@dataclass(frozen=True)
class _Source:
    path: Path
    facts: dict[str, Any]
    lines: dict[str, int]
    advice: str

    def at(self, fact: str) -> str:
        return f"{self.path}:{self.lines.get(fact, 1)}"


def _parts(path: Path) -> tuple[str, str]:
    """The front matter and the advice."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ZooError(Diagnostic("Z002", f"not UTF-8: {error}", str(path))) from error
    head, fence, advice = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not fence:
        hint = "a card starts with its facts between two lines of '---'"
        raise ZooError(Diagnostic("Z002", "no YAML front matter", f"{path}:1", hint))
    return head, advice.strip()


def _parse(head: str, path: Path) -> CommentedMap:
    try:
        # The blank line stands for the opening fence, so lines count as in the file.
        facts = YAML(typ="rt").load("\n" + head)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = Diagnostic("Z003", str(error.problem), f"{path}:{line}")
        raise ZooError(problem) from error
    if not isinstance(facts, CommentedMap):
        message = f"front matter is {facts!r}, not a mapping of facts"
        raise ZooError(Diagnostic("Z003", message, f"{path}:2"))
    return facts


def _explain(error: ValidationError, source: _Source) -> Iterator[Diagnostic]:
    for problem in error.errors():
        fact = str(problem["loc"][0])
        if problem["type"] == "unexpected_keyword_argument":
            hint = did_you_mean(fact, _FACTS)
            yield Diagnostic("Z004", f"unknown fact {fact!r}", source.at(fact), hint)
        elif problem["type"] == "missing":
            yield Diagnostic("Z005", f"fact {fact!r} is missing", source.at(fact))
        elif fact == "advice":
            hint = "say below the facts when to choose the model, and when not"
            yield Diagnostic("Z005", "no advice", f"{source.path}:1", hint)
        else:
            value = f"{fact}: {problem['input']!r}"
            yield Diagnostic("Z006", value, source.at(fact), problem["msg"])


def _contradictions(card: Card, source: _Source) -> Iterator[Diagnostic]:
    modality, needed = KINDS[card.kind]
    if card.modality != modality:
        message = f"kind {card.kind!r} is of modality {modality!r}"
        hint = f"not {card.modality!r}"
        yield Diagnostic("Z008", message, source.at("kind"), hint)
    for fact in needed:
        if not getattr(card, fact):
            message = f"fact {fact!r} is missing; kind {card.kind!r} needs it"
            yield Diagnostic("Z005", message, source.at(fact))
    if card.prefix and card.kind != "transformer":
        message = (
            f"prefix {card.prefix!r}, but kind {card.kind!r} reads no text with it"
        )
        yield Diagnostic("Z008", message, source.at("prefix"))
    if card.name != source.path.stem:
        message = f"name {card.name!r} differs from the file name"
        yield Diagnostic("Z008", message, source.at("name"))
    if card.download != bool(card.backbone):
        message = f"download: {card.download}, but backbone: {card.backbone!r}"
        hint = "a card has a backbone exactly when weights are downloaded"
        yield Diagnostic("Z008", message, source.at("download"), hint)


_CARD: TypeAdapter[Card] = TypeAdapter(Card)
_FACTS = frozenset(f.name for f in fields(Card)) - {"advice"}
