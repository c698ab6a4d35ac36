"""What a file seems to be that was given in the place of another."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_SPECS = (".yaml", ".yml")


def hint_for_table(path: Path) -> str:
    """What to do with what is called as a table is; empty for anything else."""
    if not {".gz", *_TABLES} & {*path.suffixes}:
        return ""
    return "is it a table? `autom3l init TABLE --target COLUMN` drafts a spec of it"


def hint_for_spec(path: Path) -> str:
    """What to do with what is called as a spec is; empty for anything else."""
    if path.suffix not in _SPECS:
        return ""
    return "is it a spec? `autom3l plan SPEC` makes a pipeline of it"


def is_pipeline(data: Mapping[str, object]) -> bool:
    """Whether the keys are those of a pipeline and of no spec."""
    return {"version", "package", "fusion", "decisions"} <= data.keys()


def is_endless(path: Path) -> bool:
    """Whether to read it could wait for ever: a named pipe, a socket or a device.

    What a shell hands over (`/dev/stdin`, `<(...)`) is read.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    handed = str(path).startswith(("/dev/stdin", "/dev/fd/"))
    return not (handed or stat.S_ISREG(mode) or stat.S_ISDIR(mode))
