"""From a spec to a repository: the stages of the compiler, one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from autom3l.defaults import default_pipeline
from autom3l.diagnostics import DataError, Diagnostic, UserError
from autom3l.emission import (
    Changes,
    Project,
    check_target,
    emit,
    read_target,
)
from autom3l.filetree import FileTree
from autom3l.formatting import format_tree
from autom3l.ir import Pipeline, from_json, to_json
from autom3l.manifest import Trial
from autom3l.profiling import profile_data
from autom3l.publishing import recover
from autom3l.rendering import render
from autom3l.resources import templates_dir, zoo_dir
from autom3l.rewrites import rewrite
from autom3l.spec_reading import load_spec
from autom3l.tables import find_files
from autom3l.trial import run_trial
from autom3l.validation import verify
from autom3l.zoo import load_zoo


class Progress(Protocol):
    """Where the driver says what it is doing."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Around the work of one stage."""

    def warn(self, messages: Iterable[str]) -> None:
        """As soon as they are known: what follows may fail."""


@dataclass(frozen=True)
class Request:
    """One compile. `source`: the spec or, where `from_ir`, a pipeline.

    Folders given here come before the compiler's own in every lookup.
    """

    source: Path
    target: Path
    from_ir: bool = False
    weights_dir: Path | None = None
    zoo_dir: Path | None = None
    template_dir: Path | None = None
    overwrite: bool = False
    trial: bool = True
    strict: bool = False


@dataclass(frozen=True)
class Plan:
    """A verified pipeline, with what it was planned from where that is known."""

    pipeline: Pipeline
    spec: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a compile did, or without writing would do."""

    plan: Plan
    project: Project
    changes: Changes


def compile_project(request: Request, progress: Progress) -> Outcome:
    """Compile into the target. Raises the `UserError` of the stage that fails."""
    recover(request.target)
    check_target(request.target, overwrite=request.overwrite)
    plan = make_plan(request, progress)
    tree = build(plan.pipeline, request, progress)
    trial: Trial = "skipped"
    if request.trial:
        _try(tree, plan.pipeline, request, progress)
        trial = "passed"
    project = Project(tree, to_json(plan.pipeline), plan.spec, trial)
    with progress.stage("emit"):
        changes = emit(request.target, project, overwrite=request.overwrite)
    return Outcome(plan, project, changes)


def preview(request: Request, progress: Progress) -> tuple[Plan, Project]:
    """What would be emitted, if its trial passed; nothing is tried or written."""
    read_target(request.target)
    plan = make_plan(request, progress)
    tree = build(plan.pipeline, request, progress)
    return plan, Project(tree, to_json(plan.pipeline), plan.spec, "skipped")


def make_plan(request: Request, progress: Progress) -> Plan:
    """From the spec, or the pipeline of `--from-ir`, to a verified pipeline."""
    if request.from_ir:
        plan = Plan(read_pipeline(request.source))
        with progress.stage("verify"):
            verify(plan.pipeline, None, None)
    else:
        plan = _plan_from_spec(request, progress)
    if request.strict and plan.warnings:
        hint = "a warning, and --strict is given"
        raise UserError(Diagnostic("C002", w, hint=hint) for w in plan.warnings)
    progress.warn(plan.warnings)
    return plan


def build(pipeline: Pipeline, request: Request, progress: Progress) -> FileTree:
    """The pipeline as formatted source text."""
    with progress.stage("render"):
        tree = render(pipeline, _lookup(request.template_dir, templates_dir()))
    with progress.stage("rewrite"):
        tree = rewrite(tree)
    with progress.stage("format"):
        return format_tree(tree)


def read_pipeline(path: Path) -> Pipeline:
    """The IR in a file; raises `UserError` for one that holds no pipeline."""
    try:
        return from_json(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"can't be read: {reason}"
        raise UserError(Diagnostic("C003", message, str(path))) from None
    except ValidationError as error:
        raise UserError(_mistakes(path, error)) from None


def _try(
    tree: FileTree, pipeline: Pipeline, request: Request, progress: Progress
) -> None:
    on_rows = not request.from_ir or _has_table(pipeline, request.target)
    if not on_rows:
        table = f"{pipeline.data.root}/{pipeline.data.train}"
        message = f"no table at {table!r}: only the project's own tests are run"
        progress.warn([message])
    with progress.stage("trial"):
        run_trial(tree, pipeline, request.target, on_rows=on_rows)


def _has_table(pipeline: Pipeline, target: Path) -> bool:
    """A pipeline may be compiled where its data is not."""
    root = os.path.realpath(target / pipeline.data.root)
    try:
        return bool(find_files(pipeline.data.train, root))
    except DataError:
        return False


def _plan_from_spec(request: Request, progress: Progress) -> Plan:
    with progress.stage("parse"):
        spec = load_spec(request.source)
        text = request.source.read_text("utf-8")
        if request.weights_dir:
            weights = _leading(spec.folder, request.weights_dir)
            spec = replace(spec, weights_dir=weights)
    with progress.stage("zoo"):
        zoo = load_zoo(_lookup(request.zoo_dir, zoo_dir()))
    with progress.stage("profile"):
        profile = profile_data(spec)
    with progress.stage("default"):
        root = _leading(request.target, Path(spec.folder))
        weights = spec.weights_dir or ""
        pipeline = default_pipeline(spec, profile, zoo, root=root, weights=weights)
    with progress.stage("verify"):
        verify(pipeline, profile, zoo, spec.constraints)
    return Plan(pipeline, text, (*spec.warnings, *profile.warnings))


def _lookup(given: Path | None, shipped: Path) -> list[Path]:
    """The folders to search, in order."""
    if given and not given.is_dir():
        raise UserError(Diagnostic("C004", "no such folder", str(given)))
    return [given, shipped] if given else [shipped]


def _leading(start: str | Path, end: Path) -> str:
    """The relative POSIX path that leads from one folder to another.

    Links are resolved first, for `..` is taken from where a folder really is.
    """
    try:
        path = os.path.relpath(os.path.realpath(end), os.path.realpath(start))
    except ValueError:  # two drives of Windows
        message = f"no relative path leads there from {str(start)!r}"
        raise UserError(Diagnostic("C005", message, str(end))) from None
    return Path(path).as_posix()


def _mistakes(path: Path, error: ValidationError) -> Iterator[Diagnostic]:
    for mistake in error.errors():
        key = ".".join(map(str, mistake["loc"]))
        message = f"{key}: {mistake['msg']}" if key else mistake["msg"]
        yield Diagnostic("C003", f"not a pipeline: {message}", str(path))
