"""What is emitted, as data, and the files of `.autom3l/` that go with it.

`.autom3l/` is the one trace of the compiler in an emitted repository: the spec, the
pipeline, the manifest, and in `base/` the pristine text of every managed file.
"""

from __future__ import annotations

from dataclasses import dataclass

from autom3l.filetree import FileTree
from autom3l.manifest import MANIFEST, Manifest, Trial
from autom3l.manifest import to_json as manifest_json
from autom3l.paths import OWN

PIPELINE = f"{OWN}/pipeline.json"
SPEC = f"{OWN}/spec.yaml"
TRANSCRIPT = f"{OWN}/spec.transcript.jsonl"
KNOWN_DATA = f"{OWN}/data.json"
BASE = f"{OWN}/base"


@dataclass(frozen=True)
class Project:
    """What is emitted. `spec` is the text of its file, `None` with `--from-ir`.

    `transcript`: what a model answered, `None` where none was asked. `known_data`: what
    the next compile compares its table with, `None` with `--from-ir`. `own_templates`:
    some are the user's.
    """

    tree: FileTree
    pipeline: str
    spec: str | None
    trial: Trial
    transcript: str | None = None
    known_data: str | None = None
    own_templates: bool = False


def origin_files(project: Project) -> dict[str, str]:
    """The files of `.autom3l/` that say what a project was made from."""
    own = {
        PIPELINE: project.pipeline,
        SPEC: project.spec,
        TRANSCRIPT: project.transcript,
        KNOWN_DATA: project.known_data,
    }
    return {path: text for path, text in own.items() if text is not None}


def own_files(tree: FileTree, project: Project, manifest: Manifest) -> dict[str, str]:
    """All files of `.autom3l/`; `base/` has those of a tree, what is managed of it."""
    base = {f"{BASE}/{path}": text for path, text in tree.items()}
    return {MANIFEST: manifest_json(manifest)} | base | origin_files(project)
