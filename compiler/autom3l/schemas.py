"""The JSON Schemas (draft 2020-12) of the spec and of the IR, made from their types."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import TypeAdapter

from autom3l.ir_json import PIPELINE
from autom3l.spec import Spec
from autom3l.spec_reading import COUNTS, FILLED, SIZE

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_NOTHING = {"type": "null"}
_SOME = {"type": ["string", "array"], "minItems": 1}
_TARGET_OR_SIDES = {
    "if": {
        "properties": {"task": {"const": "retrieval"}, "left": _SOME},
        "required": ["task", "left"],
    },
    "else": {"properties": {"target": _SOME}, "required": ["target"]},
}
_NOTES = ("title", "description", "default")


def json_schema(kind: Literal["spec", "ir"]) -> str:
    """The schema of a spec, as YAML reads it, or of a pipeline.json; JSON text."""
    if kind == "ir":
        return _text({**PIPELINE.json_schema(), "title": "Pipeline"})
    return _text(spec_schema())


def spec_schema() -> dict[str, Any]:
    """What a spec may hold: the type `Spec` and the short forms that files have."""
    schema = TypeAdapter(Spec).json_schema()
    schema["description"] = "What is asked of autom3l."
    for key in FILLED:
        del schema["properties"][key]
    schema["required"] = ["data"]
    schema |= _TARGET_OR_SIDES
    _accept_short_forms(schema["properties"], schema["$defs"])
    for section in (schema, *schema["$defs"].values()):
        _accept_empty(section)
    return schema


def _accept_short_forms(keys: dict[str, Any], parts: dict[str, Any]) -> None:
    modality = parts["ColumnPin"]["properties"]["modality"]["anyOf"][0]["enum"]
    pin, wish = (keys[key]["additionalProperties"] for key in ("columns", "directives"))
    _also(pin, {"enum": ["drop", *modality]}, _NOTHING)
    _also(wish, _NOTHING)
    _also(keys["directives"], {"type": "string"})
    for one in ("target", "left", "right"):
        _also(keys[one], keys[one]["items"])
    size = {"type": "string", "pattern": SIZE}
    owners = {"constraints": "Constraints", "llm": "SpecLlm"}
    for section, key in COUNTS:
        _also(parts[owners[str(section)]]["properties"][str(key)], size)


def _accept_empty(section: dict[str, Any]) -> None:
    """A key that may be left out may also have no value."""
    optional = section["properties"].keys() - section.get("required", ())
    for key in sorted(optional):
        if _NOTHING not in section["properties"][key].get("anyOf", ()):
            _also(section["properties"][key], _NOTHING)


def _also(schema: dict[str, Any], *others: dict[str, Any]) -> None:
    """Let a schema accept other forms, too; its title and notes stay outside."""
    form = {key: schema.pop(key) for key in list(schema) if key not in _NOTES}
    forms = form["anyOf"] if set(form) == {"anyOf"} else [form]
    schema["anyOf"] = [*forms, *others]


def _text(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": DIALECT, **schema}, indent=2) + "\n"
