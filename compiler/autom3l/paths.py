"""Which paths may be managed in a target, and what stands there now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

OWN = ".autom3l"  # the compiler's folder in the target

MAX_NAME = 240  # bytes: file systems take 255, and a suffix may be put behind it
MAX_PATH = 1024  # bytes of a path, so that its target fits before it

BLOCKED = "blocked"  # a fingerprint: a folder, a link, or something behind a link


def path_problems(paths: Iterable[str]) -> list[str]:
    """Why these can't be the managed paths of a project: one sentence per problem.

    A path is relative, POSIX and plain, stays out of `.autom3l` and `.git`, and differs
    from every other by more than case, for a file system may not tell them apart.
    """
    problems = []
    seen: dict[str, str] = {}
    for path in sorted(paths):
        if not is_plain(path) or path.split("/")[0].casefold() in (OWN, ".git"):
            shown = path if len(path) <= MAX_NAME else f"{path[:MAX_NAME]}…"
            problems.append(f"{shown!r} is no plain path inside a project")
        twin = seen.setdefault(path.casefold(), path)
        if twin != path:
            problems.append(f"{twin!r} and {path!r} differ by case only")
    folders = {folder for path in seen for folder in _folders(path)}
    clashes = sorted(folders & seen.keys())
    return problems + [f"{seen[path]!r} is a file and a folder" for path in clashes]


def is_plain(path: str) -> bool:
    """Whether a POSIX path is relative, not too long, and stays in its folder."""
    forbidden = any(char in "\\:" or ord(char) < 32 for char in path)  # drives, streams
    names = path.split("/")
    sizes = [len(name.encode(errors="replace")) for name in names]
    fitting = max(sizes) <= MAX_NAME and sum(sizes) + len(sizes) <= MAX_PATH
    return fitting and not forbidden and not {"", ".", ".."} & {*names}


def fingerprint(target: Path, path: str) -> str:
    """SHA-256 of the regular file at a path of the target, `""` where nothing is.

    `BLOCKED` for anything else, and for what lies behind a symbolic link inside the
    target: following one could lead outside.
    """
    folders = [target / folder for folder in _folders(path)]
    if any(f.is_symlink() or (f.exists() and not f.is_dir()) for f in folders):
        return BLOCKED
    place = target / path
    if place.is_symlink():
        return BLOCKED
    if place.is_file():
        return sha256(place.read_bytes())
    return BLOCKED if place.exists() else ""


def sha256(content: bytes) -> str:
    """Hexadecimal digest, as in the manifest."""
    return hashlib.sha256(content).hexdigest()


def _folders(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]
