"""Holes are filled in a way that their column allows."""

from __future__ import annotations

from collections.abc import Iterator

from autom3l.checks.derived import LEVELS
from autom3l.checks.subject import Subject
from autom3l.column import Column, Modality, Strategy
from autom3l.diagnostics import Diagnostic, did_you_mean
from autom3l.inference.dates import parse_times
from autom3l.inference.numbers import parse_number

_LEVELS: tuple[Strategy, ...] = ("constant", "most_frequent", "group")
STRATEGIES: dict[Modality, tuple[Strategy, ...]] = {
    "numeric": (
        *("constant", "mean", "median", "most_frequent"),
        *("group", "neighbours", "iterative"),
    ),
    "categorical": _LEVELS,
    "boolean": _LEVELS,
    "ordinal": _LEVELS,
    "datetime": ("constant", "most_frequent"),
    "multi_category": ("constant", "most_frequent"),
    "text": ("constant",),
}


def strategies(subject: Subject) -> Iterator[Diagnostic]:
    """Features are filled, each by a strategy for its modality (P256)."""
    for column in subject.pipeline.columns:
        if column.impute is None:
            continue
        where, strategy = f"columns.{column.name}.impute", column.impute.strategy
        allowed = STRATEGIES.get(column.modality, ())
        if column.role != "feature":
            message = f"role {column.role!r}: only features are filled"
            yield Diagnostic("P256", message, where)
        elif strategy not in allowed:
            message = f"{strategy!r} does not fill {column.modality} cells"
            hint = f"one of {', '.join(allowed)}" if allowed else ""
            yield Diagnostic("P256", message, where, hint)


def groups(subject: Subject) -> Iterator[Diagnostic]:
    """Groups are the levels of another feature (P257)."""
    levels = [column.name for column in subject.pipeline.features(*LEVELS)]
    for column in subject.pipeline.imputed():
        if column.impute is None:
            continue
        how, by = column.impute.strategy, column.impute.by
        where = f"columns.{column.name}.impute"
        others = [name for name in levels if name != column.name]
        if (how == "group") != bool(by):
            message = f"{how!r} goes by {'none' if by else 'a'} column, not {by!r}"
            yield Diagnostic("P257", message, where)
        elif by and by not in others:
            message = f"{by!r} is no other feature of levels"
            yield Diagnostic("P257", message, where, did_you_mean(by, others))


def constants(subject: Subject) -> Iterator[Diagnostic]:
    """A constant is given where one is used, and reads as a value (P258)."""
    for column in subject.pipeline.imputed():
        if column.impute is None:
            continue
        value, where = column.impute.value, f"columns.{column.name}.impute"
        if (column.impute.strategy == "constant") != bool(value):
            message = f"{column.impute.strategy!r} with value {value!r}"
            yield Diagnostic("P258", message, where)
        elif value and not _is_value(value, column):
            message = f"{value!r} is no value of a {column.modality} column"
            hint = f"one of {', '.join(map(repr, column.levels))}"
            yield Diagnostic("P258", message, where, hint if column.levels else "")


def _is_value(value: str, column: Column) -> bool:
    if value in column.missing:
        return False
    match column.modality:
        case "numeric":
            return not column.number or parse_number(value, column.number) is not None
        case "datetime":
            return not column.datetime or _is_time(value, column.datetime.format)
        case "boolean" | "ordinal":
            return value in column.levels
    return True


def _is_time(value: str, format_: str) -> bool:
    try:
        return bool(parse_times((value,), format_).notna().all())
    except ValueError:  # the format itself is none
        return False
