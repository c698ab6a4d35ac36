"""Every bad input gets its exact message and exit code, and nothing is written.

`make cases` writes what the commands say into the cases; its diff is the review.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from autom3l.cli import app, compile_app
from case_files import Case, read_case, snapshot
from typer.testing import CliRunner, Result

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(FOLDER.rglob("*.txt"))
TIMING = re.compile(r"^\w+ +\d+\.\d\d s\n", re.MULTILINE)
AT_LEAST = {"spec": 25, "data": 15, "plan": 5, "target": 5, "flags": 5}


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_bad_input_is_told_exactly(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
) -> None:
    case = read_case(path)
    case.lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    *before, last = case.commands
    for command in before:
        assert run(command).exit_code == 0, command
    found = snapshot(tmp_path)
    result = run(last)
    said = TIMING.sub("", result.stderr.replace(str(tmp_path), "HERE"))
    if pytestconfig.getoption("update_cases"):
        updated = replace(case, stderr=said, exit_code=result.exit_code)
        path.write_text(updated.text(), "utf-8")
        return
    assert (said, result.exit_code) == (case.stderr, case.exit_code)
    assert result.stdout == ""
    assert snapshot(tmp_path) == found


def run(command: str) -> Result:
    """Run a command line in this process; bugs keep their traceback."""
    tool, *arguments = shlex.split(command)
    chosen = {"autom3l": app, "autom3l-compile": compile_app}[tool]
    result = CliRunner().invoke(chosen, arguments, prog_name=tool)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize("group", AT_LEAST)
def test_every_stage_has_its_cases(group: str) -> None:
    assert len(list((FOLDER / group).glob("*.txt"))) >= AT_LEAST[group]


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_case_is_an_error_with_a_code_and_small(path: Path) -> None:
    case: Case = read_case(path)
    assert case.exit_code != 0
    errors = [line for line in case.stderr.splitlines() if line.startswith("error: ")]
    usage = case.stderr.startswith("Usage: ")
    assert usage or (errors and all(re.search(r" \[[A-Z]\d{3}\]$", e) for e in errors))
    assert path.read_text("utf-8") == case.text()
    assert path.stat().st_size < 3000
