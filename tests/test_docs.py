"""The documentation is true: its commands run, its excerpts, links and flags exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCS = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BIN = Path(sys.executable).parent

by_file = pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)


@by_file
def test_relative_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8"))
    relative = [link for link in links if "://" not in link]
    assert [link for link in relative if not (path.parent / link).exists()] == []


@by_file
def test_make_targets_exist(path: Path) -> None:
    defined = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", path.read_text("utf-8"), re.M))
    assert named <= defined


def test_every_make_target_is_in_the_help() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.M)
    assert phony
    listed = subprocess.run(
        ["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert re.findall(r"^  ([a-z-]+) ", listed, re.M) == phony[1].split()


def test_flags_exist() -> None:
    from autom3l.cli import app

    known = _flags(get_command(app))
    present, missing_yet = README.read_text("utf-8").split("## What it does not do yet")
    later = missing_yet.split("\n## ", 1)[1]
    assert set(re.findall(r"(?<!-)--[a-z][a-z-]*", _prose(present + later))) <= known


def _flags(command: Any) -> set[str]:
    """Those of a command and of the commands within."""
    inner = getattr(command, "commands", {}).values()
    own = {"--help", *(flag for p in command.params for flag in p.opts)}
    return own.union(*map(_flags, inner))


def test_every_document_is_listed() -> None:
    text = README.read_text("utf-8")
    names = [path.relative_to(ROOT).as_posix() for path in DOCS if path != README]
    assert [name for name in names if f"]({name})" not in text] == []


def test_commands_exist() -> None:
    listed = _run([str(BIN / "autom3l"), "--help"], ROOT)
    named = set(re.findall(r"`autom3l ([a-z]+)", README.read_text("utf-8")))
    assert named == set(
        re.findall(r"^  ([a-z]+)  ", listed.split("Commands:")[1], re.M)
    )


def test_exit_codes_are_those_of_the_errors() -> None:
    from autom3l import diagnostics
    from autom3l.console import INTERRUPTED

    errors = [e for e in vars(diagnostics).values() if isinstance(e, type)]
    codes = {e.exit_code for e in errors if issubclass(e, diagnostics.UserError)}
    section = README.read_text("utf-8").split("## Exit codes")[1].split("\n## ")[0]
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.M)}
    assert documented == codes | {0, INTERRUPTED}


def test_the_spec_in_the_readme_is_read(sample_spec: Path) -> None:
    from autom3l.spec_reading import load_spec

    (block,) = _blocks(README, "yaml spec")
    sample_spec.write_text(block.text, "utf-8")
    assert load_spec(sample_spec).target == ("diagnosis",)


def test_what_comes_out_is_what_the_readme_shows(
    sample_spec: Path, tmp_path: Path
) -> None:
    from autom3l.cli import compile_app

    arguments = [str(sample_spec), "-o", str(tmp_path / "out"), "--no-trial"]
    result = CliRunner().invoke(compile_app, arguments)
    assert result.exit_code == 0, result.stderr
    files = {p for p in (tmp_path / "out").rglob("*") if p.is_file()}
    (tree,) = _blocks(README, "text tree")
    shown = {tmp_path / "out" / path for path in _tree(tree.text)}
    hidden = {p for p in files if ".autom3l" in p.parts}
    assert shown == files - hidden
    excerpts = _blocks(README, "python plant_clinic/")
    assert excerpts
    for excerpt in excerpts:
        source = (tmp_path / "out" / excerpt.info.split()[1]).read_text("utf-8")
        assert excerpt.text in source


@pytest.mark.slow
def test_the_commands_of_the_readme_run(sample_table: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_table.parent, tmp_path / "examples" / "sample")
    draft, compiled, trained = (b.text for b in _blocks(README, "sh run"))
    # The one thing that a machine without a network has to add, as the README says.
    offline = "echo 'constraints: {offline: true}' >> plants.yaml"
    script = "\n".join(["set -eu", draft, offline, compiled, trained])
    _run(["sh", "-c", f'PATH="{BIN}:$PATH"\n{script}'], tmp_path)
    predictions = (tmp_path / "plants" / "predictions.csv").read_text("utf-8")
    assert len(predictions.splitlines()) == 1 + 60


@dataclass(frozen=True)
class _Block:
    """A fenced block: what stands behind its fence, and its dedented text."""

    info: str
    text: str


def _blocks(path: Path, info: str) -> list[_Block]:
    pattern = re.compile(r"^( *)```([^\n]+)\n(.*?)^\1```$", re.M | re.S)
    found = []
    for indent, header, body in pattern.findall(path.read_text("utf-8")):
        text = re.sub(rf"^{indent}", "", body, flags=re.M)
        found.append(_Block(header, text))
    return [block for block in found if block.info.startswith(info)]


def _tree(text: str) -> list[str]:
    """The files of an indented listing; a folder ends with a slash."""
    folders: list[str] = []
    files = []
    for line in text.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        names = line.split("#")[0].split()
        folders = folders[:depth]
        if names[0].endswith("/"):
            folders.append(names[0])
        else:
            files += ["".join([*folders, name]) for name in names]
    return files


def _prose(text: str) -> str:
    """Without the fenced blocks, whose commands run for themselves."""
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.M | re.S)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, check=False, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
