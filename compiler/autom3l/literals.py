"""Values as source text: the only door through which data enters an emitted file.

Whatever a name or a cell holds (quotes, newlines, template marks, control or
right-to-left characters), its text stays one literal of the file it enters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# Scalars, and lists, tuples and dicts of them.
Value = object

# An underscore within a word is plain text.
_MARKDOWN = re.compile(r"([\\`*\[\]<&|~]|(?<![^\W_])_|_(?![^\W_]))")
# What makes a heading, a quote, a list or a rule out of the line that it begins.
_LINE_START = re.compile(r"^(|\d+(?=[.)](?:\s|$)))([#>+=.)-])")
_SPACES = re.compile(r"\s+")
_BACKTICKS = re.compile(r"`+")


class Source(str):
    """Text that is safe to stand in an emitted file as it is."""

    __slots__ = ()


def py(value: Value) -> Source:
    """`value` as a Python literal, the same text under every Python version."""
    if isinstance(value, dict):
        pairs = (f"{py(key)}: {py(item)}" for key, item in value.items())
        return Source(f"{{{', '.join(pairs)}}}")
    if isinstance(value, tuple):
        comma = "," if len(value) == 1 else ""
        return Source(f"({', '.join(map(py, value))}{comma})")
    if isinstance(value, list):
        return Source(f"[{', '.join(map(py, value))}]")
    if isinstance(value, str):
        return Source(_escape_unshown(repr(str(value)), _python_escape))
    if value is None or isinstance(value, bool | int | float):
        return Source(repr(value))
    raise TypeError(f"not a literal: {value}")


def toml(value: Value) -> Source:
    """`value` as a TOML value; strings become basic strings on one line."""
    if isinstance(value, list | tuple):
        return Source(f"[{', '.join(map(toml, value))}]")
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return Source(f'"{_escape_unshown(quoted, _toml_escape)}"')
    if isinstance(value, bool):
        return Source(str(value).lower())
    if isinstance(value, int | float):
        return Source(repr(value))
    raise TypeError(f"not a TOML value: {value}")


def md(text: str) -> Source:
    """`text` as plain Markdown on one line, also within a table cell."""
    line = _SPACES.sub(" ", _string(text)).strip()
    escaped = _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", line))
    return Source(_escape_unshown(escaped, _python_escape))


def code(text: str) -> Source:
    """`text` as a Markdown code span on one line.

    It is meant for table cells, where a bar must be escaped; elsewhere the backslash of
    that would show.
    """
    line = _escape_unshown(_SPACES.sub(" ", _string(text)), _python_escape)
    longest = max((len(run) for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    # Markdown strips one space from both ends, which keeps a lone backtick apart.
    space = " " if longest or line != line.strip() or not line else ""
    cell = line.replace("|", "\\|")
    return Source(f"{fence}{space}{cell}{space}{fence}")


FILTERS: dict[str, Callable[..., Source]] = {
    "py": py,
    "toml": toml,
    "md": md,
    "code": code,
}


def _string(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"not a text: {text}")
    return text


def _escape_unshown(text: str, escape: Callable[[str], str]) -> str:
    """Escape what a reader can't see or what a younger Python would show differently.

    Unicode 3.2 is frozen in the standard library, so the answer never changes.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _shown(c) else escape(c) for c in text)


def _shown(char: str) -> bool:
    return char.isprintable() and unicodedata.ucd_3_2_0.category(char) != "Cn"


def _python_escape(char: str) -> str:
    point = ord(char)
    if point < 0x100:
        return f"\\x{point:02x}"
    return _toml_escape(char)


def _toml_escape(char: str) -> str:
    point = ord(char)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
