"""The decisions of a pipeline as a table, and where a pipeline lies."""

from __future__ import annotations

import io
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autom3l.diagnostics import Diagnostic, UserError
from autom3l.emission import PIPELINE
from autom3l.ir import Decision, Pipeline
from autom3l.report import task_line

_WIDTH_IN_A_PIPE = 120


def pipeline_file(place: Path) -> Path:
    """The pipeline of an emitted repository, or the file itself."""
    if not place.is_dir():
        return place
    path = place / PIPELINE
    if not path.is_file():
        message = f"no emitted repository: it has no {PIPELINE}"
        hint = "give a folder that autom3l-compile made, or a pipeline.json"
        raise UserError(Diagnostic("C006", message, str(place), hint))
    return path


def decisions_text(pipeline: Pipeline) -> str:
    """Every decision as a table, as wide as the terminal or, in a pipe, 120 columns."""
    title = f"{pipeline.name}: {task_line(pipeline)}"
    table = Table(title=Text(title), title_justify="left")
    for heading in ("section", "subject", "choice", "reason", "evidence", "source"):
        table.add_column(heading, overflow="fold")
    for decision in pipeline.decisions:
        table.add_row(*map(Text, _cells(decision)))
    page = io.StringIO()
    terminal = shutil.get_terminal_size().columns
    width = terminal if sys.stdout.isatty() else _WIDTH_IN_A_PIPE
    Console(file=page, width=width).print(table)
    return page.getvalue().rstrip("\n")


def decisions_data(pipeline: Pipeline) -> list[dict[str, Any]]:
    """The decisions for machines."""
    return [asdict(decision) for decision in pipeline.decisions]


def _cells(decision: Decision) -> tuple[str, ...]:
    """Colours mean nothing here: cells are plain text, never console markup."""
    unsure = f" {decision.confidence:.2f}" if decision.confidence < 1 else ""
    return (
        decision.section,
        decision.subject,
        decision.choice,
        decision.reason,
        decision.evidence,
        f"{decision.source}{unsure}",
    )
