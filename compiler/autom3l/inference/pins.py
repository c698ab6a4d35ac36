"""What the spec pins about a column: a fact, stronger than any rule."""

from __future__ import annotations

from dataclasses import replace

from autom3l.column import (
    Column,
    DatetimeFormat,
    DatetimePart,
    ListFormat,
    NumberFormat,
)
from autom3l.inference.dates import datetimes, parse_times, varying_parts
from autom3l.inference.facts import Facts
from autom3l.inference.numbers import read_numbers
from autom3l.ir import Decision
from autom3l.profile import ColumnProfile
from autom3l.spec import ColumnPin

_USUAL_PARTS: tuple[DatetimePart, ...] = ("year", "month", "day_of_week")


def apply_pin(
    column: Column, decision: Decision, pin: ColumnPin | None, profile: ColumnProfile
) -> tuple[Column, Decision]:
    """The column with the pin applied, and the decision that records both opinions.

    How its cells are written is seen from the `profile`, where the pin does not say.
    """
    if pin is None or pin == ColumnPin():
        return column, decision
    facts = Facts(profile, pin.missing or column.missing)
    typed = _typed(column, pin, facts)
    role = column.role if pin.drop is None else "irrelevant" if pin.drop else "feature"
    if pin.drop is None and pin.modality is not None:
        role = "feature"
    final = replace(typed, role=role)
    return final, replace(
        decision,
        choice=f"drop ({role})" if role != "feature" else final.modality,
        reason="The spec pins it.",
        source="spec",
        evidence=f"the rules say: {decision.choice}. {decision.reason}",
        confidence=1.0,
    )


def _typed(column: Column, pin: ColumnPin, facts: Facts) -> Column:
    """The column under the pinned modality, with the details which that one needs."""
    modality = pin.modality or column.modality
    kept = modality == column.modality
    return replace(
        column,
        modality=modality,
        missing=pin.missing or column.missing,
        number=_number(column, facts) if modality == "numeric" else None,
        datetime=_datetime(column, pin, facts) if modality == "datetime" else None,
        items=_items(column, pin) if modality in ("multi_category", "image") else None,
        levels=pin.levels or (column.levels if kept else ()),
    )


def _number(column: Column, facts: Facts) -> NumberFormat:
    if column.number:
        return column.number
    written = read_numbers(facts.typical)
    return written.format if written else NumberFormat()


def _datetime(column: Column, pin: ColumnPin, facts: Facts) -> DatetimeFormat:
    if pin.format:
        parts = varying_parts(parse_times(facts.levels, pin.format))
        return DatetimeFormat(pin.format, parts or _USUAL_PARTS)
    found = datetimes(facts)
    seen = found.datetime if found else None
    return column.datetime or seen or DatetimeFormat("ISO8601", _USUAL_PARTS)


def _items(column: Column, pin: ColumnPin) -> ListFormat | None:
    if pin.separator:
        return ListFormat(pin.separator)
    if column.items is None and column.modality != "image":
        return ListFormat(",")
    return column.items
