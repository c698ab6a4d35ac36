"""The columns of the IR: how cells are read, how holes are filled, what is derived."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

Modality = Literal[
    "numeric",
    "categorical",
    "boolean",
    "ordinal",
    "datetime",
    "text",
    "image",
    "multi_category",
]
Role = Literal[
    "feature",
    "identifier",
    "constant",
    "leak",
    "duplicate",
    "irrelevant",
    "unusable",
    "split",
]
DatetimePart = Literal[
    "year", "month", "day", "day_of_week", "day_of_year", "hour", "minute", "epoch_days"
]
Strategy = Literal[
    "constant", "mean", "median", "most_frequent", "group", "neighbours", "iterative"
]
DerivedKind = Literal[
    "ratio",
    "difference",
    "product",
    "log1p",
    "days_between",
    "word_count",
    "item_count",
    "group_mean",
    "group_count",
    "same",
    "word_overlap",
    "letter_overlap",
    "code_overlap",
    "relative_difference",
]

CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, config=CONFIG)
class NumberFormat:
    """How a number is written: `affixes` are cut away, then `thousands` removed."""

    affixes: tuple[str, ...] = ()
    thousands: str = ""
    decimal: Literal[".", ","] = "."


@dataclass(frozen=True, config=CONFIG)
class DatetimeFormat:
    """`format`: strptime directives, `ISO8601`, `epoch_s` or `epoch_ms` (UTC).

    `parts`: the features derived, those which vary in the training rows.
    """

    format: str
    parts: tuple[DatetimePart, ...]


@dataclass(frozen=True, config=CONFIG)
class ListFormat:
    """How a cell lists items: split at `separator`; `brackets`: `["a", "b"]`."""

    separator: str
    brackets: bool = False


@dataclass(frozen=True, config=CONFIG)
class Impute:
    """What fills the missing cells of a column, learnt from the training rows.

    `value`: for `constant`, written as the cells are. `by`: for `group`, the column of
    levels within which the median of numbers, or else the most frequent cell, is taken.
    `neighbours` and `iterative` predict a number from the other numbers of the row.
    `indicator`: a further number of 0 or 1 tells the model that the cell was missing.
    """

    strategy: Strategy
    value: str = ""
    by: str = ""
    indicator: bool = False


@dataclass(frozen=True, config=CONFIG)
class Column:
    """One column of the table (targets excepted), whether it feeds the model or not.

    `missing`: cell texts which mean a missing value, besides the empty cell. `levels`:
    ordinal: from low to high; boolean: (false, true). `number`, `datetime` and `items`
    are set for numeric, datetime and multi_category (images: several paths in a cell).
    `impute`: `None` leaves holes as they are, and the model learns what a hole means.
    """

    name: str
    modality: Modality
    role: Role = "feature"
    missing: tuple[str, ...] = ()
    number: NumberFormat | None = None
    datetime: DatetimeFormat | None = None
    items: ListFormat | None = None
    levels: tuple[str, ...] = ()
    # Left out of the JSON where it says nothing: older pipelines keep their bytes.
    impute: Impute | None = Field(default=None, exclude_if=lambda v: v is None)


@dataclass(frozen=True, config=CONFIG)
class Pair:
    """Two columns that say the same, `name`, of the two sides of a matching table."""

    name: str
    left: str
    right: str


@dataclass(frozen=True, config=CONFIG)
class Derived:
    """A further number of the table, made of its cells before any hole is filled.

    Numbers: `ratio` (missing where it divides by 0), `difference`, `product` of two
    `inputs`, `log1p` of one. `days_between`: from the second date to the first.
    `word_count` of a text, `item_count` of a list. Learnt from training rows, within
    the levels of column `by`: `group_mean` of a number (that of all rows for an unseen
    level), `group_count` of rows, which has no input.
    How alike two cells are, from 0 to 1: `same` (but for case and blanks); the share of
    the words, of groups of three letters, or of codes (words with a digit) that both
    have. `relative_difference`: of two numbers, over the larger one.
    """

    name: str
    kind: DerivedKind
    inputs: tuple[str, ...] = ()
    by: str = ""

    def columns(self) -> tuple[str, ...]:
        """Every column that it reads."""
        return (*self.inputs, self.by) if self.by else self.inputs
