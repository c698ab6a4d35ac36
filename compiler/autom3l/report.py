"""What a compile tells its user at its end."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autom3l.changes import DISCARDED, Step
from autom3l.column import Column
from autom3l.diagnostics import one_line
from autom3l.driver import Outcome
from autom3l.ir import Pipeline


def outcome_text(outcome: Outcome, target: Path, trial_seconds: float | None) -> str:
    """A compile in a few lines: what was written, what was decided, what to do next."""
    pipeline = outcome.plan.pipeline
    written, removed = outcome.changes.managed()
    count = f"{target}: {len(outcome.project.tree)} files, {len(written)} written"
    trial = "skipped: nobody knows yet whether this project runs"
    if trial_seconds is not None:
        trial = f"passed in {trial_seconds:.0f} s"
    elif outcome.changes.trial == "passed":
        trial = "skipped: these very files have passed theirs before"
    rows = [
        ("project", count),
        *(("removed", path) for path in removed),
        *_edits(outcome.changes.steps),
        *_decided(pipeline),
        ("trial", trial),
    ]
    return "\n".join([_lines(rows), "", *next_commands(pipeline, target)])


def dry_run_text(outcome: Outcome) -> str:
    """What a compile would do to each file, and what was decided."""
    steps = [(step.action, _with_note(step)) for step in outcome.changes.steps]
    return _lines([*steps, *_decided(outcome.plan.pipeline)])


def outcome_data(outcome: Outcome, target: Path) -> dict[str, Any]:
    """The same for machines."""
    pipeline = outcome.plan.pipeline
    written, removed = outcome.changes.managed()
    return {
        "target": str(target),
        "package": pipeline.package,
        "files": sorted(outcome.project.tree),
        "written": sorted(written),
        "removed": sorted(removed),
        "steps": [asdict(step) for step in outcome.changes.steps],
        "task": {"kind": pipeline.task.kind, "metric": pipeline.task.metric},
        "columns": {c.name: c.modality for c in pipeline.features()},
        "left_out": {c.name: c.role for c in _unused(pipeline)},
        "encoders": asdict(pipeline.encoders),
        "trial": outcome.changes.trial,
        "data_changes": [asdict(change) for change in outcome.plan.data_changes],
        "warnings": list(outcome.plan.warnings),
    }


def next_commands(pipeline: Pipeline, target: Path) -> list[str]:
    """The commands that train, evaluate and read on."""
    return [
        "Next:",
        f"  cd {target}",
        f"  python -m {pipeline.package}.train configs/base.toml --out runs/base",
        f"  python -m {pipeline.package}.evaluate runs/base",
        *(f"  python -m {pipeline.package}.{use}" for use in _uses(pipeline)),
        "  and read README.md: the project is yours.",
    ]


def _uses(pipeline: Pipeline) -> tuple[str, ...]:
    if pipeline.retrieval:
        return "index runs/base ITEMS", "retrieve runs/base QUERIES found.csv"
    return ("predict runs/base NEW_ROWS predictions.csv",)


def task_line(pipeline: Pipeline) -> str:
    """What is predicted, and by which measure."""
    task = pipeline.task
    classes = f", {len(task.classes)} classes" if task.kind == "multiclass" else ""
    targets = ", ".join(task.targets)
    if pipeline.retrieval:
        what = f" by {targets}" if targets else ""
        return f"retrieval{what}, scored by {task.metric}"
    kind = "matching" if pipeline.pairs else task.kind
    return f"{kind} of {targets}{classes}, scored by {task.metric}"


def _edits(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    """What became of the user's own changes."""
    undone = [step.path for step in steps if step.note == DISCARDED]
    merged = [step for step in steps if step.action == "update" and step.note]
    merged = [step for step in merged if step.path not in undone]
    kept = [step.path for step in steps if step.action == "keep"]
    conflicts = [step for step in steps if step.action == "conflict"]
    more = f" and {len(kept) - 8} more" if len(kept) > 8 else ""
    return [
        *(("undone", f"changes of {path}") for path in undone),
        *(("edits", _with_note(step)) for step in merged),
        *([("kept", f"as you left them: {', '.join(kept[:8])}{more}")] if kept else ()),
        *(("conflict", _with_note(step)) for step in conflicts),
    ]


def _with_note(step: Step) -> str:
    return f"{step.path}: {step.note}" if step.note else step.path


def _decided(pipeline: Pipeline) -> list[tuple[str, str]]:
    unused = [("left out", _left_out(pipeline))] if _unused(pipeline) else []
    encoders = [("encoder", line) for line in _encoders(pipeline)]
    task, columns = task_line(pipeline), _used(pipeline)
    return [("task", task), ("columns", columns), *unused, *encoders]


def _lines(rows: list[tuple[str, str]]) -> str:
    return "\n".join(f"{name:<9}{one_line(value)}" for name, value in rows)


def _used(pipeline: Pipeline) -> str:
    counts = Counter(column.modality for column in pipeline.features())
    kinds = ", ".join(f"{number} {name}" for name, number in counts.most_common())
    return f"{counts.total()} used: {kinds}"


def _unused(pipeline: Pipeline) -> list[Column]:
    return [column for column in pipeline.columns if column.role != "feature"]


def _left_out(pipeline: Pipeline) -> str:
    columns = _unused(pipeline)
    shown = ", ".join(f"{column.name} ({column.role})" for column in columns[:8])
    more = f" and {len(columns) - 8} more" if len(columns) > 8 else ""
    return f"{len(columns)}: {shown}{more}"


def _encoders(pipeline: Pipeline) -> list[str]:
    parts = ("tabular", "text", "image")
    chosen = [
        d for d in pipeline.decisions if d.section == "encoders" and d.subject in parts
    ]
    return [f"{d.subject}: {d.choice}: {d.reason}" for d in chosen]
