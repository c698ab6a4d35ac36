"""`.autom3lignore` in a target: the files there that a compile shall leave alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from autom3l.diagnostics import Diagnostic, EmitError
from autom3l.paths import BLOCKED, fingerprint

IGNORE = ".autom3lignore"


def ignored(target: Path, paths: Iterable[str]) -> set[str]:
    """Those of some paths that the user's patterns, written as for git, match.

    Raises `EmitError` for a file that holds no patterns.
    """
    state = fingerprint(target, IGNORE)
    if not state:
        return set()
    place = target / IGNORE
    if state == BLOCKED:
        raise EmitError(Diagnostic("E018", "no regular file", str(place)))
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 (few targets have patterns)

    try:
        lines = place.read_text("utf-8").splitlines()
        return set(GitIgnoreSpec.from_lines(lines).match_files(paths))
    except (ValueError, re.error) as error:  # no UTF-8, or no pattern
        hint = "one pattern a line, as in a .gitignore"
        message = f"can't be read: {error}"
        raise EmitError(Diagnostic("E018", message, str(place), hint)) from None
