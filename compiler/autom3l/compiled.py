"""What `autom3l explain` and `autom3l diff` read: a project, a plan, or a revision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autom3l import git
from autom3l.diagnostics import Diagnostic, UserError
from autom3l.ir import Pipeline
from autom3l.manifest import MANIFEST, parse_manifest, read_manifest
from autom3l.pipeline_file import parse_pipeline, read_pipeline
from autom3l.project import PIPELINE


@dataclass(frozen=True)
class Compiled:
    """A plan and, where it was compiled, the digests of the files by path."""

    pipeline: Pipeline
    files: dict[str, str] | None


def read_compiled(place: str) -> Compiled:
    """From a project's folder, a `pipeline.json`, or `REVISION:FOLDER` as in git."""
    path = Path(place)
    if path.exists() or ":" not in place:
        manifest = read_manifest(path) if path.is_dir() else None
        files = manifest.files if manifest else None
        return Compiled(read_pipeline(pipeline_file(path)), files)
    revision, _, folder = place.partition(":")
    text = _show(revision, folder, PIPELINE)
    if text is None:
        message = f"no emitted repository: git shows no {PIPELINE} there"
        hint = "as in HEAD~1:my-project, from within the repository"
        raise UserError(Diagnostic("C012", message, place, hint))
    manifest_text = _show(revision, folder, MANIFEST)
    return Compiled(
        parse_pipeline(text, place),
        parse_manifest(manifest_text, place).files if manifest_text else None,
    )


def pipeline_file(place: Path) -> Path:
    """The pipeline of an emitted repository, or the file itself."""
    if not place.is_dir():
        return place
    path = place / PIPELINE
    if not path.is_file():
        message = f"no emitted repository: it has no {PIPELINE}"
        hint = "give a folder that autom3l-compile made, or a pipeline.json"
        raise UserError(Diagnostic("C006", message, str(place), hint))
    return path


def _show(revision: str, folder: str, path: str) -> str | None:
    """A folder need not be there any more; if it is, its own repository is meant."""
    place = Path(folder or ".")
    if place.is_dir():
        return git.show(place, revision, path)
    return git.show(Path.cwd(), revision, f"{place.as_posix()}/{path}")
