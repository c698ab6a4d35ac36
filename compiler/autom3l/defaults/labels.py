"""What keeps labels from being learned, and where they contradict the spec."""

from __future__ import annotations

from collections.abc import Iterator

from autom3l.defaults.kinds import MAX_UNIQUE, KindVerdict
from autom3l.defaults.target import MAX_CLASSES, Target, shown
from autom3l.diagnostics import Diagnostic
from autom3l.ir import TaskKind
from autom3l.metrics import METRICS, kinds_of
from autom3l.spec import Spec

MIN_UNIQUE_ROWS = 20
MIN_ROWS = 10
# One row each to train, validate and test would measure nothing but chance.
MIN_BINARY_ROWS = 5


def label_problems(
    spec: Spec, target: Target, verdict: KindVerdict
) -> Iterator[Diagnostic]:
    """Every problem of one target under the kind of task it was given."""
    if not target.present:
        message = f"target {target.name!r} is empty in every row"
        yield Diagnostic("P102", message, "target", "name the column to predict")
        return
    if target.distinct == 1:
        message = f"target {target.name!r} is {shown(target.counts)} in every row"
        hint = "there is nothing to learn; name another column or add rows"
        yield Diagnostic("P103", message, "target", hint)
        return
    if target.present < MIN_ROWS:
        message = f"target {target.name!r} has {target.present} labelled rows"
        yield Diagnostic("P114", message, "target", f"at least {MIN_ROWS} are needed")
    yield from _metric_problems(spec, verdict.kind, target)
    yield from _level_problems(spec, verdict.kind, target)
    if verdict.kind == "regression":
        yield from _number_problems(spec, target)
    elif verdict.kind != "multilabel":
        yield from _class_problems(verdict.kind, target)
        yield from _same_numbers(target)


def several_problems(spec: Spec, targets: tuple[Target, ...]) -> Iterator[Diagnostic]:
    """Every problem of several targets, which have to be columns of 0 and 1."""
    if spec.task not in ("auto", "multilabel"):
        message = f"task: {spec.task} predicts one column, but target names "
        message += f"{len(targets)}: {shown(t.name for t in targets)}"
        yield Diagnostic("P110", message, "target", "name one target")
        return
    for target in targets:
        odd = [v for v, n in target.numbers.items() if n not in (0, 1)]
        odd += target.others
        if odd or not target.present:
            found = shown(odd) if odd else "nothing"
            message = f"target {target.name!r} holds {found}"
            hint = "several targets have to be columns of 0 and 1"
            yield Diagnostic("P111", message, "target", hint)
        elif target.distinct == 1:
            message = f"target {target.name!r} is {shown(target.counts)} in every row"
            yield Diagnostic("P103", message, "target", "leave it out")
    yield from _metric_problems(spec, "multilabel", targets[0])


def _metric_problems(
    spec: Spec, kind: TaskKind, target: Target
) -> Iterator[Diagnostic]:
    metric = spec.metric
    if metric == "auto":
        return
    if metric not in METRICS[kind]:
        facts = f"target {target.name!r} with {target.distinct:,} distinct labels"
        asked = "" if spec.task == "auto" else f" (task: {spec.task})"
        message = f"metric {metric!r} does not score {kind}{asked}: {facts}"
        hint = f"it scores {', '.join(kinds_of(metric))}; for {kind} there are "
        yield Diagnostic("P104", message, "metric", hint + ", ".join(METRICS[kind]))
    if metric == "quadratic_kappa" and not target.numeric:
        message = "metric 'quadratic_kappa' needs numbers as classes, target "
        message += f"{target.name!r} holds {shown(target.others, 3)}"
        hint = "number the classes in their order"
        yield Diagnostic("P105", message, "metric", hint)
    if metric == "rmsle" and target.minimum < 0:
        message = f"metric 'rmsle' has no value below 0, target {target.name!r} "
        message += f"goes down to {target.minimum:g}"
        yield Diagnostic("P105", message, "metric", "rmse or mae can score it")


