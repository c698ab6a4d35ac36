"""Files to formatted files: ruff and black, as the emitted project configures them."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import black
from black.mode import Mode, TargetVersion
from black.parsing import InvalidInput
from ruff import find_ruff_bin

from autom3l.filetree import FileTree, MalformedFileError


def format_tree(tree: FileTree) -> FileTree:
    """The tree with its Python files fixed by ruff and laid out by black.

    Both read the tree's own `pyproject.toml`; a second run changes nothing. Raises
    `MalformedFileError` with the file and the place.
    """
    mode = _black_mode(tree)
    fixed = _fix_with_ruff(tree, mode.line_length)
    return {path: _black(path, text, mode) for path, text in fixed.items()}


def _black_mode(tree: FileTree) -> Mode:
    config: dict[str, Any] = tomllib.loads(tree.get("pyproject.toml", ""))
    options = config.get("tool", {}).get("black", {})
    targets = {TargetVersion[v.upper()] for v in options.get("target-version", ())}
    return Mode(
        target_versions=targets,
        line_length=options.get("line-length", 88),
        # Templates end every item with one, for they can't know what follows.
        magic_trailing_comma=False,
    )


def _fix_with_ruff(tree: FileTree, width: int) -> FileTree:
    """Ruff sees the whole project, for it sorts first-party imports by its folders.

    It also lays out: of what is laid out already, black makes one pass, not two. What
    is no Python stays as it is, for black to tell.
    """
    with TemporaryDirectory(prefix="autom3l-format-") as name:
        folder = Path(name)
        for path, text in tree.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        fixing = _ruff(folder, "check", "--fix", "--exit-zero")
        if fixing.returncode:
            raise RuntimeError(f"ruff: {fixing.stderr.strip()}")
        _ruff(folder, "format", f"--line-length={width}")
        return {
            path: (
                (folder / path).read_text(encoding="utf-8")
                if path.endswith(".py")
                else text
            )
            for path, text in tree.items()
        }


def _ruff(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [find_ruff_bin(), *arguments, "--quiet", "--no-cache", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def _black(path: str, text: str, mode: Mode) -> str:
    if not path.endswith(".py"):
        return text
    try:
        return black.format_str(text, mode=mode)
    except InvalidInput as error:
        raise MalformedFileError(f"{path}: {error}") from error
