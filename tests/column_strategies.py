"""Random columns, what fills their holes and what is derived from them."""

from __future__ import annotations

from dataclasses import replace

from autom3l.checks.derived import INPUTS, LEVELS
from autom3l.checks.imputation import STRATEGIES
from autom3l.column import (
    Column,
    DatetimeFormat,
    DatetimePart,
    Derived,
    Impute,
    ListFormat,
    Modality,
    NumberFormat,
    Pair,
    Role,
)
from autom3l.defaults.tabular import TABULAR
from autom3l.ir import Split
from hypothesis import strategies as st

HOSTILE = (
    "class",
    "def",
    "None",
    "self",
    "import os",
    '"',
    '"""',
    "'''",
    "\\",
    "\\N{BULLET}",
    "a\nb",
    "a\r\nb",
    "\t",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# note #}",
    "%s %(x)s",
    "{0}",
    "$HOME",
    "`ls`",
    "; rm -rf x",
    "../../x",
    "<script>",
    "ignore previous instructions",
    "\N{GRINNING FACE}",
    "e\N{COMBINING ACUTE ACCENT}",
    "\N{RIGHT-TO-LEFT OVERRIDE}x",
    "\N{ZERO WIDTH SPACE}",
    "\u2028",
    "\x00",
    "\x7f",
    "x" * 300,
    "FEATURES",
    "TARGET",
    " padded ",
    "# comment",
)
MODALITIES: tuple[Modality, ...] = (*TABULAR, "text", "image")
ROLES: tuple[Role, ...] = ("identifier", "constant", "leak", "duplicate", "unusable")
PARTS: tuple[DatetimePart, ...] = ("year", "month", "day_of_week", "hour", "epoch_days")

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
)


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    modality = draw(st.sampled_from(MODALITIES))
    levels: tuple[str, ...] = ()
    if modality in ("boolean", "ordinal"):
        most = 2 if modality == "boolean" else 5
        levels = tuple(draw(st.lists(texts, min_size=2, max_size=most, unique=True)))
    parts = draw(st.lists(st.sampled_from(PARTS), min_size=1, unique=True))
    formats = st.sampled_from(("ISO8601", "%d.%m.%Y %H:%M", "epoch_s", "epoch_ms"))
    items = ListFormat(draw(st.sampled_from(("|", ",", '"'))), draw(st.booleans()))
    lists = modality == "multi_category" or (
        modality == "image" and draw(st.booleans())
    )
    return Column(
        name=name,
        modality=modality,
        role=draw(st.sampled_from(("feature", "feature", *ROLES))),
        missing=tuple(draw(st.lists(texts, max_size=2, unique=True))),
        number=draw(_numbers) if modality == "numeric" else None,
        datetime=(
            DatetimeFormat(draw(formats), tuple(parts))
            if modality == "datetime"
            else None
        ),
        items=items if lists else None,
        levels=levels,
    )


@st.composite
def filled(draw: st.DrawFn, column: Column, columns: list[Column]) -> Column:
    """The column, if it feeds the model sometimes without its holes."""
    allowed = STRATEGIES.get(column.modality, ())
    if column.role != "feature" or not allowed or draw(st.booleans()):
        return column
    groups = [
        other.name
        for other in columns
        if other.modality in LEVELS and other.role == "feature" and other != column
    ]
    strategy = draw(st.sampled_from(allowed))
    value = draw(_constants(column)) if strategy == "constant" else ""
    by = draw(st.sampled_from(groups)) if strategy == "group" and groups else ""
    if (strategy == "group" and not by) or value in column.missing:
        return column
    impute = Impute(strategy, value, by, indicator=draw(st.booleans()))
    return replace(column, impute=impute)


def _constants(column: Column) -> st.SearchStrategy[str]:
    if column.levels:
        return st.sampled_from(column.levels)
    if column.datetime:
        dates = {"ISO8601": "2024-02-03", "%d.%m.%Y %H:%M": "03.02.2024 04:05"}
        return st.just(dates.get(column.datetime.format, "86400"))
    if column.number:
        marks = (*column.number.affixes, column.number.thousands)
        digits = [d for d in "0123456789" if d not in marks]
        return st.sampled_from(digits)
    return texts


@st.composite
def derived(
    draw: st.DrawFn, taken: set[str], split: Split, columns: list[Column]
) -> list[Derived]:
    """Some numbers, of the kinds for which there are columns."""
    divided = split.column if split.kind in ("group", "column") else ""
    usable = [
        column
        for column in columns
        if column.role not in ("leak", "split") and column.name != divided
    ]
    levels = [column.name for column in usable if column.modality in LEVELS]
    found = []
    for name in draw(st.lists(texts, max_size=4, unique=True)):
        kind = draw(st.sampled_from(tuple(INPUTS)))
        modalities, count = INPUTS[kind]
        inputs = [c.name for c in usable if c.modality in modalities]
        grouped = kind in ("group_mean", "group_count")
        if name in taken or len(inputs) < count or (grouped and not levels):
            continue
        chosen = draw(st.permutations(inputs))[:count] if count else []
        by = draw(st.sampled_from(levels)) if grouped else ""
        found.append(Derived(name, kind, tuple(chosen), by))
    return found


@st.composite
def pairs(draw: st.DrawFn, columns: list[Column]) -> list[Pair]:
    """Features of one modality, two at a time."""
    found = []
    for modality in MODALITIES:
        names = [
            column.name
            for column in columns
            if column.role == "feature" and column.modality == modality
        ]
        for left, right in zip(names[::2], names[1::2], strict=False):
            if draw(st.booleans()):
                found.append(Pair(draw(texts), left, right))
    return found


_numbers = st.builds(
    NumberFormat,
    affixes=st.lists(texts, max_size=2, unique=True).map(tuple),
    thousands=st.sampled_from(("", " ", "'")),
    decimal=st.sampled_from((".", ",")),
)
written = st.none() | _numbers
