"""What git is asked about a folder, and what a folder can't make it do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from autom3l import git
from autom3l.diagnostics import EmitError


def run(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    command = ["git", *who, *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_a_repository_among_the_files_of_another_runs_nothing(tmp_path: Path) -> None:
    scratch, target = tmp_path / "scratch", tmp_path / "outer" / "target"
    scratch.mkdir()
    target.mkdir(parents=True)
    (scratch / "a.txt").write_text("one\n")
    run(scratch, "init", "-q")
    run(scratch, "add", "a.txt")
    run(scratch, "commit", "-q", "-m", "one")
    for part in (scratch / ".git").iterdir():
        part.rename(target / part.name)
    (target / "a.txt").write_text("two\n")
    ran = tmp_path / "ran"
    settings = "[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\n"
    settings += f'[filter "x"]\nclean = "touch {ran}; cat"\n'
    (target / "config").write_text(settings)
    (target / "info" / "attributes").write_text("* filter=x\n")
    run(tmp_path / "outer", "init", "-q")
    with pytest.raises(EmitError, match="bare repository"):
        git.changed(target)
    assert not ran.exists()
