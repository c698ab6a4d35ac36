"""YAML 1.2 mappings, read in a tenth of the time that keeping their lines takes."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml


def quick_mapping(text: str) -> dict[str, Any] | None:
    """The mapping that a YAML text holds; `None` where anything about it is unusual.

    Repeated keys are unusual, and so is what is no value of the core schema of 1.2:
    that stays text.
    """
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, ValueError):
        return None
    whole = isinstance(found, dict) and all(isinstance(key, str) for key in found)
    return found if whole else None


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """PyYAML knows YAML 1.1, in which `yes` is true and 1:30 a number."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(map(str, keys))):
            raise yaml.YAMLError("a key is repeated")
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


_NUMBER = "-0123456789"
_CORE = (
    ("null", r"null|~|", ("n", "~", "")),
    ("bool", r"true|false", "tf"),
    ("int", r"-?(0|[1-9][0-9]*)", _NUMBER),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?", _NUMBER),
)
for _name, _pattern, _first in _CORE:
    _tag = f"tag:yaml.org,2002:{_name}"
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})$"), list(_first))
