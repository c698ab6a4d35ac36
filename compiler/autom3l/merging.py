"""Three texts of one file into one: the last compile's, the user's, the new one."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from difflib import unified_diff

from autom3l.git import merge
from autom3l.request import Conflict

REJECTED = ".rej"
_MARKER = re.compile(rb"^(?:<{7} |>{7} )", re.MULTILINE)


@dataclass(frozen=True)
class Merged:
    """`text`: what the file becomes, `None` where it stays as it is.

    `rejected`: as a patch to that, what of the new text conflicts and is left out.
    """

    text: str | None
    conflicts: int = 0
    rejected: str = ""


def merge_texts(
    path: str, base: str, ours: bytes, theirs: str, conflict: Conflict
) -> Merged:
    """Merge what changed from base to theirs into ours, the bytes of a user's file.

    Line endings stay the user's. What is no text is left alone: a patch says what it
    misses, and no markers are put into it.
    """
    text = _decoded(ours)
    if text is None:
        return Merged(None, 1, unified_text(base, theirs, f"a/{path}", f"b/{path}"))
    windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
    plain = text.replace("\r\n", "\n") if windows else text
    merged, conflicts = merge(base, plain, theirs)
    rejected = ""
    if conflicts and conflict == "rej":
        merged, _ = merge(base, plain, theirs, "ours")
        wished, _ = merge(base, plain, theirs, "theirs")
        rejected = unified_text(merged, wished, f"a/{path}", f"b/{path}")
    return Merged(
        merged.replace("\n", "\r\n") if windows else merged, conflicts, rejected
    )


def has_markers(content: bytes) -> bool:
    """Whether a conflict is still to be resolved in a file."""
    return bool(_MARKER.search(content))


def unix(content: bytes) -> bytes:
    """A text as the compiler writes it, if only its line endings are others."""
    return content.replace(b"\r\n", b"\n")


def _decoded(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def unified_text(old: str, new: str, old_name: str, new_name: str) -> str:
    """A unified diff that `patch` reads, also where the last newline is missing."""
    lines = unified_diff(_lines(old), _lines(new), old_name, new_name)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


def _lines(text: str) -> list[str]:
    """As git sees them: other signs that Python takes for an end of line are none."""
    return list(io.StringIO(text, newline="\n"))
