"""The decisions of a pipeline as a table."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from autom3l.ir import Decision, Pipeline
from autom3l.layout import table_text
from autom3l.report import task_line

_HEADINGS = ("section", "subject", "choice", "reason", "evidence", "source")


def decisions_text(pipeline: Pipeline) -> str:
    """Every decision in a table."""
    title = f"{pipeline.name}: {task_line(pipeline)}"
    return table_text(_HEADINGS, map(_cells, pipeline.decisions), title)


def decisions_data(pipeline: Pipeline) -> list[dict[str, Any]]:
    """The decisions for machines."""
    return [asdict(decision) for decision in pipeline.decisions]


def _cells(decision: Decision) -> tuple[str, ...]:
    unsure = f" {decision.confidence:.2f}" if decision.confidence < 1 else ""
    return (
        decision.section,
        decision.subject,
        decision.choice,
        decision.reason,
        decision.evidence,
        f"{decision.source}{unsure}",
    )
