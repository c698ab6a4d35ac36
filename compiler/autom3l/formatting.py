"""Files to formatted files: ruff and black, as the emitted project configures them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import black
from black.mode import Mode, TargetVersion
from black.parsing import InvalidInput

from autom3l.filetree import FileTree, MalformedFileError


def format_tree(tree: FileTree) -> FileTree:
    """The tree with its Python files fixed by ruff and laid out by black.

    Both read the tree's own `pyproject.toml`; a second run changes nothing. Raises
    `MalformedFileError` with the file and the place.
    """
    mode = _black_mode(tree)
    fixed = _fix_with_ruff(tree)
    return {path: _black(path, text, mode) for path, text in fixed.items()}


def _black_mode(tree: FileTree) -> Mode:
    config: dict[str, Any] = tomllib.loads(tree.get("pyproject.toml", ""))
    options = config.get("tool", {}).get("black", {})
    targets = {TargetVersion[v.upper()] for v in options.get("target-version", ())}
    return Mode(target_versions=targets, line_length=options.get("line-length", 88))


def _fix_with_ruff(tree: FileTree) -> FileTree:
    """Ruff sees the whole project, for it sorts first-party imports by its folders."""
    with TemporaryDirectory(prefix="autom3l-format-") as name:
        folder = Path(name)
        for path, text in tree.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        command = [sys.executable, "-P", "-m", "ruff", "check", "--fix"]
        run = subprocess.run(  # noqa: S603
            [*command, "--exit-zero", "--quiet", "--no-cache", "."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(f"ruff: {run.stderr.strip()}")
        return {
            path: (
                (folder / path).read_text(encoding="utf-8")
                if path.endswith(".py")
                else text
            )
            for path, text in tree.items()
        }


def _black(path: str, text: str, mode: Mode) -> str:
    if not path.endswith(".py"):
        return text
    try:
        return black.format_str(text, mode=mode)
    except InvalidInput as error:
        raise MalformedFileError(f"{path}: {error}") from error
