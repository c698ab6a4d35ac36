"""The planning half of a compile: from a spec to a verified pipeline."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autom3l.checks.parts import doubts
from autom3l.checks.twins import twins
from autom3l.diagnostics import Diagnostic, ModelError, UserError
from autom3l.inference.columns import tried_photos
from autom3l.ir import Pipeline
from autom3l.known_data import (
    DataChange,
    KnownData,
    data_changes,
    known_data,
    read_known_data,
    to_json,
)
from autom3l.pipeline_file import read_pipeline
from autom3l.planning.composing import Scene
from autom3l.planning.wishes import Wishes
from autom3l.profiling import profile_data
from autom3l.request import Progress, Request, lookup
from autom3l.resources import zoo_dir
from autom3l.spec import Spec
from autom3l.spec_reading import load_spec
from autom3l.validation import verify
from autom3l.zoo import load_zoo

if TYPE_CHECKING:
    from autom3l.planning.consulting import Consulted


@dataclass(frozen=True)
class Plan:
    """A verified pipeline, with what it was planned from where that is known.

    `transcript`: what a model was asked and answered, as JSON lines. `known_data`: what
    is remembered of the table, `data_changes`: what is otherwise than remembered.
    `replayed`: no model would be asked if it were planned again. `photos`: files of the
    data that were looked into.
    """

    pipeline: Pipeline
    spec: str | None = None
    warnings: tuple[str, ...] = ()
    transcript: str | None = None
    known_data: str | None = None
    data_changes: tuple[DataChange, ...] = ()
    replayed: bool = True
    photos: tuple[Path, ...] = ()


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


def _plan_from_spec(request: Request, progress: Progress) -> Plan:
    with progress.stage("parse"):
        spec = load_spec(request.source, llm=request.llm)
        text = request.source.read_text("utf-8-sig")
        if request.weights_dir:
            [folder] = lookup(request.weights_dir)
            spec = replace(spec, weights_dir=_leading(spec.folder, folder))
    with progress.stage("zoo"):
        zoo = load_zoo(lookup(request.zoo_dir, zoo_dir()))
    with _placed(spec):
        with progress.stage("profile"):
            profile = profile_data(spec)
        with progress.stage("default"):
            root = _leading(request.target, Path(spec.folder))
            weights = spec.weights_dir or ""
            scene = Scene(spec, profile, zoo, root, weights)
            pipeline = scene.by_rules(Wishes())
        with progress.stage("verify"):
            verify(pipeline, profile, zoo, spec.constraints)
    before = read_known_data(request.target)
    seen = known_data(spec, profile, pipeline)
    changes = data_changes(before, seen, profile) if before else ()
    _tell(changes, request, progress)
    known = (*spec.warnings, *profile.warnings)
    transcript, replayed = None, True
    if consulted := _consult(scene, text, request, progress):
        pipeline, known = consulted.pipeline, (*known, *consulted.warnings)
        text, transcript = consulted.spec, consulted.transcript
        scene, replayed = consulted.scene, consulted.replayed
    found = (*doubts(pipeline, profile), *twins(spec, pipeline, profile))
    doubtful = (str(_at(spec, doubt)) for doubt in found)
    warnings = (*known, *doubtful)
    remembered = before if before and not changes else _seen(scene)
    return Plan(
        pipeline,
        text,
        warnings,
        transcript,
        to_json(remembered),
        changes,
        replayed,
        tried_photos(spec, profile),
    )


def _seen(scene: Scene) -> KnownData:
    """What to remember of the data; a person may have pinned something meanwhile.

    As long as nothing changed, what was remembered first stays instead, so that small
    changes add up until they are told.
    """
    return known_data(scene.spec, scene.profile, scene.compose(Wishes()))


def _tell(
    changes: tuple[DataChange, ...], request: Request, progress: Progress
) -> None:
    """What is otherwise about the data, before it is planned with; not where locked."""
    if changes and request.mode == "locked":
        hint = "compile without --locked, and review what changes"
        message = "the data is not as at the last compile: {}"
        raise ModelError(
            Diagnostic("L025", message.format(change), repr(change.column), hint)
            for change in changes
        )
    if changes:
        from autom3l.layout import table_text  # noqa: PLC0415 (lays out tables)

        cells = [(c.column, c.change, c.before, c.after) for c in changes]
        title = "The data changed since the last compile:"
        headings = ("column", "change", "before", "now")
        progress.note(table_text(headings, cells, title, sys.stderr))


def _consult(
    scene: Scene, text: str, request: Request, progress: Progress
) -> Consulted | None:
    """The plan of the spec's model; `None` where there is none to be asked."""
    llm = scene.spec.llm
    if llm is None or not request.llm:
        if request.require_llm or request.interactive:
            message = "no model to plan with: the spec has no llm section"
            raise ModelError(Diagnostic("L017", message, str(request.source)))
        return None
    from autom3l.planning.consulting import consult  # noqa: PLC0415 (few need it)

    return consult(scene, text, llm, request, progress)


@contextmanager
def _placed(spec: Spec) -> Iterator[None]:
    """Problems with a key of the spec are told with the line where it stands."""
    try:
        yield
    except UserError as error:
        raise type(error)(_at(spec, d) for d in error.diagnostics) from None


def _at(spec: Spec, diagnostic: Diagnostic) -> Diagnostic:
    place = spec.places.get(diagnostic.where)
    where = diagnostic.where
    return replace(diagnostic, where=f"{place}: {where}" if place else where)


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
