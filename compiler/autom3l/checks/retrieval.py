"""A retrieval has two sides, or one that finds its like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autom3l.checks.subject import Subject
from autom3l.diagnostics import Diagnostic, did_you_mean


def task(subject: Subject) -> Iterator[Diagnostic]:
    """There is one exactly for the task of that name (P290)."""
    pipeline = subject.pipeline
    if (pipeline.task.kind == "retrieval") != (pipeline.retrieval is not None):
        has = "a retrieval" if pipeline.retrieval else "no retrieval"
        message = f"the task is {pipeline.task.kind}, but there is {has}"
        yield Diagnostic("P290", message, "retrieval")


def sides(subject: Subject) -> Iterator[Diagnostic]:
    """All features are of one side or the other, or all of both (P291)."""
    pipeline, part = subject.pipeline, subject.pipeline.retrieval
    if part is None:
        return
    features = [column.name for column in pipeline.features()]
    for side, names in (("query", part.query), ("item", part.item)):
        yield from _side(f"retrieval.{side}", names, features)
    for name in features:
        count = (name in part.query) + (name in part.item)
        if count != (1 if part.two_sided else 2):
            message = f"feature {name!r} is on {count} sides"
            yield Diagnostic("P291", message, "retrieval")
    if not (part.two_sided or pipeline.task.targets):
        message = "nothing says which rows belong together"
        yield Diagnostic("P291", message, "task.targets", "name one, or two sides")


def _side(
    where: str, names: Sequence[str], features: Sequence[str]
) -> Iterator[Diagnostic]:
    if not names:
        yield Diagnostic("P291", "no column", where)
    for name in names:
        if name not in features:
            hint = did_you_mean(name, features)
            yield Diagnostic("P291", f"{name!r} is no feature", where, hint)


def one_network(subject: Subject) -> Iterator[Diagnostic]:
    """Vectors are of one network, without an ensemble of heads (P292)."""
    pipeline = subject.pipeline
    if pipeline.retrieval and pipeline.fusion.members != 1:
        message = f"{pipeline.fusion.members} members, but vectors are of one network"
        yield Diagnostic("P292", message, "fusion.members", "set it to 1")


def derived(subject: Subject) -> Iterator[Diagnostic]:
    """A number is made of one side, for a search knows no other (P293)."""
    part = subject.pipeline.retrieval
    if part is None or not part.two_sided:
        return
    for item in subject.pipeline.derived:
        names = {*item.columns()}
        if names & {*part.query} and names & {*part.item}:
            message = "made of both sides, of which a search knows one"
            yield Diagnostic("P293", message, f"derived.{item.name}")
