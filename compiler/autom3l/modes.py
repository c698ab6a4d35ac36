"""The three ways to compile: for good, as a dry run, and only to compare."""

from __future__ import annotations

import time
from dataclasses import asdict

from autom3l.changes import planned_changes
from autom3l.console import Console
from autom3l.diagnostics import ConflictError, DiffersError
from autom3l.difference import (
    Difference,
    compare,
    diff_text,
    differing,
    update_differences,
    wanted_texts,
)
from autom3l.driver import (
    Outcome,
    changes_of,
    compile_project,
    dependencies,
    preview,
    repeated,
)
from autom3l.manifest import other_versions, read_manifest
from autom3l.project import Project
from autom3l.report import dry_run_text, outcome_data, outcome_text
from autom3l.request import Request
from autom3l.settled import Said, remember


def write(request: Request, console: Console, *, verbose: bool) -> None:
    """Compile into the target and say what came of it."""
    began = time.time_ns()
    outcome = compile_project(request, console)
    text = outcome_text(outcome, request.target, console.seconds.get("trial"))
    _tell(outcome, text, request, console, verbose=verbose)
    again = repeated(outcome, request)
    depends = again and dependencies(request, again)
    if again and depends:
        lines = outcome_text(again, request.target, None)
        data = outcome_data(again, request.target)
        said = Said(tuple(console.told), lines, data)
        remember(request, depends, said, began)


def dry_run(request: Request, console: Console, *, verbose: bool) -> None:
    """Say what `write` would do, or fail as it would; nothing is tried."""
    plan, project = preview(request, console)
    outcome = Outcome(plan, project, changes_of(project, request))
    _tell(outcome, dry_run_text(outcome), request, console, verbose=verbose)


def compare_only(
    request: Request, console: Console, *, check: bool, diff: bool
) -> None:
    """Compare the target with what would be written; `check` raises `DiffersError`."""
    _, project = preview(request, console)
    versions = other_versions(read_manifest(request.target))
    for name, (theirs, ours) in versions.items():
        console.note(f"compiled with {name} {theirs}; this is {ours}")
    differences, diffs = _differences(request, project)
    count = f"{len(differences)} of {len(project.tree)} files differ"
    data = {
        "differences": [asdict(difference) for difference in differences],
        "diff": diffs if diff else "",
        "versions": {
            name: {"project": theirs, "installed": ours}
            for name, (theirs, ours) in versions.items()
        },
    }
    summary = count if differences else "no difference"
    if diff and diffs:
        console.result(diffs.removesuffix("\n"), data, summary=False)
    else:
        console.result(summary, data)
    if check and differences:
        raise DiffersError(differing(differences, request.target))


def _differences(
    request: Request, project: Project
) -> tuple[tuple[Difference, ...], str]:
    """What differs, and as a patch; of what an update keeps nothing does."""
    target = request.target
    if request.edits in ("inline", "rej"):
        changes = planned_changes(target, project, request.edits)
        differences = update_differences(changes)
        paths = {d.path for d in differences} & changes.found.keys()
        rejected = set(changes.managed()[0])
        return differences, diff_text(target, changes.writes, sorted(paths | rejected))
    differences = compare(target, project)
    texts = wanted_texts(target, project)
    return differences, diff_text(target, texts, [d.path for d in differences])


def _tell(
    outcome: Outcome, text: str, request: Request, console: Console, *, verbose: bool
) -> None:
    decisions = f"{_decisions(outcome)}\n\n" if verbose else ""
    data = outcome_data(outcome, request.target) | {"seconds": console.seconds}
    console.result(f"{decisions}{text}", data)
    conflicts = outcome.changes.conflicts()
    if conflicts:
        raise ConflictError(step.conflict() for step in conflicts)


def _decisions(outcome: Outcome) -> str:
    from autom3l.explaining import decisions_text  # noqa: PLC0415 (lays out tables)

    return decisions_text(outcome.plan.pipeline)
