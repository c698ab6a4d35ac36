"""The task fits its classes, its metric and its targets."""

from __future__ import annotations

from collections.abc import Iterator

from autom3l.checks.subject import Subject
from autom3l.diagnostics import Diagnostic
from autom3l.metrics import METRICS


def targets(subject: Subject) -> Iterator[Diagnostic]:
    """At least one target, none twice, several for multilabel only (P210)."""
    task = subject.pipeline.task
    where = "task.targets"
    if not task.targets and task.kind != "retrieval":
        yield Diagnostic("P210", "no target", where)
    if len(set(task.targets)) < len(task.targets):
        yield Diagnostic("P210", f"a target comes twice in {task.targets!r}", where)
    if len(task.targets) > 1 and task.kind != "multilabel":
        message = f"{task.kind} predicts one target, not {len(task.targets)}"
        yield Diagnostic("P210", message, where, "kind multilabel takes several")


def classes(subject: Subject) -> Iterator[Diagnostic]:
    """Two classes or more, none twice; two for binary, none for numbers (P211)."""
    task = subject.pipeline.task
    where, count = "task.classes", len(task.classes)
    if len(set(task.classes)) < count:
        twice = next(c for c in task.classes if task.classes.count(c) > 1)
        yield Diagnostic("P211", f"class {twice!r} comes twice", where)
    if task.kind == "regression" and count:
        yield Diagnostic("P211", f"regression has no classes, not {count}", where)
    if task.kind == "retrieval" and count and (count != 2 or not task.targets):
        message = f"a retrieval has 2 classes of one target or none, not {count}"
        yield Diagnostic("P211", message, where)
    if task.kind == "binary" and count != 2:
        yield Diagnostic("P211", f"binary has 2 classes, not {count}", where)
    if task.kind in ("multiclass", "multilabel") and count < 2:
        message = f"{task.kind} has at least 2 classes, not {count}"
        yield Diagnostic("P211", message, where)
    if len(task.targets) > 1 and task.classes != task.targets:
        hint = "the classes of several targets are their names"
        yield Diagnostic("P211", f"{task.classes!r} are not the targets", where, hint)


def metric(subject: Subject) -> Iterator[Diagnostic]:
    """The metric scores this kind of task (P212)."""
    task = subject.pipeline.task
    if task.metric not in METRICS[task.kind]:
        message = f"{task.metric!r} does not score {task.kind}"
        hint = "one of " + ", ".join(METRICS[task.kind])
        yield Diagnostic("P212", message, "task.metric", hint)
    elif task.metric == "quadratic_kappa" and not task.ordered:
        message = "'quadratic_kappa' needs classes in an order"
        yield Diagnostic("P212", message, "task.metric", "set task.ordered")


def scale(subject: Subject) -> Iterator[Diagnostic]:
    """Only numbers are transformed and have a format, only classes of one target are
    ordered (P213)."""
    task = subject.pipeline.task
    if task.transform != "none" and task.kind != "regression":
        message = f"{task.transform!r} transforms numbers, not {task.kind} targets"
        yield Diagnostic("P213", message, "task.transform")
    if task.number is not None and task.kind != "regression":
        message = f"only regression reads numbers, not {task.kind}"
        yield Diagnostic("P213", message, "task.number")
    if task.ordered and task.kind != "multiclass":
        message = f"only multiclass classes have an order, not {task.kind} ones"
        yield Diagnostic("P213", message, "task.ordered")


def separator(subject: Subject) -> Iterator[Diagnostic]:
    """One multilabel target is a column of lists; no other target is (P214)."""
    task = subject.pipeline.task
    lists = task.kind == "multilabel" and len(task.targets) == 1
    if lists and not task.separator:
        message = "one multilabel target is split at a separator, but there is none"
        yield Diagnostic("P214", message, "task.separator")
    if task.separator and not lists:
        message = f"{task.separator!r} would split a target that is no list"
        yield Diagnostic("P214", message, "task.separator")
