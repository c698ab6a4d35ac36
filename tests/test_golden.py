"""Golden trees: what the compiler emits, byte for byte. `make golden` rewrites them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from autom3l.cli import app, compile_app
from autom3l.ir import Pipeline
from autom3l.ir_json import from_json, to_json
from case_files import snapshot
from golden_tables import EDITS, TABLES, draw
from typer.testing import CliRunner

GENERATED = Path(__file__).parent.parent / "generated"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_the_emitted_tree_is_the_golden_one(
    table: Callable[[Path, Random], str], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    spec, project = draw(table, tmp_path), tmp_path / "project"
    source = [str(spec)]
    if edit := EDITS.get(table.__name__):
        source = ["--from-ir", str(edited(spec, project, edit))]
    arguments = [*source, "-o", str(project), "--no-trial"]
    result = CliRunner().invoke(compile_app, arguments)
    assert result.exit_code == 0, result.stderr
    golden = GENERATED / table.__name__
    if pytestconfig.getoption("update_golden"):
        shutil.rmtree(golden, ignore_errors=True)
        shutil.copytree(project, golden)
    # Who runs a golden project leaves byte code there.
    kept = {n: b for n, b in snapshot(golden).items() if "__pycache__" not in n}
    assert snapshot(project) == kept


def edited(spec: Path, project: Path, edit: Callable[[Pipeline], Pipeline]) -> Path:
    """The plan of a spec after an edit."""
    plan = spec.with_name("pipeline.json")
    arguments = ["plan", str(spec), "-o", str(plan), "--project", str(project)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    plan.write_text(to_json(edit(from_json(plan.read_text("utf-8")))), "utf-8")
    return plan


def test_every_golden_tree_is_tested() -> None:
    trees = {path.name for path in GENERATED.iterdir() if path.is_dir()}
    assert trees == {table.__name__ for table in TABLES}
