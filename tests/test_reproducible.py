"""The same input gives the same bytes, whatever the machine makes of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# The variables of each; a folder to stand in, relative to the one that holds the spec.
MACHINES = [
    ({"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"}, "."),
    ({"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"}, "elsewhere"),
    ({"PYTHONHASHSEED": "2", "LC_ALL": "POSIX", "TZ": "America/St_Johns"}, "/"),
]
Files = dict[str, bytes]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, sample_table: Path) -> Path:
    """A folder with spec and data, whose project lies in `out`."""
    folder = tmp_path_factory.mktemp("first")
    _lay_out(folder, sample_table)
    _compile(folder, MACHINES[0], "spec.yaml")
    return folder


@pytest.mark.parametrize("machine", MACHINES[1:], ids=["elsewhere", "root"])
def test_a_spec_gives_the_same_bytes_anywhere(
    tmp_path: Path,
    first: Path,
    sample_table: Path,
    machine: tuple[dict[str, str], str],
) -> None:
    folder = tmp_path / "another folder"
    folder.mkdir()
    _lay_out(folder, sample_table)
    _compile(folder, machine, "spec.yaml")
    assert _files(folder / "out") == _files(first / "out")


@pytest.mark.parametrize("machine", MACHINES, ids=["here", "elsewhere", "root"])
def test_a_pipeline_gives_the_same_bytes_without_its_data(
    tmp_path: Path, first: Path, machine: tuple[dict[str, str], str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(first / "out/.autom3l/pipeline.json", tmp_path)
    _compile(tmp_path, machine, "--from-ir", "pipeline.json")
    expected = _files(first / "out")
    for name in ("spec.yaml", "data.json"):
        del expected[f".autom3l/{name}"]
    assert _files(tmp_path / "out") == expected


def test_nothing_of_the_machine_is_in_a_project(first: Path) -> None:
    machine = [str(first), str(Path.home()), os.uname().nodename, sys.prefix]
    for name, content in _files(first / "out").items():
        found = [word for word in machine if word.encode() in content]
        assert not found, f"{name}: {found}"


def _lay_out(folder: Path, sample_table: Path) -> None:
    (folder / "elsewhere").mkdir()
    shutil.copytree(sample_table.parent, folder / "data")
    (folder / "spec.yaml").write_text(
        f"name: plants\ndata: {{train: data/{sample_table.name}}}\n"
        "target: diagnosis\nconstraints: {offline: true}\n"
    )


def _compile(folder: Path, machine: tuple[dict[str, str], str], *source: str) -> None:
    """Compile into `out`, by absolute paths, as that machine."""
    variables, place = machine
    *flags, file = source
    command = [sys.executable, "-m", "autom3l", "compile", *flags, str(folder / file)]
    done = subprocess.run(
        [*command, "-o", str(folder / "out"), "--no-trial", "--quiet"],
        cwd=folder / place,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _files(folder: Path) -> Files:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
