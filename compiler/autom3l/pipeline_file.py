"""Pipelines in files, of this version of the IR or an earlier one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from autom3l.diagnostics import Diagnostic, UserError
from autom3l.ir import IR_VERSION, Pipeline
from autom3l.ir_json import from_json
from autom3l.mistaken import hint_for_spec, hint_for_table, is_endless

Migration = Callable[[dict[str, Any]], dict[str, Any]]
# The one at position n makes version n + 2 of version n + 1. A field that an earlier
# pipeline lacks needs none where it has a default that means what was then done.
MIGRATIONS: tuple[Migration, ...] = ()


def read_pipeline(path: Path) -> Pipeline:
    """The IR in a file; raises `UserError` for one that holds no pipeline."""
    if is_endless(path):
        raise UserError(Diagnostic("C003", "no regular file", str(path)))
    try:
        return parse_pipeline(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"can't be read: {reason}"
        raise UserError(Diagnostic("C003", message, str(path))) from None


def parse_pipeline(text: str, where: str) -> Pipeline:
    """The IR in a text; raises `UserError`, also for a version that is too new."""
    version = _version(text)
    if version > IR_VERSION:
        message = f"a pipeline of version {version}; this autom3l reads {IR_VERSION}"
        raise UserError(Diagnostic("C011", message, where, "upgrade autom3l"))
    if 0 < version < IR_VERSION:
        data = json.loads(text)
        for migrate in MIGRATIONS[version - 1 :]:
            data = migrate(data)
        text = json.dumps(data)
    try:
        return from_json(text)
    except ValidationError as error:
        raise UserError(_mistakes(where, error)) from None


def _version(text: str) -> int:
    """0 where none is told: what is wrong then, validation says."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return 0
    version = data.get("version") if isinstance(data, dict) else None
    return version if isinstance(version, int) else 0


def _mistakes(where: str, error: ValidationError) -> Iterator[Diagnostic]:
    for mistake in error.errors():
        key = ".".join(map(str, mistake["loc"]))
        message = f"{key}: {mistake['msg']}" if key else mistake["msg"]
        hint = hint_for_table(Path(where)) or hint_for_spec(Path(where))
        yield Diagnostic("C003", f"not a pipeline: {message}", where, hint)
