"""What the compiler remembers, in the target, of the files that it wrote there."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from autom3l import __version__
from autom3l.diagnostics import Diagnostic, EmitError
from autom3l.paths import OWN, path_problems, sha256

MANIFEST = f"{OWN}/manifest.json"
VERSION: Final = 1

Trial = Literal["passed", "skipped"]


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class Manifest:
    """The managed files (path -> SHA-256 of the bytes written) and who wrote them.

    `as_shipped`: all of them are what the compiler's own templates make of the
    pipeline; none is of a user's template, or older as it is ignored.
    """

    version: Literal[1]
    compiler: str
    formatters: dict[str, str]
    trial: Trial
    files: dict[str, str]
    as_shipped: bool = Field(default=True, exclude_if=bool)


@dataclass(frozen=True, config=ConfigDict(extra="ignore", strict=True))
class _Versioned:
    """What every version of a manifest says."""

    version: int


_MANIFEST = TypeAdapter(Manifest)
_VERSIONED = TypeAdapter(_Versioned)


def manifest_of(
    tree: Mapping[str, str],
    trial: Trial,
    frozen: Mapping[str, str] | None = None,
    *,
    as_shipped: bool = True,
) -> Manifest:
    """The manifest of a tree formatted with the installed formatters.

    `frozen`: the entries of files that are left as they are.
    """
    files = {path: sha256(text.encode()) for path, text in tree.items()}
    files = dict(sorted((files | dict(frozen or {})).items()))
    versions = (__version__, installed_formatters())
    return Manifest(VERSION, *versions, trial, files, as_shipped)


def installed_formatters() -> dict[str, str]:
    """The versions of what lays out the files."""
    return {name: version(name) for name in ("black", "ruff")}


def to_json(manifest: Manifest) -> str:
    """Canonical JSON text with a final newline."""
    return _MANIFEST.dump_json(manifest, indent=2).decode() + "\n"


def read_manifest(target: Path) -> Manifest | None:
    """The manifest of a target, `None` where there is none.

    Raises `EmitError` when it can't be read or names a path outside the target: it
    decides what is overwritten and removed, so nothing in it is believed unchecked.
    """
    path = target / MANIFEST
    if not path.is_file():
        return None
    try:
        return parse_manifest(path.read_bytes(), str(path))
    except OSError as error:
        raise EmitError(_corrupt(str(path), error.strerror or str(error))) from None


def parse_manifest(text: bytes | str, where: str) -> Manifest:
    """The manifest in a text; raises `EmitError`, also where its version is newer."""
    try:
        version = _VERSIONED.validate_json(text).version
        if version > VERSION:
            message = f"a manifest of version {version}; this autom3l reads {VERSION}"
            raise EmitError(Diagnostic("E022", message, where, "upgrade autom3l"))
        manifest = _MANIFEST.validate_json(text)
    except ValidationError as error:
        raise EmitError(_corrupt(where, _first_problem(error))) from None
    reasons = path_problems(manifest.files)
    if reasons:
        raise EmitError(_corrupt(where, reason) for reason in reasons)
    return manifest


def other_versions(manifest: Manifest | None) -> dict[str, tuple[str, str]]:
    """Who compiled a target in another version than is installed: theirs and ours."""
    if manifest is None:
        return {}
    theirs = {"autom3l": manifest.compiler, **manifest.formatters}
    ours = {"autom3l": __version__, **installed_formatters()}
    return {
        name: (theirs.get(name, "unknown"), ours[name])
        for name in ours
        if theirs.get(name) != ours[name]
    }


def _corrupt(where: str, reason: str) -> Diagnostic:
    hint = "restore it from version control, or compile into another folder"
    return Diagnostic("E006", f"not a manifest: {reason}", where, hint)


def _first_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]
