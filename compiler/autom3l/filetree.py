"""A project as data: what stands between rendering and emission."""

from __future__ import annotations

# Relative POSIX path -> text, in sorted order of paths; every file is UTF-8 with "\n".
FileTree = dict[str, str]
