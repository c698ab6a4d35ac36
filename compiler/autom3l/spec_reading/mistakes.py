"""What the validation of types found, told in the words of the spec."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from pydantic_core import ErrorDetails

from autom3l.diagnostics import did_you_mean
from autom3l.spec import (
    ColumnPin,
    Constraints,
    EncoderPin,
    Prices,
    Spec,
    SpecData,
    SpecEncoders,
    SpecLlm,
    SpecSearch,
    SpecSplit,
)
from autom3l.spec_reading.nodes import Location, Problem

# The code of a key that is not there.
MISSING = "S004"
# Fields of `Spec` that are no keys of the file.
FILLED = ("folder", "warnings", "places")
KEYS: dict[Location, tuple[str, ...]] = {
    (): tuple(f.name for f in fields(Spec) if f.name not in FILLED),
    ("data",): tuple(f.name for f in fields(SpecData)),
    ("columns",): tuple(f.name for f in fields(ColumnPin)),
    ("split",): tuple(f.name for f in fields(SpecSplit)),
    ("encoders",): tuple(f.name for f in fields(SpecEncoders)),
    ("encoders", "text"): tuple(f.name for f in fields(EncoderPin)),
    ("encoders", "image"): tuple(f.name for f in fields(EncoderPin)),
    ("constraints",): tuple(f.name for f in fields(Constraints)),
    ("search",): tuple(f.name for f in fields(SpecSearch)),
    ("llm",): tuple(f.name for f in fields(SpecLlm)),
    ("llm", "prices"): tuple(f.name for f in fields(Prices)),
}
# Where a count with a unit may stand.
COUNTS: dict[Location, str] = {
    ("constraints", "max_parameters"): "like 22000000, 22M, 100k or 1.5B",
    ("llm", "max_tokens"): "like 100000, 100k or 1.5M",
}

_ONE_OR_SEVERAL: tuple[Location, ...] = (("target",), ("left",), ("right",))

# What people call the key of a server.
_SECRET = re.compile(
    r"((open_?ai|autom3l|api|access|auth|llm|bearer|secret|private)[_-]?)*"
    r"(keys?|token|secret|password|passwd|credentials?|auth|authorization|bearer)",
    re.IGNORECASE,
)

_MEANT = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "dataclass_type": "a mapping",
}
_BOUNDS = {
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le}",
    "finite_number": "must be a finite number",
    "too_short": "must name at least one",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
}


def mistake(error: ErrorDetails) -> Problem:
    """One problem from one error of pydantic, in JSON mode."""
    location: Location = tuple(error["loc"])
    kind, value = error["type"], error["input"]
    if location[-1:] == ("[key]",):
        location = location[:-1]
        if kind == "literal_error":
            return unknown_key(location, _choices(error))
    if kind == "unexpected_keyword_argument":
        section = location[:-1] if location[:-1] in KEYS else location[:1]
        return unknown_key(location, KEYS[section])
    if kind == "missing":
        return missing(location)
    if kind == "string_pattern_mismatch":
        return _pattern(location, value)
    return _value_mistake(kind, location, value, error)


def missing(location: Location, hint: str = "") -> Problem:
    """A key that must be there."""
    return Problem(MISSING, location, "this key must be there", hint)


def unknown_key(location: Location, known: tuple[str, ...]) -> Problem:
    """A key nobody reads, with the one that is probably meant."""
    key = str(location[-1])
    if location[:-1] in ((), ("llm",)) and _SECRET.fullmatch(key):
        return _secret(location, key)
    message = f"unknown key {shown(key)}"
    return Problem("S003", location, message, did_you_mean(key, known))


def _secret(location: Location, key: str) -> Problem:
    """A key of a server, which a spec in version control would give away."""
    message = f"{shown(key)} does not belong in a spec, which others can read"
    hint = "remove it, and set AUTOM3L_API_KEY in the environment"
    return Problem("S031", location, message, hint)


def shown(value: Any) -> str:
    """The value as it is quoted in a message, cut when long."""
    try:
        text = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 80 else f"{text[:60]}…{text[-10:]}"


def _value_mistake(
    kind: str, location: Location, value: Any, error: ErrorDetails
) -> Problem:
    if kind in _MEANT:
        meant = "text or a list" if location in _ONE_OR_SEVERAL else _MEANT[kind]
        message = f"{shown(value)} is {_kind(value)}, {meant} is meant"
        return Problem("S005", location, message, _retype(kind, location, value))
    if kind == "literal_error":
        hint = did_you_mean(str(value), _choices(error))
        return Problem("S006", location, f"{shown(value)} is not a choice", hint)
    bound = _BOUNDS[kind].format(**error.get("ctx", {}))
    return Problem("S008", location, f"{shown(value)} {bound}")


def _choices(error: ErrorDetails) -> tuple[str, ...]:
    return tuple(re.findall(r"'([^']*)'", error.get("ctx", {})["expected"]))


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if value is None:
        return "empty"
    return "a list" if isinstance(value, list) else "a mapping"


def _retype(kind: str, location: Location, value: Any) -> str:
    """How the value becomes one of the type that is meant."""
    if location in COUNTS:
        return COUNTS[location]
    text = kind == "string_type" or location in _ONE_OR_SEVERAL
    if text and isinstance(value, int | float):
        return "put it in quotes"
    if kind == "bool_type" and isinstance(value, str):
        return "write true or false, without quotes"
    if kind in ("int_type", "float_type") and isinstance(value, str):
        number = re.fullmatch(r"[+-]?\d*\.?\d+(e[+-]?\d+)?", value.strip(), re.I)
        return "remove the quotes" if number else ""
    if kind == "tuple_type" and isinstance(value, str):
        return f"write [{value!r}]"
    return ""


def _pattern(location: Location, value: str) -> Problem:
    if location == ("name",):
        hint = "letters, digits, - and _; a letter first, no mark at the end"
        return Problem("S014", location, f"{shown(value)} can't name a project", hint)
    if location[:1] == ("llm",):
        return _llm_pattern(location, value)
    if not value:
        return Problem("S008", location, "a path must not be empty")
    message = f"{shown(value)} holds a control character"
    return Problem("S008", location, message, "in double quotes, write \\\\ for \\")


def _llm_pattern(location: Location, value: str) -> Problem:
    if location == ("llm", "base_url"):
        # Not quoted: the part before an @ may be a password.
        hint = "as in http://localhost:11434/v1: no user, password or query in it"
        return Problem("S008", location, "this is no address of a server", hint)
    message = f"{shown(value)} can't be what a server calls a model"
    return Problem("S008", location, message, "visible ASCII characters, no spaces")