def _level_problems(spec: Spec, kind: TaskKind, target: Target) -> Iterator[Diagnostic]:
    """Pinned are the two labels that there are, or none."""
    pin = spec.columns.get(target.name)
    if pin is None or (kind == "binary" and {*pin.levels} == {*target.counts}):
        return
    message = f"levels {shown(pin.levels)} of target {target.name!r}, but it "
    if kind == "binary":
        message += f"holds {shown(target.counts)}"
    else:
        message += f"is judged as {kind}: {target.distinct:,} distinct labels"
    hint = "they are the negative and the positive label, written as in the cells"
    yield Diagnostic("P117", message, f"columns.{target.name}", hint)


def _number_problems(spec: Spec, target: Target) -> Iterator[Diagnostic]:
    if target.infinite:
        message = f"target {target.name!r} holds infinite values: "
        hint = "empty those cells, or replace them by a finite number"
        yield Diagnostic("P106", message + shown(target.infinite), "target", hint)
    endless = sum(target.counts[label] for label in target.infinite)
    unread = target.present - target.parsed - endless
    if unread:
        odd = [label for label in target.others if label not in target.infinite]
        asked = "" if spec.task == "auto" else f"task: {spec.task}, but "
        message = f"{asked}{unread:,} of {target.present:,} labels of target "
        message += f"{target.name!r} are no numbers: {shown(odd, 3)}"
        hint = "write them as 1234.5, or all in one other way, or empty the cells"
        yield Diagnostic("P107", message, "target", hint)


def _class_problems(kind: TaskKind, target: Target) -> Iterator[Diagnostic]:
    distinct = target.distinct
    if kind == "binary" and distinct != 2:
        message = f"task: binary, but target {target.name!r} has {distinct:,} labels: "
        hint = "task: multiclass, or leave the other labels empty"
        yield Diagnostic("P108", message + shown(target.counts), "task", hint)
    elif kind == "binary" and min(target.counts.values()) < MIN_BINARY_ROWS:
        label, rows = min(target.counts.items(), key=lambda item: item[1])
        message = f"label {label!r} of target {target.name!r} has {rows} rows"
        hint = f"at least {MIN_BINARY_ROWS} are needed to train, validate and test"
        yield Diagnostic("P115", message, "target", hint)
    elif _all_different(target):
        message = f"target {target.name!r} looks like an identifier: {distinct:,} "
        message += (
            f"different labels in {target.present:,} rows, {shown(target.counts, 3)}"
        )
        hint = "name the column to predict; classes have to repeat"
        yield Diagnostic("P109", message, "target", hint)
    elif distinct > MAX_CLASSES:
        message = f"target {target.name!r} has {distinct:,} classes, at most "
        message += f"{MAX_CLASSES:,} are learned"
        hint = "task: regression for numbers; group rare classes otherwise"
        yield Diagnostic("P109", message, "target", hint)
    elif len(target.counts) < distinct:
        message = f"{distinct - len(target.counts):,} of the {distinct:,} labels of "
        message += f"target {target.name!r} are too long or too rare to be listed"
        yield Diagnostic("P116", message, "target", "write short names as classes")


def _same_numbers(target: Target) -> Iterator[Diagnostic]:
    """`1` and `1.0` would be two classes."""
    if not target.numeric:
        return
    by_number: dict[float, list[str]] = {}
    for label, number in target.numbers.items():
        by_number.setdefault(number, []).append(label)
    for labels in by_number.values():
        if len(labels) > 1:
            message = f"target {target.name!r} writes one number as {shown(labels)}"
            hint = "write it the same in every row: classes are taken as written"
            yield Diagnostic("P113", message, "target", hint)


def _all_different(target: Target) -> bool:
    many = target.present >= MIN_UNIQUE_ROWS
    return many and target.distinct > MAX_UNIQUE * target.present
