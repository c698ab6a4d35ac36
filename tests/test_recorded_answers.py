"""Recorded answers of a capable model still lead to the plans that they meant."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from autom3l.cli import compile_app
from autom3l.ir import Pipeline
from autom3l.ir_json import from_json
from llm_server import serving
from ruamel.yaml import YAML
from scripted_passes import TRANSCRIPTS, by_pass, recorded
from typer.testing import CliRunner

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


def plan(name: str, folder: Path) -> tuple[Pipeline, str]:
    """The pipeline for the table in `folder`, planned with the recorded answers."""
    yaml = YAML()
    spec = yaml.load((TRANSCRIPTS / f"{name}.yaml").read_text("utf-8"))
    spec.pop("weights_dir", None)
    spec["constraints"] = {"offline": False}
    with serving(by_pass(**recorded(name))) as script:
        spec["llm"]["base_url"] = script.base_url
        with (folder / "spec.yaml").open("w", encoding="utf-8") as file:
            yaml.dump(spec, file)
        arguments = [str(folder / "spec.yaml"), "-o", str(folder / "project")]
        result = CliRunner().invoke(compile_app, [*arguments, "--no-trial"])
    assert result.exit_code == 0, result.stderr
    text = (folder / "project/.autom3l/pipeline.json").read_text("utf-8")
    return from_json(text), result.stderr


def test_what_only_a_reader_knows_changes_the_plan(tmp_path: Path) -> None:
    script = [sys.executable, str(TRANSCRIPTS / "own_table.py")]
    done = subprocess.run(script, capture_output=True, check=True)
    (tmp_path / "train.csv").write_bytes(done.stdout)
    pipeline, said = plan("own_table", tmp_path)
    assert "left to the rules" not in {d.choice for d in pipeline.decisions}, said
    sections = {d.section for d in pipeline.decisions if d.source == "llm"}
    assert {"columns", "derived", "task"} <= sections
    roles = {c.role for c in pipeline.columns}
    assert "leak" in roles
    assert any("-999" in c.missing for c in pipeline.columns)
    assert pipeline.task.metric == "balanced_accuracy"
    assert pipeline.search is not None
    assert pipeline.search.first_points


@pytest.mark.slow
def test_an_untouched_project_compiled_again_from_its_answers_stays_untouched(
    tmp_path: Path,
) -> None:
    script = [sys.executable, str(TRANSCRIPTS / "own_table.py")]
    done = subprocess.run(script, capture_output=True, check=True)
    (tmp_path / "train.csv").write_bytes(done.stdout)
    plan("own_table", tmp_path)
    before = states(tmp_path)
    arguments = [str(tmp_path / "spec.yaml"), "-o", str(tmp_path / "project")]
    flags = ["--no-trial", "--locked", "--update", "--format", "json"]
    result = CliRunner().invoke(compile_app, [*arguments, *flags])  # no server
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    assert (answer["written"], answer["removed"], answer["steps"]) == ([], [], [])
    assert not {"render", "rewrite", "format", "trial"} & answer["seconds"].keys()
    assert states(tmp_path) == before


@pytest.mark.slow
def test_answers_are_replayed_without_what_only_asking_needs(tmp_path: Path) -> None:
    script = [sys.executable, str(TRANSCRIPTS / "own_table.py")]
    done = subprocess.run(script, capture_output=True, check=True)
    (tmp_path / "train.csv").write_bytes(done.stdout)
    plan("own_table", tmp_path)
    rare = ["openai", "httpx2", "json_repair", "sklearn", "scipy", "rich", "libcst"]
    program = f"""
import sys
from autom3l.cli import compile_app
try:
    compile_app(["spec.yaml", "-o", "project", "--no-trial", "--quiet"])
finally:
    print([name for name in {rare} if name in sys.modules])
"""
    command = [sys.executable, "-c", program]
    again = subprocess.run(
        command, check=False, capture_output=True, cwd=tmp_path, text=True
    )
    assert (again.returncode, again.stdout) == (0, "[]\n"), again.stderr


def states(folder: Path) -> dict[Path, tuple[int, int]]:
    """Which file each is, and when it was written."""
    paths = [folder, *folder.rglob("*")]
    return {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in paths}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["petfinder_mini", "flipkart_products", "houses", "womens_clothing"]
)
def test_answers_for_real_tables_are_taken(name: str, tmp_path: Path) -> None:
    source = SHARED / name
    if not source.is_dir():
        pytest.skip(f"{source.name} is not here")
    for path in source.iterdir():
        (tmp_path / path.name).symlink_to(path)
    pipeline, said = plan(name, tmp_path)
    left = [d.reason for d in pipeline.decisions if d.choice == "left to the rules"]
    assert not left, said
    assert "asked assistant: 6 calls" in said


@pytest.mark.slow
def test_a_twin_of_a_leak_stays_away(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the real tables are not here")
    for path in (SHARED / "flipkart_products").iterdir():
        (tmp_path / path.name).symlink_to(path)
    pipeline, _ = plan("flipkart_products", tmp_path)
    roles = {c.name: c.role for c in pipeline.columns}
    assert roles["product_rating"] == roles["overall_rating"] == "leak"
