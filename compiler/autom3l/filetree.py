"""A project as data: what stands between rendering and emission."""

from __future__ import annotations

# Relative POSIX path -> text, in sorted order of paths; every file is UTF-8 with "\n".
FileTree = dict[str, str]


class MalformedFileError(Exception):
    """A rendered file is no Python: a fault of the templates, never of the user."""
