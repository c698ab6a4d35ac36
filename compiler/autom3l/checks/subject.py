"""What is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autom3l.diagnostics import Diagnostic
from autom3l.ir import Pipeline
from autom3l.profile import DataProfile
from autom3l.spec import Constraints
from autom3l.zoo import Zoo


@dataclass(frozen=True)
class Subject:
    """A pipeline and what it is held against; what is `None` is not at hand."""

    pipeline: Pipeline
    profile: DataProfile | None = None
    zoo: Zoo | None = None
    constraints: Constraints | None = None


Check = Callable[[Subject], Iterator[Diagnostic]]


def divider(pipeline: Pipeline) -> str:
    """The column that the rows are divided by, where it may feed nothing; else "".

    What a retrieval finds may well be told apart by what the model reads of it.
    """
    by_group = pipeline.split.kind == "group" and not pipeline.retrieval
    return pipeline.split.column if by_group or pipeline.split.kind == "column" else ""


def outside(where: str, value: float, low: float, high: float) -> Iterator[Diagnostic]:
    """A number that is not within its bounds, both included (P240)."""
    if not low <= value <= high:
        message = f"{value!r} is outside {low:g} to {high:g}"
        yield Diagnostic("P240", message, where)
