"""The folders that a spec names are there: a misspelt one must not pass for none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from autom3l.diagnostics import did_you_mean
from autom3l.spec import Spec
from autom3l.spec_reading.nodes import Location, Problem


def missing_folders(spec: Spec) -> Iterator[Problem]:
    """One problem for each folder that is not there."""
    named: dict[Location, str | None] = {
        ("data", "images"): spec.data.images,
        ("weights_dir",): spec.weights_dir,
    }
    for location, name in named.items():
        folder = Path(spec.folder, name or "")
        # Unlike Path.is_dir, this takes a name that is too long for one of nothing.
        if not os.path.isdir(folder):  # noqa: PTH112
            message = f"there is no folder {name!r}"
            yield Problem("S030", location, message, _neighbours(folder))


def _neighbours(folder: Path) -> str:
    if not os.path.isdir(folder.parent):  # noqa: PTH112
        return "paths start from the spec's folder"
    folders = [path.name for path in folder.parent.iterdir() if path.is_dir()]
    return did_you_mean(folder.name, folders)
