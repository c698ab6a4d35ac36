"""A spec in which more is said: every other byte stays, comments included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from autom3l.diagnostics import SpecError
from autom3l.spec_reading.document import read_document
from autom3l.spec_reading.loading import written_out
from autom3l.yaml_text import yaml_list, yaml_text

_Pair = tuple[Node, Node]


def amend(text: str, changes: Mapping[str, Any]) -> str:
    """The text of a spec with `changes`, in long form, laid over what it says.

    `None` takes a key away. Raises `ValueError` where the text is written in a way in
    which that can't be done.
    """
    wanted = _laid_over(_meaning(text), changes)
    for path in _leaves(changes):
        text = _with(text, path, wanted)
    try:
        same = _meaning(text) == written_out(wanted)
    except SpecError:
        same = False
    if not same:
        raise ValueError("the file is written in a way that can't be added to")
    return text


def _meaning(text: str) -> dict[str, Any]:
    return written_out(read_document(Path("spec"), text).data)


def _laid_over(data: Any, changes: Any) -> Any:
    if not isinstance(changes, Mapping) or not isinstance(data, dict):
        return changes
    return {**data, **{k: _laid_over(data.get(k), v) for k, v in changes.items()}}


def _leaves(changes: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for key, value in changes.items():
        if isinstance(value, Mapping):
            yield from ((key, *rest) for rest in _leaves(value))
        else:
            yield (key,)


def _with(text: str, path: tuple[str, ...], wanted: Any) -> str:
    """The text with what is wanted under a path, or under the part of it that lacks."""
    *outer, key = path
    root: Node = YAML(typ="safe", pure=True).compose(text)
    node = root
    for name in outer:
        pair = _pair(node, name)
        if pair is None or not isinstance(pair[1], MappingNode):
            key = name  # absent, or a short form: it comes as a whole
            break
        wanted, node = wanted[name], pair[1]
    value, pair = wanted.get(key), _pair(node, key)
    if pair is not None:
        return _replaced(text, pair, _flow(value))
    if value is None:
        return text
    outermost = node is root and not _is_flow(root)
    if outermost and isinstance(value, Mapping):
        items = [f"  {yaml_text(k)}: {_flow(v)}" for k, v in value.items()]
        return _at_the_end(text, root, [f"{key}:", *items])
    added = f"{yaml_text(key)}: {_flow(value)}"
    if outermost:
        return _at_the_end(text, root, [added])
    return _first(text, node, added)


def _pair(node: Node, key: str) -> _Pair | None:
    return next((pair for pair in node.value if pair[0].value == key), None)


def _at_the_end(text: str, root: Node, lines: list[str]) -> str:
    """After all that the file says, comments included."""
    indent = " " * root.value[0][0].start_mark.column
    end = "" if text.endswith("\n") else "\n"
    added = "".join(f"{indent}{line}\n" for line in lines)
    return f"{text}{end}{added}"


def _first(text: str, node: Node, added: str) -> str:
    """Before all that a section says: behind it stand comments on what follows."""
    start = node.start_mark.index
    if _is_flow(node):
        start = text.index("{", start) + 1
        return f"{text[:start]}{added}{', ' if node.value else ''}{text[start:]}"
    first = node.value[0][0].start_mark
    indent = " " * first.column
    return f"{text[:first.index]}{added}\n{indent}{text[first.index:]}"


def _replaced(text: str, pair: _Pair, value: str) -> str:
    key, old = pair
    start, end = old.start_mark.index, _end(old)
    if start == end or not (isinstance(old, ScalarNode) or _is_flow(old)):
        # Nothing, or a block that began further down: the place is behind the key.
        colon = text.index(":", key.end_mark.index) + 1
        between = text[colon:start].rstrip() if start < end else ""
        rest = text[end if start < end else colon :]
        return f"{text[:colon]} {value}{between}{rest}"
    held = text[start:end]
    tail = held[len(held.rstrip("\n")) :]  # a block of text ends with its lines
    return f"{text[:start]}{value}{tail}{text[end:]}"


def _end(node: Node) -> int:
    """Where its text ends; that of a block is followed by comments on what is next."""
    if isinstance(node, ScalarNode) or _is_flow(node) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last if isinstance(node, SequenceNode) else last[1])


def _is_flow(node: Node) -> bool:
    return bool(getattr(node, "flow_style", False))


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        given = {k: v for k, v in value.items() if v is not None}
        pairs = (f"{yaml_text(k)}: {_flow(v)}" for k, v in given.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        texts = all(isinstance(item, str) for item in value)
        return yaml_list(value) if texts else f"[{', '.join(map(_flow, value))}]"
    return yaml_text(value) if isinstance(value, str) else json.dumps(value)
