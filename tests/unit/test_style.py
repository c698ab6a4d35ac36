"""What CONTRIBUTING.md asks of every module, and no linter counts."""

from __future__ import annotations

from pathlib import Path

import autom3l

MAX_LINES = 300


def test_modules_are_short() -> None:
    modules = sorted(Path(autom3l.__file__).parent.rglob("*.py"))
    lengths = {m.name: len(m.read_text("utf-8").splitlines()) for m in modules}
    assert {n: lines for n, lines in lengths.items() if lines >= MAX_LINES} == {}
