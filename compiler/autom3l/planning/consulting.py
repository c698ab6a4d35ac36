"""One planning with a model: the transcript read before and kept after."""

from __future__ import annotations

import os
import shutil
from codecs import BOM_UTF8
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
from autom3l.planning.drafts import Draft
from autom3l.planning.planning import PASSES, Planned, plan, usage_text
from autom3l.request import Progress, Request
from autom3l.spec import SpecLlm


@dataclass(frozen=True)
class Consulted:
    """The pipeline, what leads to it again, and what to warn of.

    `spec`: the text of the spec, with what a person said meanwhile; `scene`: what that
    plans for. `replayed`: the transcript that lay there answers every question.
    """

    pipeline: Pipeline
    spec: str
    scene: Scene
    transcript: str
    warnings: tuple[str, ...]
    replayed: bool


def consult(
    scene: Scene, text: str, llm: SpecLlm, request: Request, progress: Progress
) -> Consulted:
    """Plan with the model of the spec, whose text is given too.

    The transcript lies beside the spec and is written with each answer, whatever
    happens then: they are paid for. At the end it holds what this plan rests on, in the
    order of the questions. Raises `ModelError` where `--locked` or `--require-llm` is
    not met.
    """
    _check_refresh(request)
    path = request.transcript
    known = _read(path)
    write = partial(_write, path)
    client = Client(
        llm,
        find_endpoint(llm, os.environ),
        Transcript(known, where=str(path), save=write),
        mode=request.mode,
        refresh=request.refresh,
    )
    draft = Draft(scene, text, request.source)
    try:
        if request.interactive:
            from autom3l.planning.discussing import discuss  # noqa: PLC0415 (as rare)

            planned, draft = discuss(draft, client, progress)
            kept = draft.text == text or _write_back(draft, text, progress)
        else:
            planned, kept = plan(scene, client, progress), True
    except BaseException:
        write(client.transcript.everything())
        raise
    transcript = client.transcript.text()
    # A spec that stays as it is has its answers, too.
    write(transcript if kept else client.transcript.everything())
    _tell(draft.scene, planned, client, progress)
    if request.require_llm and planned.problems:
        raise ModelError(planned.problems)
    warnings = (*map(str, planned.problems), *refused_lines(planned.pipeline))
    settled = all(e.outcome in ("accepted", "rejected") for e in planned.exchanges)
    return Consulted(
        planned.pipeline,
        draft.text,
        draft.scene,
        transcript,
        warnings,
        replayed=settled and transcript == known,
    )


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


def _write_back(draft: Draft, earlier: str, progress: Progress) -> bool:
    """Whether the spec's own file says by now what was said, as its owner wishes."""
    path = draft.path
    wish = progress.ask(f"write what was said into {path}, too? [y/N] ").lower()
    if wish not in ("y", "yes"):
        return False
    try:
        raw = path.read_bytes()
        if path.read_text("utf-8-sig") != earlier:
            progress.warn([f"{path} was edited meanwhile: it is left as it is"])
            return False
        text = draft.text.replace("\n", "\r\n") if b"\r\n" in raw else draft.text
        mark = BOM_UTF8 if raw.startswith(BOM_UTF8) else b""
        _put(Path(os.path.realpath(path)), mark + text.encode())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"the spec is left as it is: {reason}"
        hint = "take it from .autom3l/ of the project"
        progress.warn([str(Diagnostic("L023", message, str(path), hint))])
        return False
    return True


def _write(path: Path, text: str) -> None:
    """In one step, so that a kill leaves the old answers or the new ones."""
    if text == _read(path):
        return
    try:
        _put(path, text.encode())
    except OSError as error:
        message = f"the model's answers can't be kept: {error.strerror}"
        hint = "give yourself the right to write beside the spec"
        raise UserError(Diagnostic("L019", message, str(path), hint)) from None


def _put(path: Path, content: bytes) -> None:
    """In one step, so that a kill leaves what was there or what is new."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_bytes(content)
    if path.exists():
        shutil.copymode(path, unfinished)
    unfinished.replace(path)
