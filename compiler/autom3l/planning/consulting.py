"""One planning with a model: the transcript read before and kept after."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autom3l.diagnostics import Diagnostic, ModelError, UserError
from autom3l.ir import Pipeline
from autom3l.llm.client import Client
from autom3l.llm.endpoint import find_endpoint
from autom3l.llm.transcript import Transcript
from autom3l.planning.composing import Scene
from autom3l.planning.directives import outcome_lines, refused_lines
from autom3l.planning.planning import PASSES, Planned, plan, usage_text
from autom3l.request import Progress, Request
from autom3l.spec import SpecLlm

SUFFIX = ".transcript.jsonl"


@dataclass(frozen=True)
class Consulted:
    """The pipeline, the transcript that leads to it again, and what to warn of."""

    pipeline: Pipeline
    transcript: str
    warnings: tuple[str, ...]


def consult(
    scene: Scene, llm: SpecLlm, request: Request, progress: Progress
) -> Consulted:
    """Plan with the model of the spec.

    The transcript lies beside the spec and is written with each answer, whatever
    happens then: they are paid for. At the end it holds what this plan rests on, in the
    order of the questions. Raises `ModelError` where `--locked` or `--require-llm` is
    not met.
    """
    _check_refresh(request)
    path = transcript_file(request.source)
    write = partial(_write, path)
    client = Client(
        llm,
        find_endpoint(llm, os.environ),
        Transcript(_read(path), where=str(path), save=write),
        mode=request.mode,
        refresh=request.refresh,
    )
    try:
        planned = plan(scene, client, progress)
    except BaseException:
        write(client.transcript.everything())
        raise
    text = client.transcript.text()
    write(text)
    _tell(scene, planned, client, progress)
    if request.require_llm and planned.problems:
        raise ModelError(planned.problems)
    warnings = (*map(str, planned.problems), *refused_lines(planned.pipeline))
    return Consulted(planned.pipeline, text, warnings)


def transcript_file(spec: Path) -> Path:
    """Where the answers to the questions about a spec are kept: beside it."""
    return spec.with_name(f"{spec.stem}{SUFFIX}")


def _tell(scene: Scene, planned: Planned, client: Client, progress: Progress) -> None:
    replayed = sum(e.source == "transcript" for e in planned.exchanges)
    asked = usage_text(client.spent, client)
    progress.note(f"asked {client.llm.model}: {asked}; {replayed} answers replayed")
    for line in outcome_lines(scene.spec.directives, planned.pipeline):
        progress.note(line)


def _check_refresh(request: Request) -> None:
    names = [pass_.name for pass_ in PASSES]
    for name in request.refresh:
        if name not in names:
            message = f"no pass is called {name!r}"
            hint = f"one of {', '.join(names)}"
            raise UserError(Diagnostic("L018", message, "--refresh", hint))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"the transcript can't be read: {reason}"
        raise UserError(Diagnostic("L020", message, str(path))) from None


def _write(path: Path, text: str) -> None:
    """In one step, so that a kill leaves the old answers or the new ones."""
    if text == _read(path):
        return
    unfinished = path.with_name(f".{path.name}.new")
    try:
        unfinished.write_text(text, "utf-8", newline="\n")
        unfinished.replace(path)
    except OSError as error:
        message = f"the model's answers can't be kept: {error.strerror}"
        hint = "give yourself the right to write beside the spec"
        raise UserError(Diagnostic("L019", message, str(path), hint)) from None
