"""Which rows validate and test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from autom3l.column import Column, Pair
from autom3l.defaults.retrieval import key_of_side
from autom3l.defaults.target import shown
from autom3l.diagnostics import Diagnostic, PlanError, did_you_mean
from autom3l.ir import Decision, Source, Split, SplitKind, Task
from autom3l.profile import ColumnProfile, DataProfile
from autom3l.retrieval import Retrieval
from autom3l.spec import Spec

SHARE = 0.1
# Fewer rows measure by chance, more of them would be better used for training.
FEW_ROWS, MANY_ROWS = 200, 10_000
MIN_REPEATS = 1.5
MIN_GROUPS = 3
# Things of a matching, below which groups of them would divide the rows unevenly.
MIN_KEYS = 50
# How the cells of a `column` split name the parts, in any case.
PARTS = {
    "training": ("train",),
    "validation": ("val", "valid", "validation", "dev"),
    "test": ("test",),
}


def choose_split(
    spec: Spec,
    profile: DataProfile,
    task: Task,
    columns: Sequence[Column],
    *,
    pairs: Sequence[Pair] = (),
    retrieval: Retrieval | None = None,
) -> tuple[Split, tuple[Decision, ...]]:
    """The split of the spec, else stratified for classes and random for the rest.

    Where a key tells the things of the `pairs`, none of the left side is in two parts;
    nor is what a retrieval finds, or, where each row finds its own, is searched with.
    Raises `PlanError` where the data can't be divided as the spec asks (P120 to P124).
    """
    problems = tuple(_problems(spec, profile, task, columns))
    if problems:
        raise PlanError(problems)
    kind, why = _kind(spec, task)
    column = spec.split.column or "" if kind in ("group", "time", "column") else ""
    if why.source == "rule" and (key := _key_of_things(profile, columns, pairs)):
        kind, column, why = "group", key, _by_things(profile.column(key))
    if why.source == "rule" and retrieval:
        key = _key_of_groups(profile, columns, task, retrieval)
        if key:
            kind, column = "group", key
            why = _by_groups(profile.column(key), found=key not in retrieval.query)
    validation, test, sizes = _fractions(spec, profile, kind)
    split = Split(kind, validation, test, column)
    return split, (why, *sizes, *_group_hint(split, profile, columns))


def _kind(spec: Spec, task: Task) -> tuple[SplitKind, Decision]:
    if spec.data.validation and spec.data.test:
        return "given", _decide("given", "The spec names a file for each part.", "spec")
    if spec.split.kind:
        return spec.split.kind, _decide(spec.split.kind, "The spec says so.", "spec")
    if task.kind in ("binary", "multiclass"):
        reason = "Every part gets each class in its proportion."
        return "stratified", _decide("stratified", reason)
    reason = "Rows are taken to be independent; name group or time where they are not."
    return "random", _decide("random", reason)


def _key_of_things(
    profile: DataProfile, columns: Sequence[Column], pairs: Sequence[Pair]
) -> str:
    """The key of the left side, where its things come in several rows each."""
    keys = {column.name for column in columns if column.role == "identifier"}
    for pair in pairs:
        facts = profile.column(pair.left)
        repeats = facts.present / max(1, facts.distinct)
        whole = facts.missing == 0 and facts.distinct >= MIN_KEYS
        if pair.left in keys and whole and repeats >= MIN_REPEATS:
            return pair.left
    return ""


def _key_of_groups(
    profile: DataProfile,
    columns: Sequence[Column],
    task: Task,
    retrieval: Retrieval,
) -> str:
    """What things that belong together have in common, where there are enough."""
    if task.targets and not task.classes:
        keys = [task.targets[0]]
    else:
        sides = (retrieval.item, retrieval.query)
        keys = [key_of_side(profile, columns, side) for side in sides]
    many = [key for key in keys if key and profile.column(key).distinct >= MIN_KEYS]
    return many[0] if many else ""


def _by_groups(facts: ColumnProfile, *, found: bool) -> Decision:
    reason = "New things are to be found" if found else "New things are searched with"
    reason += f": no value of {facts.name} is in two parts."
    evidence = f"{facts.distinct:,} values in {facts.present:,} rows"
    return Decision("split", "kind", "group", reason, "rule", evidence, 0.8)


def _by_things(facts: ColumnProfile) -> Decision:
    reason = f"New things are to be matched: no value of {facts.name} is in two parts."
    evidence = f"{facts.distinct:,} values in {facts.present:,} rows; those of the "
    evidence += "other side may come in several parts"
    return Decision("split", "kind", "group", reason, "rule", evidence, 0.8)


def _decide(
    kind: SplitKind, reason: str, source: Literal["spec", "rule"] = "rule"
) -> Decision:
    return Decision("split", "kind", kind, reason, source)


def _fractions(
    spec: Spec, profile: DataProfile, kind: SplitKind
) -> tuple[float, float, list[Decision]]:
    """Of all rows; 0 where a file is given or a column says which part a row is in."""
    parts = ("validation", "test")
    given = {"validation": spec.data.validation, "test": spec.data.test}
    asked = {"validation": spec.split.validation, "test": spec.split.test}
    open_parts = [p for p in parts if not given[p] and kind != "column"]
    usual, why = _usual_share(profile.rows, len(open_parts))
    shares = {"validation": 0.0, "test": 0.0}
    decisions = []
    for part in open_parts:
        share = asked[part] or usual
        shares[part] = share
        rows = round(share * profile.rows)
        reason = "The spec says so." if asked[part] else why
        source: Source = "spec" if asked[part] else "rule"
        evidence = f"{rows:,} of {profile.rows:,} rows"
        decisions.append(
            Decision("split", part, f"{share:g}", reason, source, evidence)
        )
    return shares["validation"], shares["test"], decisions


def _usual_share(rows: int, parts: int) -> tuple[float, str]:
    """The share of one of the `parts` that are split off, and why."""
    largest = 0.2 if parts < 2 else 0.15
    if rows > MANY_ROWS / SHARE:
        reason = f"{MANY_ROWS:,} rows: more of them are better used for training."
        return round(MANY_ROWS / rows, 4) or 0.0001, reason
    if rows >= FEW_ROWS / SHARE:
        return SHARE, "A tenth of the rows."
    if rows * largest >= FEW_ROWS:
        reason = f"{FEW_ROWS} rows: a tenth of so few would measure by chance."
        return round(FEW_ROWS / rows, 4), reason
    reason = f"The most that a small table spares: {FEW_ROWS} rows would measure well."
    return largest, reason


def _problems(
    spec: Spec, profile: DataProfile, task: Task, columns: Sequence[Column]
) -> Iterator[Diagnostic]:
    kind, by = spec.split.kind, spec.split.column or ""
    if kind == "stratified" and task.kind not in ("binary", "multiclass"):
        message = f"split kind 'stratified' needs classes, but the task is {task.kind}"
        yield Diagnostic("P121", message, "split.kind", "random, group or time fit")
    if kind not in ("group", "time", "column"):
        return
    names = [column.name for column in profile.columns]
    if by not in names:
        message = f"a {kind} split needs a column, and the table has no {by!r}"
        yield Diagnostic("P120", message, "split.column", did_you_mean(by, names))
        return
    facts = profile.column(by)
    if kind == "column":
        yield from _part_problems(spec, facts)
    found = next((c.modality for c in columns if c.name == by), "the target")
    if kind == "time" and found not in ("datetime", "numeric"):
        message = f"a time split needs dates or numbers, but {by!r} is {found}"
        hint = "pin its modality and format under columns"
        yield Diagnostic("P123", message, "split.column", hint)
    if kind == "group" and facts.distinct < MIN_GROUPS:
        message = f"column {by!r} has {facts.distinct} groups for three parts"
        yield Diagnostic("P124", message, "split.column", "name a column with more")


def _part_problems(spec: Spec, facts: ColumnProfile) -> Iterator[Diagnostic]:
    """A column that says which part a row is in says so for all three."""
    for part in ("validation", "test"):
        if getattr(spec.data, part):
            message = f"data.{part} names a table, but split.column says what a row is"
            yield Diagnostic("P122", message, f"data.{part}", "remove one of the two")
    cells = {value.lower() for value, _ in facts.top}
    for part, words in PARTS.items():
        if cells.isdisjoint(words):
            message = f"column {facts.name!r} has no {part} rows; it holds "
            hint = "such rows are marked " + " or ".join(map(repr, words))
            message += shown(value for value, _ in facts.top)
            yield Diagnostic("P122", message, "split.column", hint)


def _group_hint(
    split: Split, profile: DataProfile, columns: Sequence[Column]
) -> Iterator[Decision]:
    """An entity that comes in many rows makes a random split look better than it is."""
    if split.kind not in ("random", "stratified"):
        return
    for column in columns:
        facts = profile.column(column.name)
        repeats = facts.present / max(1, facts.distinct)
        if column.role == "identifier" and repeats >= MIN_REPEATS:
            yield Decision(
                section="split",
                subject=f"groups of {column.name}",
                choice="not kept together",
                reason="Rows of one entity may fall on both sides; when new entities "
                f"are to be predicted, set split: {{kind: group, column: "
                f"{column.name}}}.",
                source="rule",
                evidence=f"each value comes in {repeats:.1f} rows on average",
                confidence=0.6,
            )
