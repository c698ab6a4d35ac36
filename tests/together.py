"""Several emitted projects in one folder, so that one process tests them all.

To import torch and transformers, or to read what mypy knows of them, takes longer than
most tests of a project.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

Tree = Mapping[str, str]


def lay_out(projects: Mapping[str, Tree], folder: Path) -> dict[str, Path]:
    """Write trees by the name of their package; returns the root of each project.

    So that none is taken for another, their tests have names of their own.
    """
    roots = {}
    for package, tree in projects.items():
        own = tests_of(package)
        roots[package] = folder / f"of_{package}"
        for name, text in tree.items():
            path = roots[package] / re.sub("^tests/", f"{own}/", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("tests.conftest", f"{own}.conftest"), "utf-8")
    return roots


def tests_of(package: str) -> str:
    """What the tests of a package are called there."""
    return f"tests_of_{package}"


def command_to_test(roots: Mapping[str, Path], *options: str) -> list[str]:
    """The arguments of Python, in the folder of the projects, that test them all."""
    folders = [str(root / tests_of(package)) for package, root in roots.items()]
    settings = ["--rootdir=.", "--import-mode=importlib", "-p", "no:cacheprovider"]
    warnings = ["-W", "error::DeprecationWarning"]
    return ["-m", "pytest", "-q", *settings, *warnings, *options, *folders]
