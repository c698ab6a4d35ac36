"""YAML nodes turned into plain values, with the line of each and every mistake.

Nodes are walked here rather than constructed by ruamel.yaml so that all duplicate keys
and stray tags are found in one go, dates stay text, and aliases can't explode.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_DEPTH = 20
MAX_VALUES = 100_000
# The code of a value that is left out, so that nothing else is said of it.
UNREADABLE = "S011"

Location = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_TEXT = {_TAG + kind for kind in ("str", "timestamp", "merge", "value")}
_PLAIN = {_TAG + kind for kind in ("int", "float", "bool", "null")}


class Problem(NamedTuple):
    """A mistake at one place of a document; `line` 0: that of the place itself."""

    code: str
    location: Location
    message: str
    hint: str = ""
    line: int = 0


class TooLargeError(Exception):
    """Nesting or aliases without end."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


class Walk:
    """One walk over a document; `lines` and `problems` fill up on the way.

    `lines`: the 1-based line of each key and list item, by its location.
    """

    def __init__(self) -> None:
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []
        self._constructor = YAML(typ="safe", pure=True).constructor

    def mapping(self, node: MappingNode, at: Location = ()) -> dict[str, Any]:
        """The values by key; `None` where there is none, or none that can be read."""
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, at)
            if key is None:
                continue
            here = (*at, key)
            if here in self.lines:
                hint = f"first on line {self.lines[here]}"
                self._note("S007", here, key_node, "the key is there twice", hint)
                continue
            self.lines[here] = _line(key_node)
            values[key] = self._value(value_node, here)
        return values

    def _key(self, node: Node, at: Location) -> str | None:
        if node.tag in _TEXT:
            return self._text(node, at)
        if isinstance(node, ScalarNode):
            message = f"the key {node.value} is not text"
            hint = f"write {node.value!r}, with the quotes"
        else:
            message = "a key is a list or a mapping"
            hint = "a key must be text; one with special characters needs quotes"
        self._note("S009", at, node, message, hint)
        return None

    def _value(self, node: Node, at: Location) -> Any:
        if len(at) > MAX_DEPTH or len(self.lines) > MAX_VALUES:
            raise TooLargeError(_line(node))
        if isinstance(node, MappingNode) and node.tag == _TAG + "map":
            return self.mapping(node, at)
        if isinstance(node, SequenceNode) and node.tag == _TAG + "seq":
            return self._items(node, at)
        if node.tag in _TEXT:
            return self._text(node, at)
        return self._scalar(node, at)

    def _items(self, node: SequenceNode, at: Location) -> list[Any]:
        items = []
        for index, item in enumerate(node.value):
            self.lines[(*at, index)] = _line(item)
            items.append(self._value(item, (*at, index)))
        return items

    def _text(self, node: Node, at: Location) -> str | None:
        text = str(node.value)
        if text.isascii() or _encodes(text):
            return text
        self._note(UNREADABLE, at, node, f"{text!r} is not valid Unicode")
        return None

    def _scalar(self, node: Node, at: Location) -> Any:
        if node.tag not in _PLAIN:
            message = f"the tag {str(node.tag)!r} has no meaning here"
            self._note(UNREADABLE, at, node, message, "remove it")
            return None
        try:
            value = self._constructor.construct_object(node)
        except (ValueError, YAMLError):
            self._note(UNREADABLE, at, node, f"{str(node.value)[:60]!r} can't be read")
            return None
        # 150e6 is as good a whole number as 150000000.
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
        return int(value) if whole else value

    def _note(
        self, code: str, at: Location, node: Node, message: str, hint: str = ""
    ) -> None:
        self.problems.append(Problem(code, at, message, hint, _line(node)))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
