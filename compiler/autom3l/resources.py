"""Where the templates and the zoo cards that ship with the compiler lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """The folder of templates: in the wheel, or in the checkout of an editable one."""
    return _resource("templates")


def zoo_dir() -> Path:
    """The folder of model cards, found like the templates."""
    return _resource("zoo_cards")


def code_changed() -> int:
    """When something of the compiler's code or templates was last written, removed or
    put in place, in nanoseconds."""
    folders = (_PACKAGE, templates_dir())
    places = (place for folder in folders for place in (folder, *folder.rglob("*")))
    return max(p.stat().st_mtime_ns for p in places if "__pycache__" not in p.parts)


def _resource(name: str) -> Path:
    shipped = _PACKAGE / "_resources" / name
    return shipped if shipped.is_dir() else _PACKAGE.parents[1] / name
