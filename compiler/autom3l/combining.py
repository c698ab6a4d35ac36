"""Which flags of a compile go together, and what they mean together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autom3l.diagnostics import Diagnostic, UserError
from autom3l.request import Conflict, Edits


def asking(
    *,
    no_llm: bool,
    require_llm: bool,
    locked: bool,
    offline: bool,
    refresh: list[str] | None,
    interactive: bool,
    unseen: dict[str, bool],
) -> dict[str, Any]:
    """What a request says of the model; `unseen`: flags that leave no room to ask."""
    refuse_together({"--locked": locked, "--offline": offline})
    asked = {"--require-llm": require_llm, "--locked": locked, "--offline": offline}
    asked |= {"--refresh": bool(refresh), "--interactive": interactive}
    for flag, given in asked.items():
        refuse_together({"--no-llm": no_llm, flag: given})
    for flag, given in {"--locked": locked, "--offline": offline}.items():
        refuse_together({flag: given, "--refresh": bool(refresh)})
    for flag, given in {"--locked": locked, "--offline": offline, **unseen}.items():
        refuse_together({flag: given, "--interactive": interactive})
    return {
        "llm": not no_llm,
        "require_llm": require_llm,
        "mode": "locked" if locked else "offline" if offline else "normal",
        "refresh": tuple(refresh or ()),
        "interactive": interactive,
    }


def editing(
    update: bool, conflict: Conflict | None, overwrite: bool, allow_dirty: bool
) -> Edits:
    """What is done where managed files were edited."""
    refuse_together({"--update": update, "--overwrite": overwrite})
    for flag, given in {"--conflict": conflict, "--allow-dirty": allow_dirty}.items():
        if given and not update:
            raise UserError(Diagnostic("C001", f"{flag} needs --update"))
    if update:
        return conflict or "inline"
    return "overwrite" if overwrite else "refuse"


def one_source(spec: Path | None, ir: Path | None) -> Path:
    """The one place that a compile starts from."""
    source = spec or ir
    if source is None or (spec and ir):
        message = "give either SPEC or --from-ir FILE"
        raise UserError(Diagnostic("C001", message))
    return source


def refuse_together(given: dict[str, bool]) -> None:
    """Raise `UserError` where all of these flags are given."""
    if all(given.values()):
        message = f"{' and '.join(given)} exclude each other"
        raise UserError(Diagnostic("C001", message))


def refuse_unsaid(
    target: Sequence[str], left: Sequence[str], right: Sequence[str], *, matching: bool
) -> None:
    """A draft is of a target, or of a retrieval whose sides are both named."""
    if not all((*target, *left, *right)):
        message, hint = "an empty name", "no column is called so"
        raise UserError(Diagnostic("C013", message, "--target, --left, --right", hint))
    if bool(left) != bool(right):
        message, where = "one side of two is given", "--left, --right"
        hint = "--left is searched with, --right is found"
        raise UserError(Diagnostic("C013", message, where, hint))
    if not target and (matching or not left):
        message = "nothing says what to predict"
        hint = "--target COLUMN, or for a retrieval --left COLUMN --right COLUMN"
        raise UserError(Diagnostic("C013", message, "--target", hint))
