"""From a spec to a repository: the stages of the compiler, one after the other."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from glob import has_magic
from pathlib import Path

from autom3l.changes import Changes, planned_changes
from autom3l.diagnostics import DataError
from autom3l.emission import check_undoable, emit
from autom3l.filetree import FileTree
from autom3l.ignoring import IGNORE
from autom3l.ir import Pipeline
from autom3l.ir_json import to_json
from autom3l.loading import kept_for_good
from autom3l.paths import OWN
from autom3l.plan import Plan, make_plan
from autom3l.project import Project
from autom3l.publishing import recover
from autom3l.request import Progress, Request
from autom3l.reuse import confirm, unchanged_tree
from autom3l.settled import Depends
from autom3l.staging import staging_places
from autom3l.tables import find_files
from autom3l.target import check_target, read_target
from autom3l.trial import run_trial


@dataclass(frozen=True)
class Outcome:
    """What a compile did, or without writing would do."""

    plan: Plan
    project: Project
    changes: Changes


def repeated(outcome: Outcome, request: Request) -> Outcome | None:
    """What the same compile would do next; `None` if it might write, or ask a model."""
    if outcome.plan.data_changes or not outcome.plan.replayed:
        return None
    changes = planned_changes(request.target, outcome.project, request.edits)
    if changes.writes or changes.removes:
        return None
    return replace(outcome, changes=changes)


def dependencies(request: Request, outcome: Outcome) -> Depends | None:
    """What a compile reads, and what it has written; `None` where a glob finds tables,
    for nobody can tell where it might find more.
    """
    target, plan = request.target, outcome.plan
    data = plan.pipeline.data
    tables = [table for table in (data.train, data.validation, data.test) if table]
    if any(map(has_magic, tables)):
        return None
    root = Path(os.path.realpath(target / data.root))
    read = [request.source, request.transcript, *plan.photos]
    read += [Path(os.path.normpath(root / table)) for table in tables]
    if data.weights:
        weights = root / data.weights
        read += [weights, *weights.glob("*"), *weights.glob("*/*")]
    written = [target, *staging_places(target), target / IGNORE]
    written += [target / path for path in outcome.project.tree]
    written += [*(target / OWN).rglob("*"), target / OWN]
    folders = {folder for path in written for folder in path.parents}
    written += [folder for folder in folders if folder.is_relative_to(target)]
    return Depends(read, written)


def compile_project(request: Request, progress: Progress) -> Outcome:
    """Compile into the target. Raises the `UserError` of the stage that fails.

    What passed its trial before, byte for byte and on such data, is not tried again.
    """
    recover(request.target)
    check_target(request.target, request.edits)
    plan = make_plan(request, progress)
    same = _same_tree(plan.pipeline, request)
    tree = _build(plan.pipeline, request, progress) if same is None else same
    project = _project(plan, tree, request)
    tried = changes_of(project, request).trial == "passed"
    if request.trial and (plan.data_changes or not tried):
        _try(tree, plan.pipeline, request, progress)
        project = replace(project, trial="passed")
    with progress.stage("emit"):
        changes = emit(request.target, project, request.edits)
    if same is None and not (changes.writes or changes.removes):
        confirm(request.target)
    return Outcome(plan, project, changes)


def preview(request: Request, progress: Progress) -> tuple[Plan, Project]:
    """What would be emitted, if its trial passed; nothing is tried or written."""
    read_target(request.target)
    plan = make_plan(request, progress)
    tree = _build(plan.pipeline, request, progress)
    return plan, _project(plan, tree, request)


def changes_of(project: Project, request: Request) -> Changes:
    """What a compile would do to the target; raises what speaks against it."""
    changes = planned_changes(request.target, project, request.edits)
    if request.edits in ("inline", "rej") and not request.allow_dirty:
        check_undoable(request.target, changes, _inside(request))
    return changes


def _same_tree(pipeline: Pipeline, request: Request) -> FileTree | None:
    """What the last compile built, where it is certain to be the same."""
    return unchanged_tree(request.target, to_json(pipeline), request.template_dir)


def _build(pipeline: Pipeline, request: Request, progress: Progress) -> FileTree:
    with progress.stage("load"), kept_for_good():
        from autom3l.building import build  # noqa: PLC0415 (often not needed)

    return build(pipeline, request, progress)


def _inside(request: Request) -> set[str]:
    """The spec and its transcript, where they lie in the target: edits are expected."""
    folder = request.target.resolve()
    places = [path.resolve() for path in (request.source, request.transcript)]
    inside = [path for path in places if path.is_relative_to(folder)]
    return {path.relative_to(folder).as_posix() for path in inside}


def _project(plan: Plan, tree: FileTree, request: Request) -> Project:
    return Project(
        tree,
        to_json(plan.pipeline),
        plan.spec,
        "skipped",
        plan.transcript,
        plan.known_data,
        own_templates=request.template_dir is not None,
    )


def _try(
    tree: FileTree, pipeline: Pipeline, request: Request, progress: Progress
) -> None:
    on_rows = not request.from_ir or _has_table(pipeline, request.target)
    if not on_rows:
        table = f"{pipeline.data.root}/{pipeline.data.train}"
        message = f"no table at {table!r}: only the project's own tests are run"
        progress.warn([message])
    with progress.stage("trial"):
        tell = partial(progress.step, "trial")
        run_trial(tree, pipeline, request.target, on_rows=on_rows, tell=tell)


def _has_table(pipeline: Pipeline, target: Path) -> bool:
    """A pipeline may be compiled where its data is not."""
    root = os.path.realpath(target / pipeline.data.root)
    try:
        return bool(find_files(pipeline.data.train, root, "data.train"))
    except DataError:
        return False
