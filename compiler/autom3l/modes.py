"""The three ways to compile: for good, as a dry run, and only to compare."""

from __future__ import annotations

from dataclasses import asdict

from autom3l.console import Console
from autom3l.diagnostics import DiffersError
from autom3l.difference import compare, diff_text
from autom3l.driver import Outcome, compile_project, preview
from autom3l.emission import planned_changes
from autom3l.report import dry_run_text, outcome_data, outcome_text
from autom3l.request import Request


def write(request: Request, console: Console, *, verbose: bool) -> None:
    """Compile into the target and say what came of it."""
    outcome = compile_project(request, console)
    text = outcome_text(outcome, request.target, console.seconds.get("trial"))
    _tell(outcome, text, request, console, verbose=verbose)


def dry_run(request: Request, console: Console, *, verbose: bool) -> None:
    """Say what `write` would do, or fail as it would; nothing is tried."""
    plan, project = preview(request, console)
    changes = planned_changes(request.target, project, overwrite=request.overwrite)
    outcome = Outcome(plan, project, changes)
    _tell(outcome, dry_run_text(outcome), request, console, verbose=verbose)


def compare_only(
    request: Request, console: Console, *, check: bool, diff: bool
) -> None:
    """Compare the target with what would be written; `check` raises `DiffersError`."""
    _, project = preview(request, console)
    differences = compare(request.target, project)
    diffs = diff_text(request.target, project, differences) if diff else ""
    count = f"{len(differences)} of {len(project.tree)} files differ"
    data = {"differences": [asdict(d) for d in differences], "diff": diffs}
    summary = count if differences else "no difference"
    console.result(diffs.removesuffix("\n") or summary, data)
    if check and differences:
        raise DiffersError(difference.diagnostic() for difference in differences)


def _tell(
    outcome: Outcome, text: str, request: Request, console: Console, *, verbose: bool
) -> None:
    decisions = f"{_decisions(outcome)}\n\n" if verbose else ""
    data = outcome_data(outcome, request.target) | {"seconds": console.seconds}
    console.result(f"{decisions}{text}", data)


def _decisions(outcome: Outcome) -> str:
    from autom3l.explaining import decisions_text  # noqa: PLC0415 (lays out tables)

    return decisions_text(outcome.plan.pipeline)
