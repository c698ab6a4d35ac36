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
from autom3l.git import merge
from autom3l.merging import REJECTED
from ruamel.yaml import YAML
from together import command_to_test, lay_out

GENERATED = Path(__file__).parent.parent / "generated"
PROJECTS = sorted(path.name for path in GENERATED.iterdir() if path.is_dir())
# Import names that differ from the names of their distributions.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "faiss": "faiss-cpu",
    "sklearn": "scikit-learn",
    "tomli_w": "tomli-w",
}
# Loaded by others: the board by torch, the transforms by timm.
INDIRECT = {"tensorboard", "torchvision"}
# What only a plan that asks for it adds to a package, and what no run of it needs.
EXTRAS = {
    *("boosting.py", "cache.py", "derived.py", "folding.py", "imputation.py"),
    *("ngrams.py", "tuning.py"),
    *("search.py", "study.py", "tune.py"),
}

# What a search is made of; {} is the package.
TUNE = ("tests/test_tune.py", "{}/study.py", "{}/tune.py")
# Its tests and types are those that its CI looks at, below.
CHECKED_BY_CI = "leaves"

NO_COMPILER = "import sys; sys.modules['autom3l'] = None\n"


@pytest.fixture(params=PROJECTS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a golden tree, so that caches stay out of it.

    Its files are new: by size and time, mypy would take one of another tree for it.
    """
    source, place = GENERATED / request.param, tmp_path / "project"
    return Path(shutil.copytree(source, place, copy_function=shutil.copy))


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_their_own_tests_pass_without_the_compiler(half: int, tmp_path: Path) -> None:
    names = [name for name in PROJECTS if name != CHECKED_BY_CI]
    trees = {name: texts(GENERATED / name) for name in names}
    known: set[str] = set()
    for name, tree in trees.items():
        tune = "".join(tree[file.format(name)].replace(name, "") for file in TUNE)
        if tune in known:  # the same search, which trains anew and draws pictures
            del tree[TUNE[0]]
        known.add(tune)
    chosen = {name: trees[name] for name in names[half::2]}
    roots = lay_out(chosen, tmp_path)
    blocker = tmp_path / "blocker"
    blocker.mkdir()
    (blocker / "sitecustomize.py").write_text(NO_COMPILER)
    paths = [str(path) for path in (blocker, *roots.values())]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    done = run([sys.executable, *command_to_test(roots)], tmp_path, environment)
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


def texts(project: Path) -> dict[str, str]:
    """The files of its package, configuration and tests."""
    package, known = project.name, {".py", ".toml"}
    found = [p for f in (package, "configs", "tests") for p in project.glob(f"{f}/*")]
    kept = [path for path in found if path.suffix in known]
    return {p.relative_to(project).as_posix(): p.read_text("utf-8") for p in kept}


WARM_UP = """
from dataclasses import replace
from songs.train import train

def test_a_warm_up_of_one_step(config, tmp_path):
    settings = replace(config.train, epochs=2, batch_size=1000, warmup=0.5)
    assert train(replace(config, train=settings), tmp_path / "run")
"""


@pytest.mark.slow
def test_a_warm_up_may_last_for_one_step(tmp_path: Path) -> None:
    folder = shutil.copytree(GENERATED / "songs", tmp_path / "songs")
    (folder / "tests" / "test_warm_up.py").write_text(WARM_UP)
    command = [sys.executable, "-m", "pytest", "-q", "tests/test_warm_up.py"]
    done = run(command, folder, dict(os.environ))
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["ruff check", "black --check --quiet"])
def test_its_own_linters_pass(project: Path, tool: str) -> None:
    command = [sys.executable, "-m", *tool.split(), "."]
    done = run(command, project, dict(os.environ))
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.slow
@pytest.mark.parametrize("project", ["shelves"], indirect=True)
def test_its_own_types_are_right(project: Path, types: Path) -> None:
    """As it is set up, with an index; tests/test_variants.py looks at all."""
    command = [sys.executable, "-m", "mypy", f"--cache-dir={types}"]
    done = run(command, project, dict(os.environ))
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
    assert sum(n for name, n in lengths.items() if name not in EXTRAS) <= 1300


@pytest.mark.slow
def test_what_its_ci_runs_passes_step_by_step(tmp_path: Path, types: Path) -> None:
    project = Path(shutil.copytree(GENERATED / CHECKED_BY_CI, tmp_path / "project"))
    workflow = YAML(typ="safe").load(project / ".github/workflows/ci.yml")
    (job,) = workflow["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == ["make install", "make lint", "make test"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    here = os.environ | {"PATH": path, "MYPY_CACHE_DIR": str(types)}
    for command in commands[1:]:  # what is installed here needs no network
        done = run(command.split(), project, here)
        assert done.returncode == 0, done.stdout[-3000:]


def test_its_hooks_find_what_an_update_may_leave(project: Path) -> None:
    config = YAML(typ="safe").load(project / ".pre-commit-config.yaml")
    (repository,) = config["repos"]
    hooks = {hook["id"]: hook for hook in repository["hooks"]}
    marker = re.compile(hooks["conflict-markers"]["entry"].encode(), re.MULTILINE)
    text, conflicts = merge("a = 1\n", "a = 2\n", "a = 3\n")
    assert conflicts == 1
    assert len(marker.findall(text.encode())) == 2
    assert re.search(hooks["rejected-hunks"]["files"], f"configs/base.toml{REJECTED}")
    files = [p for p in project.rglob("*") if p.is_file() and ".autom3l" not in p.parts]
    assert [p.name for p in files if marker.search(p.read_bytes())] == []
    assert re.search(config["exclude"], ".autom3l/base/Makefile")


@pytest.mark.slow
def test_its_hooks_run_the_project_s_own_tools(tmp_path: Path) -> None:
    project = Path(shutil.copytree(GENERATED / "leaves", tmp_path / "project"))
    config = YAML(typ="safe").load(project / ".pre-commit-config.yaml")
    hooks = [h for h in config["repos"][0]["hooks"] if h["language"] == "system"]
    assert [hook["id"] for hook in hooks] == ["ruff", "black"]
    for hook in hooks:
        python, *arguments = hook["entry"].split()
        command = [sys.executable, *arguments, "leaves/train.py"]
        assert python == "python"
        assert run(command, project, dict(os.environ)).returncode == 0
        (project / "leaves/mine.py").write_text("import os\nx = {  }\n")
        command[-1] = "leaves/mine.py"
        assert run(command, project, dict(os.environ)).returncode == 1


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("hadolint", ["Dockerfile"]),
        (
            "check-jsonschema",
            ["--builtin-schema", "vendor.github-workflows", ".github/workflows/ci.yml"],
        ),
    ],
)
@pytest.mark.slow
def test_what_lints_its_container_and_ci_is_content(
    project: Path, tool: str, arguments: list[str]
) -> None:
    program = Path(sys.executable).with_name(tool)
    if not program.exists():
        pytest.skip(f"{tool} is not installed: it comes with the extra dev")
    done = run([str(program), *arguments], project, dict(os.environ))
    assert done.returncode == 0, done.stdout


def test_what_git_and_docker_shall_see_of_it(project: Path) -> None:
    package = next(path.parent.name for path in project.glob("*/columns.py"))
    copied = re.findall(r"^COPY (\S+)", (project / "Dockerfile").read_text(), re.M)
    shown = re.findall(r"^!/(.+)$", (project / ".dockerignore").read_text(), re.M)
    assert (
        sorted(copied)
        == sorted(shown)
        == sorted(["configs", package, "pyproject.toml"])
    )
    assert all((project / path).exists() for path in copied)
    command = ["git", "check-attr", "eol", "linguist-generated", "--"]
    done = run(
        [*command, ".autom3l/base/Makefile"], _repository(project), dict(os.environ)
    )
    assert "eol: lf" in done.stdout
    assert "linguist-generated: set" in done.stdout


def _repository(project: Path) -> Path:
    assert run(["git", "init", "-q"], project, dict(os.environ)).returncode == 0
    return project


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
        timeout=600,
    )
