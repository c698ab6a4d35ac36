"""The last compile's text instead of a new one, where both are certain to be the same.

The same pipeline gives the same bytes, unless the compiler changed; `.autom3l/base/`
still has them. To render, rewrite and format anew takes most of the time of a compile.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from autom3l.filetree import FileTree
from autom3l.ignoring import IGNORE
from autom3l.manifest import MANIFEST, other_versions, read_manifest
from autom3l.paths import fingerprint, sha256
from autom3l.project import BASE, PIPELINE
from autom3l.resources import code_changed


def unchanged_tree(
    target: Path, pipeline: str, template_dir: Path | None
) -> FileTree | None:
    """The tree of a pipeline as the target's last compile wrote it, if it still holds.

    `None` where the pipeline, a version, a template or the compiler's own code is
    another, or where files of `.autom3l/` are not as they were written.
    """
    manifest = read_manifest(target)
    if manifest is None or template_dir or not manifest.as_shipped:
        return None
    if other_versions(manifest) or (target / IGNORE).exists():
        return None
    if fingerprint(target, PIPELINE) != sha256(pipeline.encode()):
        return None
    written = {path: fingerprint(target, f"{BASE}/{path}") for path in manifest.files}
    made = (target / MANIFEST).stat().st_mtime_ns
    if written != manifest.files or code_changed() >= made:
        return None
    return {path: (target / BASE / path).read_bytes().decode() for path in written}


def confirm(target: Path) -> None:
    """Note that what the compiler's code makes now is what the target holds already.

    Else a compiler that was installed anew would build the same at every compile.
    """
    with suppress(PermissionError):  # a file of somebody else: then it is built again
        (target / MANIFEST).touch()
