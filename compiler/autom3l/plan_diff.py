"""What one plan has otherwise than another, each change with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from autom3l.ir import Decision, Pipeline

_ORDER = (
    "project",
    "data",
    "task",
    "split",
    "columns",
    "pairs",
    "retrieval",
    "derived",
    "encoders",
    "fusion",
    "training",
    "ensemble",
    "search",
)
_SECTIONS = ("data", "task", "split", "fusion", "training", "ensemble")
_PARTS = ("tabular", "text", "image")


@dataclass(frozen=True)
class Change:
    """One value of the plan; `before` or `after` is empty where there is none."""

    section: str
    subject: str
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True)
class _Item:
    """Something that a plan has or has not: a headline, and its values by key."""

    headline: str
    values: dict[str, str]


def plan_changes(old: Pipeline, new: Pipeline) -> tuple[Change, ...]:
    """Every change, in the order of the sections and of the columns of the table."""
    before, after = _items(old), _items(new)
    changes = []
    for key in dict.fromkeys((*after, *before)):
        section, subject = key
        one, other = before.get(key), after.get(key)
        if one and other:
            for name in dict.fromkeys((*one.values, *other.values)):
                values = one.values.get(name, ""), other.values.get(name, "")
                if values[0] != values[1]:
                    reason = _reason(section, subject, name, old, new)
                    place = f"{subject}: {name}" if subject else name
                    changes.append(Change(section, place, *values, reason))
        else:
            reason = _reason(section, subject, "", old, new)
            heads = [item.headline if item else "" for item in (one, other)]
            changes.append(Change(section, subject, heads[0], heads[1], reason))
    return tuple(sorted(changes, key=lambda change: _ORDER.index(change.section)))


def _items(pipeline: Pipeline) -> dict[tuple[str, str], _Item]:
    """All that a plan decides, by section and subject."""
    data = asdict(pipeline)
    names = {"name": pipeline.name, "package": pipeline.package}
    items = {("project", ""): _Item("", names)}
    items |= {(name, ""): _Item("", _flat(data[name])) for name in _SECTIONS}
    for column, values in zip(pipeline.columns, data["columns"], strict=True):
        used = column.modality if column.role == "feature" else column.role
        items["columns", column.name] = _Item(used, _flat(values))
    for pair in pipeline.pairs:
        sides = {"left": pair.left, "right": pair.right}
        items["pairs", pair.name] = _Item(f"{pair.left} and {pair.right}", sides)
    if pipeline.retrieval:
        items["retrieval", ""] = _Item("", _flat(data["retrieval"]))
    for derived, values in zip(pipeline.derived, data["derived"], strict=True):
        items["derived", derived.name] = _Item(derived.kind, _flat(values))
    for part in _PARTS:
        if values := data["encoders"][part]:
            headline = ", ".join(filter(None, (values["card"], values.get("tuning"))))
            items["encoders", part] = _Item(headline, _flat(values))
    return items | dict(_search_items(pipeline))


def _search_items(pipeline: Pipeline) -> Iterator[tuple[tuple[str, str], _Item]]:
    search = pipeline.search
    if search is None:
        return
    points = [{s.key: s.value for s in point} for point in search.first_points]
    budget = {"engine": search.engine, "trials": search.trials}
    values = {**budget, "minutes": search.minutes, "first_points": points}
    yield ("search", ""), _Item(f"{search.trials} trials", _flat(values))
    for dimension in search.dimensions:
        text = dimension.text()
        yield ("search", dimension.key), _Item(text, {"range": text})


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Values as text, by dotted key; what is nothing is left out."""
    found: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        elif text := _text(value):
            found[f"{prefix}{key}"] = text
    return found


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return str(value)


# What a value is decided under, where it is not its own name.
_TOLD_AS = {"buckets": "n-grams", "ngrams": "n-grams"}


def _reason(section: str, subject: str, name: str, old: Pipeline, new: Pipeline) -> str:
    """Why it is so now or, of what is gone, why it was decided so."""
    if name.startswith("impute"):
        section = "imputation"
    words = name.replace("_", " ")
    exact = [f"{subject} {words}", words, _TOLD_AS.get(words, ""), subject]
    for pipeline in (new, old):
        made = [d for d in pipeline.decisions if d.section == section]
        for told_of in filter(None, exact):
            told = [d.reason for d in made if d.subject == told_of]
            if told:
                return " ".join(dict.fromkeys(told))
        if not subject and (told := [d.reason for d in _changed(made, old, new)]):
            return " ".join(dict.fromkeys(told))
    return ""


def _changed(made: list[Decision], old: Pipeline, new: Pipeline) -> list[Decision]:
    """Those of a section that the other plan has not, or has otherwise."""
    choices = [
        {(d.section, d.subject): d.choice for d in pipeline.decisions}
        for pipeline in (old, new)
    ]
    return [
        decision
        for decision in made
        if choices[0].get((decision.section, decision.subject))
        != choices[1].get((decision.section, decision.subject))
    ]
