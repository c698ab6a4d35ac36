"""YAML to `Spec`: every mistake with its line, value and suggestion, all at once."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from autom3l.diagnostics import SpecError
from autom3l.spec import MAX_NAME, Spec
from autom3l.spec_reading.contradictions import SPEC_CHECKS, unread_directives
from autom3l.spec_reading.document import dotted, read_document
from autom3l.spec_reading.folders import missing_folders
from autom3l.spec_reading.mistakes import (
    COUNTS,
    FILLED,
    KEYS,
    MISSING,
    mistake,
    unknown_key,
)
from autom3l.spec_reading.nodes import UNREADABLE, Location, Problem

# A count with a unit: 22M, 0.5B, 100k; whole in any unit.
SIZE = r"^([1-9][0-9]{0,3}(\.[0-9]{1,3})?|0\.[1-9][0-9]{0,2})[kKmMbB]$"

_UNITS = {"k": 10**3, "m": 10**6, "b": 10**9}


def load_spec(path: Path, *, llm: bool = True, text: str | None = None) -> Spec:
    """The spec in a YAML file, defaults filled, absolute paths made relative.

    Raises `SpecError` with every mistake. What is legal but without effect is told in
    `warnings`. Without `llm`, no model reads the directives. `text` stands for what is
    in the file.
    """
    document = read_document(path, text)
    spec, mistakes = _validate(written_out(document.data), path)
    unreadable = {p.location for p in document.problems if p.code == UNREADABLE}
    problems = [
        *document.problems,
        *(m for m in mistakes if m.location not in unreadable),
    ]
    problems += missing_folders(spec) if spec else ()
    if spec is None or problems:
        problems.sort(key=document.line)
        raise SpecError(map(document.diagnostic, problems))
    read = llm and spec.llm is not None
    unread = () if read else tuple(unread_directives(spec))
    warnings = map(document.diagnostic, unread)
    places = {
        dotted(key): f"{document.file}:{line}" for key, line in document.lines.items()
    }
    return replace(_relative(spec), warnings=tuple(map(str, warnings)), places=places)


def default_name(path: Path) -> str:
    """The name of a spec's file, or of its folder where the file is called spec."""
    generic = path.stem.casefold() == "spec"
    text = path.absolute().parent.name if generic else path.stem
    words = re.findall(r"[a-z0-9]+", text.casefold())
    slug = "-".join(words if words and words[0][0].isalpha() else ["project", *words])
    return slug[:MAX_NAME].strip("-")


def written_out(data: dict[str, Any]) -> dict[str, Any]:
    """The document with every short form in its long form, without empty values."""
    full: dict[str, Any] = _filled(data, ())
    for key in ("data", "split", "encoders", "constraints", "search", "llm"):
        if key in full:
            full[key] = _section(full[key], (key,))
    for key in ("target", "left", "right"):
        if isinstance(full.get(key), str):
            full[key] = [full[key]]
    if isinstance(full.get("directives"), str):
        full["directives"] = {"all": full["directives"]}
    for key, long_form in (("columns", _pin), ("directives", _wish)):
        if isinstance(full.get(key), dict):
            full[key] = {name: long_form(value) for name, value in full[key].items()}
    return full


def _section(section: Any, at: Location) -> Any:
    """A section without empty values, its counts in digits."""
    filled = _filled(section, at)
    if not isinstance(filled, dict):
        return filled
    return {
        key: (
            _section(value, (*at, key))
            if (*at, key) in KEYS
            else _counted(value, (*at, key))
        )
        for key, value in filled.items()
    }


def _filled(section: Any, at: Location) -> Any:
    """A key without a value is as good as no key; one that nobody knows is kept."""
    if not isinstance(section, dict):
        return section
    return {k: v for k, v in section.items() if v is not None or k not in KEYS[at]}


def _pin(pin: Any) -> Any:
    if isinstance(pin, str):
        return {"drop": True} if pin == "drop" else {"modality": pin}
    return {} if pin is None else _filled(pin, ("columns",))


def _wish(wish: Any) -> Any:
    return "" if wish is None else wish


def _counted(size: Any, at: Location) -> Any:
    if at in COUNTS and isinstance(size, str) and re.search(SIZE, size):
        return round(float(size[:-1]) * _UNITS[size[-1].lower()])
    return size


def _validate(data: dict[str, Any], path: Path) -> tuple[Spec | None, list[Problem]]:
    """The spec, as far as it can be told, and what is wrong with it.

    Parts of wrong form are left out so that the rest is checked for contradictions in
    the same run.
    """
    problems = [unknown_key((key,), KEYS[()]) for key in FILLED if key in data]
    given = {**data, "folder": str(path.parent.resolve()), "warnings": []}
    name = default_name(path)
    spec, mistakes = _parse({"name": name, **given})
    if mistakes:
        for problem in mistakes:
            given = _without(given, problem.location)
        spec, _ = _parse({"name": name, **given})
    if spec is not None:
        told = {problem.location[:1] for problem in mistakes}
        found = [p for check in SPEC_CHECKS for p in check(spec)]
        # What was left out for its form is not missing.
        mistakes += [p for p in found if p.code != MISSING or p.location not in told]
    return spec, problems + mistakes


def _parse(data: dict[str, Any]) -> tuple[Spec | None, list[Problem]]:
    try:
        # As JSON, because strict validation takes lists for tuples only there.
        return _adapter().validate_json(json.dumps(data)), []
    except ValidationError as error:
        return None, [mistake(e) for e in error.errors(include_url=False)]


def _without(data: dict[str, Any], location: Location) -> dict[str, Any]:
    """The data without the part in which a mistake lies."""
    key, *rest = location
    inner = data.get(str(key))
    if key in ("data", "columns") and rest and isinstance(inner, dict):
        return {**data, key: {k: v for k, v in inner.items() if k != rest[0]}}
    return {k: v for k, v in data.items() if k != key}


def _relative(spec: Spec) -> Spec:
    """The spec with paths relative to its folder, so that no machine's path spreads."""
    data = spec.data
    return replace(
        spec,
        data=replace(
            data,
            train=_from(spec.folder, data.train),
            validation=data.validation and _from(spec.folder, data.validation),
            test=data.test and _from(spec.folder, data.test),
            images=data.images and _from(spec.folder, data.images),
        ),
        weights_dir=spec.weights_dir and _from(spec.folder, spec.weights_dir),
    )


def _from(folder: str, path: str) -> str:
    if not Path(path).is_absolute():
        return path
    return Path(os.path.relpath(path, folder)).as_posix()


@cache
def _adapter() -> TypeAdapter[Spec]:
    return TypeAdapter(Spec)
