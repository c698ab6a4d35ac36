"""Values as YAML 1.2 text: whatever a name or a cell holds, it stays one value."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLAIN = re.compile(r"(\.\./)*[A-Za-z][\w]*([ ./-][\w*]+)*", re.ASCII)
# Plain, these would be read as something else than text.
_WORDS = frozenset({"true", "false", "null", "y", "n", "yes", "no", "on", "off"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def yaml_text(text: str) -> str:
    """Text as a YAML scalar: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return f'"{"".join(map(_character, text))}"'


def yaml_list(texts: Iterable[str]) -> str:
    """Texts as a YAML list on one line."""
    return f"[{', '.join(map(yaml_text, texts))}]"


def yaml_comment(text: str) -> str:
    """Text as it can stand behind a `#`."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else _character(c) for c in line)


def _character(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
