"""What one compile is asked to do, and where it says how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from autom3l.diagnostics import Diagnostic, UserError

Mode = Literal["normal", "locked", "offline"]
# What tells that an edit and a new compile conflict: markers, or a patch beside.
Conflict = Literal["inline", "rej"]
# What is done with edits of managed files; a conflict says that both are merged.
Edits = Literal["refuse", "overwrite"] | Conflict


class Progress(Protocol):
    """Where the driver says what it is doing, and asks the user."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Around the work of one stage."""

    def note(self, text: str) -> None:
        """What the user may want to know while it goes on."""

    def step(self, stage: str, name: str) -> None:
        """As one step of a long stage begins."""

    def warn(self, messages: Iterable[str]) -> None:
        """As soon as they are known: what follows may fail."""

    def ask(self, question: str) -> str:
        """A line of the user; raises `KeyboardInterrupt` where nobody answers."""


@dataclass(frozen=True)
class Request:
    """One compile. `source`: the spec or, where `from_ir`, a pipeline.

    `edits`: what is done where managed files were edited; `allow_dirty`: merging, too,
    where git could not undo it.
    Folders given here come before the compiler's own in every lookup. `llm`: whether
    the model of the spec is asked; `require_llm`: no pass may be left to the rules.
    `mode`: whether it may be asked what the transcript lacks (`locked` fails, `offline`
    goes on without); `refresh`: passes that are asked anew. `interactive`: the user is
    asked after each pass.
    """

    source: Path
    target: Path
    from_ir: bool = False
    weights_dir: Path | None = None
    zoo_dir: Path | None = None
    template_dir: Path | None = None
    edits: Edits = "refuse"
    allow_dirty: bool = False
    trial: bool = True
    strict: bool = False
    llm: bool = True
    require_llm: bool = False
    mode: Mode = "normal"
    refresh: tuple[str, ...] = ()
    interactive: bool = False

    @property
    def transcript(self) -> Path:
        """Where the answers to the questions about the spec are kept: beside it."""
        return self.source.with_name(f"{self.source.stem}.transcript.jsonl")


def lookup(given: Path | None, *shipped: Path) -> list[Path]:
    """The folders to search, in order; raises `UserError` where the first is none."""
    if given and not given.is_dir():
        raise UserError(Diagnostic("C004", "no such folder", str(given)))
    return [given, *shipped] if given else [*shipped]
