"""The table in words for a model: as much of it as the spec's `share` allows.

Every column is one JSON object on one line, so whatever a name or a cell says stays a
quoted text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from autom3l.column import Column, Modality
from autom3l.inference.facts import Facts
from autom3l.ir import Pipeline
from autom3l.planning.composing import Scene
from autom3l.planning.target_facts import target_facts
from autom3l.profile import ColumnProfile
from autom3l.spec import ColumnPin, Share

# A table of many columns must not cost many times as much: (columns, samples, letters).
_DETAIL = ((60, 4, 60), (200, 2, 40))
_LEAST = (1, 20)
_TEXT_LETTERS = 100
_LEVELS = 12
_OF_WORDS = ("text", "categorical", "ordinal", "multi_category")
MAX_NAME = 80


def labels(names: Sequence[str]) -> dict[str, str]:
    """What each column is called in prompts and answers: its name, a long one cut."""
    return {
        (name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}… #{number}"): name
        for number, name in enumerate(names)
    }


def task_text(scene: Scene, pipeline: Pipeline, share: Share) -> str:
    """What is predicted, from how many rows, and what the user says of the table."""
    task = pipeline.task
    facts: dict[str, Any] = {
        "name": pipeline.name,
        "target": list(task.targets) if len(task.targets) != 1 else task.targets[0],
        "task": _kind(pipeline),
        "metric": task.metric,
    }
    if task.classes:
        facts["number of classes"] = len(task.classes)
    if share != "schema":
        facts["rows"] = scene.profile.rows
    if pipeline.pairs:
        named = {name: label for label, name in all_labels(pipeline).items()}
        facts["compared"] = [[named[p.left], named[p.right]] for p in pipeline.pairs]
        facts["derived already"] = [item.name for item in pipeline.derived]
    if pipeline.retrieval and pipeline.retrieval.two_sided:
        named = {name: label for label, name in all_labels(pipeline).items()}
        facts["query"] = [named[name] for name in pipeline.retrieval.query]
        facts["item"] = [named[name] for name in pipeline.retrieval.item]
    facts |= target_facts(scene.profile, task, share)
    if scene.spec.description:
        facts["description"] = scene.spec.description
    return _json(facts)


def _kind(pipeline: Pipeline) -> str:
    if pipeline.pairs:
        return "matching: are the two sides of a row the same thing?"
    if pipeline.retrieval is None:
        return pipeline.task.kind
    if pipeline.retrieval.two_sided:
        return "retrieval: the query of a row is to find its item among all others"
    return "retrieval: a row is to find those with the same target, which it never sees"


def columns_text(
    scene: Scene, pipeline: Pipeline, columns: Sequence[Column], share: Share
) -> str:
    """One line per column."""
    total = len(pipeline.columns)
    detail = next(((n, w) for limit, n, w in _DETAIL if total <= limit), _LEAST)
    name_of = {name: label for label, name in all_labels(pipeline).items()}
    reasons = _reasons(pipeline) if share != "schema" and detail != _LEAST else {}
    return "\n".join(
        _json(
            {
                "column": name_of[column.name],
                "now": _reading(column, scene.spec.columns.get(column.name)),
                **reasons.get(column.name, {}),
                **_facts(scene.profile.column(column.name), column, share, *detail),
            }
        )
        for column in columns
    )


def lacking_text(scene: Scene, pipeline: Pipeline) -> str:
    """The share of the rows without any text, and without any image."""
    found = {}
    for modality in ("text", "image"):
        columns = pipeline.features(modality)
        cells = [scene.profile.sample[c.name] for c in columns]
        empty = [{None, *c.missing} for c in columns]
        rows = [
            all(cell in none for cell, none in zip(row, empty, strict=True))
            for row in zip(*cells, strict=True)
        ]
        if rows:
            found[modality] = f"{sum(rows) / len(rows):.1%}"
    return _json(found) if found else ""


def all_labels(pipeline: Pipeline) -> dict[str, str]:
    """`labels` of all columns of a pipeline."""
    return labels([column.name for column in pipeline.columns])


def pins_text(pins: Iterable[tuple[str, ColumnPin]]) -> str:
    """What the user has settled, one line per column."""
    return "\n".join(
        _json({"column": name[:MAX_NAME], **_given(pin)})
        for name, pin in pins
        if _given(pin)
    )


def _given(pin: ColumnPin) -> dict[str, Any]:
    fields = ("modality", "drop", "missing", "levels", "separator", "format")
    values = {name: getattr(pin, name) for name in fields}
    return {name: value for name, value in values.items() if value not in (None, ())}


def _reading(column: Column, pin: ColumnPin | None) -> str:
    if column.role == "feature":
        return column.modality
    who = "by the user" if pin and pin.drop else f"as {column.role}"
    return f"dropped {who}; else {column.modality}"


def _reasons(pipeline: Pipeline) -> dict[str, dict[str, str]]:
    """Why the rules drop what they drop: sentences that quote no cell."""
    used = ("feature", "split")
    dropped = {c.name for c in pipeline.columns if c.role not in used}
    return {
        d.subject: {"because": d.reason}
        for d in pipeline.decisions
        if d.section == "columns" and d.source == "rule" and d.subject in dropped
    }


def _facts(
    profile: ColumnProfile, column: Column, share: Share, count: int, letters: int
) -> dict[str, Any]:
    if share == "schema":
        return {}
    facts = Facts(profile, column.missing)
    shown: dict[str, Any] = {"different": facts.distinct}
    if facts.missing_share:
        shown["missing"] = f"{facts.missing_share:.1%}"
    if profile.numeric and profile.numeric >= 0.5 * facts.present:
        shown["range"] = [_short(profile.minimum), _short(profile.maximum)]
        if profile.numeric < facts.present:
            shown["not numbers"] = f"{1 - profile.numeric / facts.present:.1%}"
    if column.modality in _OF_WORDS:
        shown |= _words(profile, column.modality)
    if column.datetime:
        shown["format"] = column.datetime.format
    if share == "samples":
        shown |= _cells(profile, column, count, letters)
    return shown


def _words(profile: ColumnProfile, modality: Modality) -> dict[str, float]:
    """Words per cell where there are several, of texts also those of long cells."""
    if profile.words_mean < 2:
        return {}
    usual = {"words": round(profile.words_mean, 1)}
    long = {"in long cells": round(profile.words_p95)} if modality == "text" else {}
    return usual | long


def _cells(
    profile: ColumnProfile, column: Column, count: int, letters: int
) -> dict[str, Any]:
    """Texts of cells: levels, markers, separator and examples."""
    shown: dict[str, Any] = {}
    if column.levels:
        shown["levels"] = [_cut(v, letters) for v in column.levels[:_LEVELS]]
    if column.items:
        shown["separator"] = column.items.separator
    if column.missing:
        shown["read as missing"] = list(column.missing[:5])
    width = _TEXT_LETTERS if column.modality == "text" and count > 1 else letters
    number = min(count, 2) if column.modality == "text" else count
    shown["e.g."] = [_cut(v, width) for v in _examples(profile, number)]
    return shown


def _examples(profile: ColumnProfile, count: int) -> list[str]:
    """The most frequent values, then others in the order of the sample."""
    frequent = [value for value, rows in profile.top[: max(1, count - 1)] if rows > 1]
    return list(dict.fromkeys((*frequent, *profile.values)))[:count]


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[:letters]}…"


def _short(number: float | None) -> float | None:
    if number is None:
        return None
    # As cells write it, for a marker is told by its text.
    return int(number) if number == int(number) else float(f"{number:.6g}")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
