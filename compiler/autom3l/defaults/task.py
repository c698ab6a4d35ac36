"""The task: what is predicted from the target's labels, and how it is scored."""

from __future__ import annotations

from collections.abc import Iterator

from autom3l.defaults.classes import class_list, list_labels
from autom3l.defaults.kinds import KindVerdict, by_metric, is_scale, judge_target
from autom3l.defaults.labels import label_problems, several_problems
from autom3l.defaults.metric import choose_metric
from autom3l.defaults.retrieval import retrieval_task
from autom3l.defaults.skew import choose_transform
from autom3l.defaults.target import Target, measured, read_target, shown
from autom3l.diagnostics import Diagnostic, PlanError, did_you_mean
from autom3l.ir import Decision, Source, Task, TaskKind
from autom3l.profile import DataProfile
from autom3l.spec import Spec


def infer_task(spec: Spec, profile: DataProfile) -> tuple[Task, tuple[Decision, ...]]:
    """The task with its decisions; what the spec says wins.

    Raises `PlanError` where the labels contradict the spec or allow no task (P1xx).
    """
    targets = _targets(spec, profile)
    if spec.task == "retrieval":
        return retrieval_task(spec, targets[0] if targets else None)
    if len(targets) > 1:
        return _several(spec, targets)
    target = targets[0]
    verdict, source = _kind(spec, target, profile)
    if verdict.kind == "regression":
        target = measured(target)
    problems = tuple(label_problems(spec, target, verdict))
    if problems:
        raise PlanError(problems)
    decisions = [_kind_decision(verdict, source, target)]
    if target.empty:
        decisions.append(_unlabelled(target))
    if verdict.kind == "regression":
        transform, decision = choose_transform(spec, target)
        metric, metric_decision = choose_metric(spec, "regression")
        task = Task(
            kind="regression",
            targets=(target.name,),
            metric=metric,
            transform=transform,
            missing=target.missing,
            number=target.number,
        )
        return task, (*decisions, *_written(target), metric_decision, decision)
    task, more = _classification(spec, profile, target, verdict.kind)
    return task, (*decisions, *more)


def _targets(spec: Spec, profile: DataProfile) -> tuple[Target, ...]:
    names = [column.name for column in profile.columns]
    absent = [name for name in spec.target if name not in names]
    if absent:
        raise PlanError(
            Diagnostic(
                "P101", f"the table has no target column {name!r}", "target", hint
            )
            for name in absent
            for hint in [did_you_mean(name, names)]
        )
    return tuple(read_target(profile, name) for name in spec.target)


def _kind(
    spec: Spec, target: Target, profile: DataProfile
) -> tuple[KindVerdict, Source]:
    column = profile.column(target.name)
    if spec.kind != "auto":
        reason = "The spec says so."
        if spec.task == "matching":
            reason = "Both sides of a row are the same thing, or they are not."
        evidence = f"task: {spec.task}; {target.distinct:,} distinct labels"
        return KindVerdict(spec.kind, reason, evidence), "spec"
    settled = None if spec.metric == "auto" else by_metric(spec.metric, target)
    if settled is not None:
        return settled, "spec"
    return judge_target(target, column), "rule"


def _classification(
    spec: Spec, profile: DataProfile, target: Target, kind: TaskKind
) -> tuple[Task, tuple[Decision, ...]]:
    metric, metric_decision = choose_metric(spec, kind)
    names = (target.name,)
    if kind == "multilabel":
        labels, separator, decision = list_labels(target, profile)
        task = Task(
            kind, names, metric, labels, separator=separator, missing=target.missing
        )
        return task, (metric_decision, decision)
    pin = spec.columns.get(target.name)
    classes, decisions = class_list(target, kind, pin.levels if pin else ())
    scale = is_scale(target) or metric == "quadratic_kappa"
    ordered = kind == "multiclass" and scale
    task = Task(kind, names, metric, classes, ordered, missing=target.missing)
    return task, (metric_decision, *decisions)


def _several(
    spec: Spec, targets: tuple[Target, ...]
) -> tuple[Task, tuple[Decision, ...]]:
    """Several targets are several labels, each of which a row has or has not."""
    problems = tuple(several_problems(spec, targets))
    if problems:
        raise PlanError(problems)
    names = tuple(target.name for target in targets)
    metric, metric_decision = choose_metric(spec, "multilabel")
    positives = ", ".join(
        f"{t.name!r} {sum(n for v, n in t.counts.items() if float(v) == 1):,}"
        for t in targets[:8]
    )
    decision = Decision(
        section="task",
        subject="kind",
        choice="multilabel",
        reason="Every target is a column of 0 and 1.",
        source="rule" if spec.task == "auto" else "spec",
        evidence=f"rows with 1: {positives}",
    )
    unlabelled = tuple(_unlabelled(target) for target in targets if target.empty)
    missing = tuple(sorted({marker for target in targets for marker in target.missing}))
    task = Task("multilabel", names, metric, names, missing=missing)
    return task, (decision, *unlabelled, metric_decision)


def _kind_decision(verdict: KindVerdict, source: Source, target: Target) -> Decision:
    return Decision(
        section="task",
        subject="kind",
        choice=verdict.kind,
        reason=verdict.reason,
        source=source,
        evidence=verdict.evidence,
        confidence=verdict.confidence,
    )


def _written(target: Target) -> Iterator[Decision]:
    """How numbers are read that are not plain, by the example of the most frequent."""
    if target.number is None:
        return
    label, number = next(iter(target.numbers.items()))
    yield Decision(
        section="task",
        subject=f"numbers of {target.name}",
        choice=f"{label!r} is {number:.15g}",
        reason="The labels have signs, units or marks, which are cut away; predictions "
        "are plain numbers.",
        source="rule",
        evidence=f"{len(target.numbers):,} different labels are written so",
        confidence=0.9,
    )


def _unlabelled(target: Target) -> Decision:
    marked = f" or hold {shown(target.missing)}" if target.missing else ""
    return Decision(
        section="task",
        subject=f"rows without {target.name}",
        choice="leave out",
        reason="A row without a label can neither teach nor test.",
        source="rule",
        evidence=f"{target.empty:,} rows are empty{marked}",
    )
