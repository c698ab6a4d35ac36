"""Emitted projects as their owners use them: without the compiler."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

GENERATED = Path(__file__).parent.parent / "generated"
PROJECTS = sorted(path.name for path in GENERATED.iterdir() if path.is_dir())
# Import names that differ from the names of their distributions.
DISTRIBUTIONS = {"PIL": "pillow", "sklearn": "scikit-learn", "tomli_w": "tomli-w"}
# Loaded by others: the board by torch, the transforms by timm.
INDIRECT = {"tensorboard", "torchvision"}
# What only a plan that asks for it adds to a package, and what no run of it needs.
EXTRAS = {
    *("boosting.py", "derived.py", "imputation.py", "tuning.py"),
    *("search.py", "study.py", "tune.py"),
}

NO_COMPILER = "import sys; sys.modules['autom3l'] = None\n"


@pytest.fixture(params=PROJECTS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a golden tree, so that caches stay out of it."""
    return Path(shutil.copytree(GENERATED / request.param, tmp_path / "project"))


@pytest.mark.slow
def test_its_own_tests_pass_without_the_compiler(project: Path, tmp_path: Path) -> None:
    blocker = tmp_path / "blocker"
    blocker.mkdir()
    (blocker / "sitecustomize.py").write_text(NO_COMPILER)
    environment = os.environ | {"PYTHONPATH": str(blocker)}
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error::DeprecationWarning"]
    done = run(command, project, environment)
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["ruff check", "black --check --quiet", "mypy"])
def test_its_own_checks_pass(project: Path, tool: str, types: Path) -> None:
    name, *arguments = tool.split()
    arguments += ["--cache-dir", str(types)] if name == "mypy" else ["."]
    done = run([sys.executable, "-m", name, *arguments], project, dict(os.environ))
    assert done.returncode == 0, done.stdout[-3000:]


def test_it_depends_on_what_it_imports(project: Path) -> None:
    settings = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    tune = settings["optional-dependencies"]["tune"]
    declared = {name_of(line) for line in (*settings["dependencies"], *tune)}
    package = next(path.parent.name for path in project.glob("*/columns.py"))
    imported = imports(project / package) - {package} - set(sys.stdlib_module_names)
    needed = {DISTRIBUTIONS.get(name, name) for name in imported}
    assert "autom3l" not in needed
    assert needed == declared - INDIRECT


def test_no_module_is_long_and_the_loop_is_in_view(project: Path) -> None:
    lengths = {
        path.name: sum(map(bool, path.read_text().splitlines()))  # not the empty ones
        for path in project.glob("*/*.py")
        if path.parent.name != "tests"
    }
    assert max(lengths.values()) <= 200
    assert sum(n for name, n in lengths.items() if name not in EXTRAS) <= 1200


def imports(package: Path) -> set[str]:
    """The top-level names that a package imports."""
    found: set[str] = set()
    for path in package.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).split(".")[0])
    return found


def name_of(requirement: str) -> str:
    """The name of a distribution in a requirement."""
    return re.split(r"[\[>]", requirement)[0]


def run(
    command: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run to the end; output and errors in one."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
