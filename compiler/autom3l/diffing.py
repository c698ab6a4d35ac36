"""Two plans compared, for the terminal, for machines and for a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from autom3l.compiled import Compiled
from autom3l.layout import table_text
from autom3l.literals import code, md
from autom3l.plan_diff import Change, plan_changes

_HEADINGS = ("section", "subject", "before", "after", "reason")


@dataclass(frozen=True)
class PlanDiff:
    """`files`: by path what became of them, `None` where a side was not compiled."""

    changes: tuple[Change, ...]
    files: dict[str, str] | None


def diff_plans(old: Compiled, new: Compiled) -> PlanDiff:
    """What changed in the plan, beside what changed in the files made of it."""
    changes = plan_changes(old.pipeline, new.pipeline)
    if old.files is None or new.files is None:
        return PlanDiff(changes, None)
    return PlanDiff(changes, dict(_files(old.files, new.files)))


def diff_as_text(diff: PlanDiff) -> str:
    """A table of the plan, then a line per file."""
    parts = ["The plan is the same."]
    if diff.changes:
        parts = [table_text(_HEADINGS, map(_cells, diff.changes))]
    parts += [f"{verb:<9}{path}" for path, verb in (diff.files or {}).items()]
    return "\n".join(parts)


def diff_as_data(diff: PlanDiff) -> dict[str, Any]:
    """The same for machines."""
    return {"changes": [asdict(c) for c in diff.changes], "files": diff.files}


def diff_as_markdown(diff: PlanDiff) -> str:
    """The same for a pull request."""
    return "\n".join(_markdown(diff))


def _markdown(diff: PlanDiff) -> Iterator[str]:
    yield "### What changed in the plan"
    yield ""
    if diff.changes:
        yield f"| {' | '.join(_HEADINGS)} |"
        yield "|---" * len(_HEADINGS) + "|"
        for change in diff.changes:
            values = [code(text) if text else "" for text in _cells(change)[1:4]]
            cells = [change.section, *values, md(change.reason)]
            yield f"| {' | '.join(cells)} |"
    else:
        yield "Nothing."
    if diff.files is not None:
        yield ""
        yield f"### What changed in the files ({len(diff.files)})"
        yield ""
        yield from (f"- {verb} {md(path)}" for path, verb in diff.files.items())


def _cells(change: Change) -> tuple[str, ...]:
    return (
        change.section,
        change.subject,
        change.before,
        change.after,
        change.reason,
    )


def _files(old: dict[str, str], new: dict[str, str]) -> Iterator[tuple[str, str]]:
    for path in sorted(old.keys() | new.keys()):
        if path not in old:
            yield path, "added"
        elif path not in new:
            yield path, "removed"
        elif old[path] != new[path]:
            yield path, "changed"
