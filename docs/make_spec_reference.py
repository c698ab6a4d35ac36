"""Writes docs/spec.md from the types of the spec; run it from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autom3l.schemas import spec_schema

PAGE = Path(__file__).parent / "spec.md"

_START = """\
# The spec

<!-- Written by `python docs/make_spec_reference.py` from the types: change those. -->

A spec is one YAML 1.2 file that says what to predict from which table.
`autom3l init TABLE --target COLUMN` drafts one from the data, with what the rules see
in each column as comments; `data.train` and `target` are all that most need:

```yaml
data:
  train: train.csv
target: price
```

Everything else is decided by rules, with a reason that `autom3l explain` prints, unless
the spec says it:

```yaml
name: flats
data:
  train: rows/*.parquet            # one file or a glob
  test: test.csv
  images: photos                   # image paths in cells start from here
target: price
task: regression
metric: mae
columns:
  id: drop                         # short for {drop: true}
  heating: categorical             # short for {modality: categorical}
  state: {levels: [poor, fair, good], missing: [unknown]}
split: {kind: group, column: building, validation: 0.15}
encoders: {text: {card: all-mpnet-base-v2, tuning: full}}
constraints: {offline: true, max_parameters: 150M, hardware: gpu}
search: {trials: 40, minutes: 30, fixed: [train.batch_size]}
llm: {model: gpt-5-mini, share: statistics, max_tokens: 50k}
weights_dir: ../weights
seed: 3
```

- Paths are relative to the folder of the spec.
- Text, numbers and `true`/`false` are told apart as in YAML 1.2: `NO` is text, `3e-4` a
  number, and a column called 2019 is written `"2019"`.
- A key without a value is as good as no key.
- Every mistake is reported with its line, all those of a stage at once;
  [diagnostics.md](diagnostics.md) lists the codes. `autom3l schema spec` prints the
  JSON Schema, for editors.
"""
_SECTIONS = {
    "data": "SpecData",
    "columns": "ColumnPin",
    "split": "SpecSplit",
    "encoders": "SpecEncoders",
    "encoders.text": "EncoderPin",
    "constraints": "Constraints",
    "search": "SpecSearch",
    "llm": "SpecLlm",
    "llm.prices": "Prices",
}
_TITLES = {
    "columns": "`columns.NAME`",
    "encoders.text": "`encoders.text`, `encoders.image`",
}


def reference() -> str:
    """The page as Markdown."""
    schema = spec_schema()
    pages = [_START, _table("Top level", schema)]
    for key, part in _SECTIONS.items():
        title = _TITLES.get(key, f"`{key}`")
        pages.append(_table(title, schema["$defs"][part]))
    wishes = schema["properties"]["directives"]["anyOf"][0]["propertyNames"]
    scopes = ", ".join(f"`{scope}`" for scope in wishes["enum"])
    pages.append(
        f"## `directives`\n\nOne text for all of them, or texts under {scopes}.\n"
    )
    return "\n".join(pages)


def _table(title: str, section: dict[str, Any]) -> str:
    lines = [f"## {title}", "", section["description"], ""]
    lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
    for key, schema in section["properties"].items():
        must = key in section.get("required", ())
        meaning = " ".join(schema.get("description", "").split())
        row = (f"`{key}`", _form(schema), "required" if must else _default(schema))
        lines.append(f"| {' | '.join(row)} | {meaning} |")
    return "\n".join(lines) + "\n"


def _form(schema: dict[str, Any]) -> str:
    """What the value may be, in words."""
    if "anyOf" in schema:
        forms = [_form(part) for part in schema["anyOf"] if part != {"type": "null"}]
        return " or ".join(sorted(set(forms), key=len))
    if "enum" in schema:
        return ", ".join(f"`{choice}`" for choice in schema["enum"])
    if "enum" in schema.get("items", {}):
        return f"a list of {_form(schema['items'])}"
    if "$ref" in schema:
        return "a mapping, see below"
    if schema["type"] == "string" and schema.get("pattern", "").endswith("[kKmMbB]$"):
        return "a count as in `22M`"
    return _bounded(schema)


def _bounded(schema: dict[str, Any]) -> str:
    words = {
        "string": "text",
        "boolean": "`true` or `false`",
        "integer": "a whole number",
        "number": "a number",
        "array": "a list of texts",
        "object": "a mapping, see below",
    }
    bounds = {
        "exclusiveMinimum": "above",
        "minimum": "at least",
        "exclusiveMaximum": "below",
        "maximum": "at most",
    }
    limits = [
        f"{word} {schema[key]:,}" for key, word in bounds.items() if key in schema
    ]
    return ", ".join([words[schema["type"]], *limits])


def _default(schema: dict[str, Any]) -> str:
    default = schema.get("default")
    return "" if default in (None, []) else f"`{str(default).lower()}`"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
