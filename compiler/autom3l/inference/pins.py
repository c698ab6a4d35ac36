"""What the spec pins about a column: a fact, stronger than any rule."""

from __future__ import annotations

from dataclasses import replace

from autom3l.column import Column, DatetimeFormat, ListFormat, NumberFormat
from autom3l.ir import Decision
from autom3l.spec import ColumnPin


def apply_pin(
    column: Column, decision: Decision, pin: ColumnPin | None
) -> tuple[Column, Decision]:
    """The column with the pin applied, and the decision that records both opinions."""
    if pin is None or pin == ColumnPin():
        return column, decision
    typed = _typed(column, pin)
    role = column.role if pin.drop is None else "unusable" if pin.drop else "feature"
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


def _typed(column: Column, pin: ColumnPin) -> Column:
    """The column under the pinned modality, with the details which that one needs."""
    modality = pin.modality or column.modality
    kept = modality == column.modality
    return replace(
        column,
        modality=modality,
        missing=pin.missing or column.missing,
        number=(column.number or NumberFormat()) if modality == "numeric" else None,
        datetime=_datetime(column, pin) if modality == "datetime" else None,
        items=_items(column, pin) if modality in ("multi_category", "image") else None,
        levels=pin.levels or (column.levels if kept else ()),
    )


def _datetime(column: Column, pin: ColumnPin) -> DatetimeFormat:
    known = column.datetime or DatetimeFormat(
        "ISO8601", ("year", "month", "day_of_week")
    )
    return replace(known, format=pin.format) if pin.format else known


def _items(column: Column, pin: ColumnPin) -> ListFormat | None:
    if pin.separator:
        return ListFormat(pin.separator)
    if column.items is None and column.modality != "image":
        return ListFormat(",")
    return column.items
