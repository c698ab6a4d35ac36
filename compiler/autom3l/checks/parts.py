"""What the parts of the rows lack to be trained on or to score anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from autom3l.checks.subject import Subject
from autom3l.defaults.split import PARTS
from autom3l.defaults.target import read_target, shown
from autom3l.diagnostics import Diagnostic
from autom3l.inference.dates import parse_times
from autom3l.ir import Pipeline, Task
from autom3l.profile import DataProfile

_LONE_SHARE = 0.5
_HINT = "divide the rows in another way"


def trainable(subject: Subject) -> Iterator[Diagnostic]:
    """The rows to train on hold more than one class (P224)."""
    profile = subject.profile
    if profile is None or not _is_whole(profile):
        return
    for problem in _one_sided(subject.pipeline, profile, ("training",)):
        yield Diagnostic("P224", problem, "split", _HINT)


def doubts(pipeline: Pipeline, profile: DataProfile) -> Iterator[Diagnostic]:
    """What is no mistake but makes scores worthless; each is told as a warning."""
    features = [column.name for column in pipeline.features()]
    for part, table in profile.given.items():
        absent = [name for name in features if name not in table.columns]
        if absent:
            message = f"the table has no column {shown(absent)}: read as empty there"
            yield Diagnostic("P260", message, f"data.{part}")
    parts = ("validation", "test") if _is_whole(profile) else tuple(PARTS)
    problems = [
        *_one_sided(pipeline, profile, parts),
        *_given_one_sided(pipeline.task, profile),
        *_few_groups(pipeline, profile),
    ]
    for problem in problems:
        yield Diagnostic("P261", problem, "split", _HINT)
    yield from _lone_classes(pipeline.task, profile)


def _lone_classes(task: Task, profile: DataProfile) -> Iterator[Diagnostic]:
    """A class of one row is either learned or scored, never both."""
    if task.kind != "multiclass":
        return
    counts = read_target(profile, task.targets[0]).counts
    lone = [label for label, rows in counts.items() if rows == 1]
    if len(lone) > _LONE_SHARE * len(counts):
        message = f"{len(lone):,} of {len(counts):,} classes have a single row: "
        hint = "group rare classes; is it a number, or a name of the row?"
        yield Diagnostic("P263", message + shown(lone, 3), "target", hint)


def _is_whole(profile: DataProfile) -> bool:
    """Whether the sample is the table."""
    sizes = {len(cells) for cells in profile.sample.values()}
    return sizes == {profile.rows}


def _one_sided(
    pipeline: Pipeline, profile: DataProfile, parts: tuple[str, ...]
) -> Iterator[str]:
    """One sentence for each of the parts that has fewer than two classes."""
    if not _is_classification(pipeline.task):
        return
    size = "" if _is_whole(profile) else " of a sample"
    for part, labels in _labels(pipeline, profile).items():
        if part in parts and len(labels) < 2:
            found = f"are all {shown(labels)}" if labels else "have no label"
            yield f"the {part} rows{size} {found}"


def _given_one_sided(task: Task, profile: DataProfile) -> Iterator[str]:
    if not _is_classification(task):
        return
    for part, table in profile.given.items():
        labels = set(table.labels) - {*task.missing}
        if len(labels) < 2:
            found = f"are all {shown(labels)}" if labels else "have no label"
            yield f"the rows of data.{part} {found}"


def _few_groups(pipeline: Pipeline, profile: DataProfile) -> Iterator[str]:
    """A label in fewer groups than there are parts is absent from one of them."""
    split, task = pipeline.split, pipeline.task
    if split.kind != "group" or task.kind != "binary" or not _is_whole(profile):
        return
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for group, label in _labelled(task, profile, split.column):
        groups[label].add(group or "")
    parts = 1 + bool(split.validation) + bool(split.test)
    for label in task.classes:
        if len(groups[label]) < parts:
            yield (
                f"label {label!r} occurs in {len(groups[label])} of the groups of "
                f"{split.column!r}, too few for {parts} parts"
            )


def _is_classification(task: Task) -> bool:
    return task.kind in ("binary", "multiclass")


def _labels(pipeline: Pipeline, profile: DataProfile) -> dict[str, set[str]]:
    """The labels in each part, where the cells of a column say which rows those are."""
    split = pipeline.split
    if split.kind not in ("column", "time"):
        return {}
    rows = list(_labelled(pipeline.task, profile, split.column))
    if split.kind == "column":
        return {
            part: {label for cell, label in rows if (cell or "").lower() in words}
            for part, words in PARTS.items()
        }
    order = _by_time(pipeline, [cell for cell, _ in rows])
    labels = [rows[place][1] for place in order]
    tested = round(split.test * len(rows))
    held = tested + round(split.validation * len(rows))
    kept, end = len(rows) - held, len(rows) - tested
    found = {"training": {*labels[:kept]}}
    if split.validation:
        found["validation"] = {*labels[kept:end]}
    if split.test:
        found["test"] = {*labels[end:]}
    return found


def _labelled(
    task: Task, profile: DataProfile, column: str
) -> Iterator[tuple[str | None, str]]:
    """The cell of a column and the label, for each row of the sample that has one."""
    cells, labels = profile.sample[column], profile.sample[task.targets[0]]
    for cell, label in zip(cells, labels, strict=True):
        if label is not None and label not in task.missing:
            yield cell, label


def _by_time(pipeline: Pipeline, cells: list[str | None]) -> list[int]:
    """Places of the cells from early to late, as the emitted project orders them."""
    name = pipeline.split.column
    column = next(column for column in pipeline.columns if column.name == name)
    if column.datetime is None:
        when = pd.to_numeric(pd.Series(cells, dtype="object"), errors="coerce")
    else:
        texts = tuple(cell or "" for cell in cells)
        when = parse_times(texts, column.datetime.format)
    ordered = when.sort_values(kind="stable", na_position="first")
    return [int(place) for place in ordered.index]
