"""What git knows: the state of a working tree, renames, the merge of three texts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from autom3l.diagnostics import Diagnostic, EmitError

LABELS = ("your edit", "as it was compiled before", "as it is compiled now")
_ERROR = 128  # and above; below it, merge-file counts conflicts
# Outside of any repository nothing that a user configured may change what is merged.
_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def merge(
    base: str, ours: str, theirs: str, favour: Literal["", "ours", "theirs"] = ""
) -> tuple[str, int]:
    """The merged text and how many conflicts stand in it, between markers.

    With `favour` that side wins where the two conflict.
    """
    files = {"ours": ours, "base": base, "theirs": theirs}
    texts = {side: text.encode() for side, text in files.items()}
    labels = [part for label in LABELS for part in ("-L", label)]
    style = f"--{favour}" if favour else "--diff3"
    with TemporaryDirectory(prefix="autom3l-merge-") as name:
        _lay_out(Path(name), texts)
        command = ["merge-file", "-p", "-q", style, *labels, *texts]
        done = _git(Path(name), *command, alone=True)
    if not 0 <= done.returncode < _ERROR:
        raise RuntimeError(f"git merge-file: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(), done.returncode


def renames(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> dict[str, str]:
    """Which of some files that went are, as git sees it, which of some that came."""
    if not old or not new:
        return {}
    with TemporaryDirectory(prefix="autom3l-renames-") as name:
        for side, files in (("old", old), ("new", new)):
            _lay_out(Path(name) / side, files)
        command = ["diff", "--no-index", "--find-renames", "--diff-filter=R"]
        command += ["--name-status", "-z", "old", "new"]
        done = _git(Path(name), *command, alone=True)
    words = os.fsdecode(done.stdout).split("\0")[:-1]
    pairs = zip(words[1::3], words[2::3], strict=True)
    return {a.removeprefix("old/"): b.removeprefix("new/") for a, b in pairs}


def is_tree(folder: Path) -> bool:
    """Whether a folder lies in a working tree of git."""
    done = _git(folder, "rev-parse", "--is-inside-work-tree")
    if done.returncode and b"not a git repository" not in done.stderr:
        raise EmitError(_unreadable(folder, done))
    return done.stdout.strip() == b"true"


def tracked(folder: Path) -> set[str]:
    """The files below a folder that git tracks, relative to it."""
    return _listed(folder, "ls-files", "-z", "--cached")


def changed(folder: Path) -> set[str]:
    """The tracked files below a folder that differ from the last commit."""
    command = ("status", "--porcelain=v1", "-z", "--untracked-files=no", "--no-renames")
    entries = _listed(folder, *command, "--", ".")
    prefix = os.fsdecode(_git(folder, "rev-parse", "--show-prefix").stdout).strip("\n")
    return {entry[3:].removeprefix(prefix) for entry in entries}  # behind its state


def present(folder: Path) -> set[str]:
    """The files below a folder that git tracks or would, relative to it."""
    command = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return _listed(folder, *command)


def show(folder: Path, revision: str, path: str) -> str | None:
    """The text of a file of a revision, its path relative to a folder."""
    done = _git(folder, "show", "--end-of-options", f"{revision}:./{path}")
    return None if done.returncode else done.stdout.decode("utf-8", "replace")


def _listed(folder: Path, *arguments: str) -> set[str]:
    done = _git(folder, *arguments)
    if done.returncode:
        raise EmitError(_unreadable(folder, done))
    return {os.fsdecode(path) for path in done.stdout.split(b"\0") if path}


def _lay_out(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _git(
    folder: Path, *arguments: str, alone: bool = False
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, whatever repository a hook that called us is busy with."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith("GIT_CONFIG")
    }
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}  # to look writes nothing
    environment |= _ALONE if alone else {}
    # A bare repository may lie in a clone, with commands in its configuration.
    settings = ("core.fsmonitor=false", "safe.bareRepository=explicit")
    flags = [part for setting in settings for part in ("-c", setting)]
    command = ["git", *flags, *arguments]
    try:
        return subprocess.run(  # noqa: S603
            command, cwd=folder, env=environment, capture_output=True, check=False
        )
    except FileNotFoundError:
        message, hint = "git is needed and not found", "install it"
        raise EmitError(Diagnostic("E017", message, str(folder), hint)) from None


def _unreadable(folder: Path, done: subprocess.CompletedProcess[bytes]) -> Diagnostic:
    reason = done.stderr.decode(errors="replace").strip().splitlines()
    message = f"git can't read it: {reason[0] if reason else done.returncode}"
    return Diagnostic("E017", message, str(folder), "see what `git status` says there")
