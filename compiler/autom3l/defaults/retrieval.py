"""A retrieval: which columns are searched with, and which are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from autom3l.column import Column
from autom3l.defaults.classes import class_list
from autom3l.defaults.metric import choose_metric
from autom3l.defaults.target import Target
from autom3l.diagnostics import Diagnostic, PlanError
from autom3l.inference.sides import Sides
from autom3l.ir import Decision, Task
from autom3l.profile import DataProfile
from autom3l.retrieval import Retrieval
from autom3l.spec import Spec

# Rows of one thing or more, on average, from which on some can be found by others.
_REPEATS = 1.05


def retrieval_task(
    spec: Spec, target: Target | None
) -> tuple[Task, tuple[Decision, ...]]:
    """What belongs together: the sides of a row, or rows with the same label.

    Raises `PlanError` where labels tell no rows apart, or all of them (P118).
    """
    problems = tuple(_of_no_use(target, alone=not spec.left)) if target else ()
    if problems:
        raise PlanError(problems)
    metric, metric_why = choose_metric(spec, "retrieval")
    judged = target is not None and bool(spec.left) and target.distinct == 2
    classes: tuple[str, ...] = ()
    class_why: tuple[Decision, ...] = ()
    if target is not None and judged:
        pin = spec.columns.get(target.name)
        classes, class_why = class_list(target, "binary", pin.levels if pin else ())
    task = Task(
        kind="retrieval",
        targets=(target.name,) if target else (),
        metric=metric,
        classes=classes,
        missing=target.missing if target else (),
    )
    return task, (_kind(target, judged=judged), *class_why, metric_why)


def choose_retrieval(
    sides: Sides | None, columns: Sequence[Column], task: Task
) -> tuple[Retrieval | None, tuple[Column, ...], tuple[Decision, ...]]:
    """The sides as far as they are features; what is of neither feeds nothing.

    Raises `PlanError` where nothing is left of a side (P119).
    """
    if task.kind != "retrieval":
        return None, tuple(columns), ()
    if sides is None:
        names = tuple(c.name for c in columns if c.role == "feature")
        return Retrieval(names, names), tuple(columns), ()
    either = {*sides.query, *sides.item}
    strays = [c for c in columns if c.role == "feature" and c.name not in either]
    kept = tuple(replace(c, role="irrelevant") if c in strays else c for c in columns)
    features = [c.name for c in kept if c.role == "feature"]
    query = tuple(name for name in features if name in sides.query)
    item = tuple(name for name in features if name in sides.item)
    lacking = [key for key, names in (("left", query), ("right", item)) if not names]
    if lacking:
        hint = "name others, or pin {drop: false} for one of them"
        raise PlanError(
            Diagnostic("P119", "no column of this side is a feature", key, hint)
            for key in lacking
        )
    why = Decision(
        "task",
        "sides",
        f"{', '.join(query)} finds {', '.join(item)}",
        "The spec says so; one network reads both, so that what a query and an item "
        "have alike is read alike.",
        "spec",
    )
    return Retrieval(query, item), kept, (why, *map(_stray, strays))


def key_of_side(
    profile: DataProfile, columns: Sequence[Column], side: Sequence[str]
) -> str:
    """The column of a side that tells its things best; "" for none.

    None also where every row has a thing of its own.
    """
    whole = [
        profile.column(c.name)
        for c in columns
        if c.name in side and not (c.modality == "image" and c.items)
    ]
    whole = [facts for facts in whole if not facts.missing]
    best = max(whole, key=lambda facts: facts.distinct, default=None)
    return best.name if best and best.present > _REPEATS * best.distinct else ""


def _of_no_use(target: Target, *, alone: bool) -> Iterator[Diagnostic]:
    if target.distinct < 2:
        message = f"{target.name!r} is the same in every row: all would belong together"
        hint = "name what only some rows have in common"
        yield Diagnostic("P118", message, "target", hint)
    elif alone and target.present <= _REPEATS * target.distinct:
        message = f"hardly two rows have the same {target.name!r}: {target.distinct:,} "
        message += f"labels in {target.present:,} rows"
        hint = "name a column that things alike have in common, or left: and right:"
        yield Diagnostic("P118", message, "target", hint)


def _kind(target: Target | None, *, judged: bool) -> Decision:
    reason = "Both sides of a row belong together."
    evidence = ""
    if target is not None:
        reason = f"Rows with the same {target.name} belong together."
        evidence = f"{target.distinct:,} different ones in {target.present:,} rows"
    if target is not None and judged:
        reason = f"Both sides of a row belong together where {target.name} says so."
    return Decision("task", "kind", "retrieval", reason, "spec", evidence)


def _stray(column: Column) -> Decision:
    reason = "It is of neither side."
    return Decision("columns", column.name, "drop (irrelevant)", reason, "spec")
