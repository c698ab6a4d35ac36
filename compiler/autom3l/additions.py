"""What templates may know of derived numbers and of the holes that are filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from autom3l.backbones import backbones
from autom3l.column import Column, DerivedKind, Modality, Strategy
from autom3l.inference.numbers import parse_number
from autom3l.ir import Pipeline

# How alike the texts of two cells are.
COMPARISONS: tuple[DerivedKind, ...] = (
    "same",
    "word_overlap",
    "letter_overlap",
    "code_overlap",
)
# They need nothing but the text of a cell.
_TEXT_ONLY: set[DerivedKind] = {"word_count", "group_count", *COMPARISONS}
# Of these the number table is made.
NUMBERS: tuple[Modality, ...] = ("numeric", "ordinal", "datetime")
_STATISTICS: tuple[Strategy, ...] = ("mean", "median", "most_frequent", "group")
_PREDICTED: tuple[Strategy, ...] = ("neighbours", "iterative")

Statistic = Literal["mean", "median", "most_frequent"]
TableInput = Literal["numbers", "codes", "items"]
Frozen = Literal["text", "image"]


@dataclass(frozen=True)
class DateExample:
    """Two dates as the inputs of `name` are written, and the days between them."""

    name: str
    end: str
    start: str
    days: float


@dataclass(frozen=True)
class Derivation:
    """Which kinds are derived; `grouped`: some are learnt from training rows.

    `comparing`: some say how alike two texts are; `parsing`: some need more of a cell
    than its text. `sources` are the columns that are read for this only.
    """

    kinds: tuple[DerivedKind, ...]
    grouped: bool
    comparing: bool
    parsing: bool
    sources: tuple[Column, ...]
    date_example: DateExample | None


@dataclass(frozen=True)
class Filling:
    """Names of columns by how they are filled, constants and statistics with theirs.

    `summaries`: the statistics that occur. `numbers`: some numeric column is filled;
    `plain`: one by a constant or a statistic; `ranks`: some other part of the number
    table; `levels`: some levels or lists; `texts`: some text. `flagged` columns tell
    that a cell was missing.
    """

    constants: tuple[tuple[str, float | str], ...]
    statistics: tuple[tuple[str, Statistic], ...]
    summaries: tuple[Statistic, ...]
    within: tuple[tuple[str, str], ...]
    neighbours: tuple[str, ...]
    iterative: tuple[str, ...]
    flagged: tuple[str, ...]
    numbers: bool
    plain: bool
    ranks: bool
    levels: bool
    texts: bool


@dataclass(frozen=True)
class Sides:
    """The columns of both sides whose embeddings are compared: (left, right)."""

    text: list[tuple[str, str]]
    image: list[tuple[str, str]]


def near(pipeline: Pipeline) -> tuple[Frozen, ...]:
    """The encoders whose frozen features tell how alike both sides of a search are."""
    part, frozen = pipeline.retrieval, backbones(pipeline.encoders).frozen
    if part is None:
        return ()
    branches: tuple[Frozen, ...] = ("text", "image")
    if pipeline.encoders.one_space:
        return branches
    found = []
    for branch in branches:
        names = {column.name for column in pipeline.features(branch)}
        both = names & {*part.query} and names & {*part.item}
        if branch in frozen and both:
            found.append(branch)
    return tuple(found)


def sides(pipeline: Pipeline) -> Sides:
    """What a matching compares of texts and images."""

    def of(modality: Modality) -> list[tuple[str, str]]:
        names = {column.name for column in pipeline.features(modality)}
        return [(p.left, p.right) for p in pipeline.pairs if p.left in names]

    return Sides(of("text"), of("image"))


def derivation(pipeline: Pipeline) -> Derivation:
    """What is derived in a pipeline."""
    fed = {column.name for column in pipeline.features()}
    wanted = {name for item in pipeline.derived for name in item.columns()} - fed
    return Derivation(
        kinds=tuple(sorted({item.kind for item in pipeline.derived})),
        grouped=any(item.by for item in pipeline.derived),
        comparing=any(item.kind in COMPARISONS for item in pipeline.derived),
        parsing=any(item.kind not in _TEXT_ONLY for item in pipeline.derived),
        sources=tuple(c for c in pipeline.columns if c.name in wanted),
        date_example=next(_date_examples(pipeline), None),
    )


def filling(pipeline: Pipeline) -> Filling:
    """What is filled in a pipeline."""
    how = [(c, c.impute) for c in pipeline.imputed() if c.impute]
    statistics = tuple(
        (column.name, _statistic(column, impute.strategy))
        for column, impute in how
        if impute.strategy in _STATISTICS
    )
    return Filling(
        constants=tuple(
            (column.name, _constant(column, impute.value))
            for column, impute in how
            if impute.strategy == "constant"
        ),
        statistics=statistics,
        summaries=tuple(sorted({statistic for _, statistic in statistics})),
        within=tuple((column.name, impute.by) for column, impute in how if impute.by),
        neighbours=_filled_by("neighbours", pipeline),
        iterative=_filled_by("iterative", pipeline),
        flagged=tuple(column.name for column, impute in how if impute.indicator),
        numbers=bool(pipeline.imputed("numeric")),
        plain=any(
            column.modality == "numeric" and impute.strategy not in _PREDICTED
            for column, impute in how
        ),
        ranks=bool(pipeline.imputed("ordinal", "datetime")),
        levels=bool(pipeline.imputed("categorical", "boolean", "multi_category")),
        texts=bool(pipeline.imputed("text")),
    )


def table_inputs(pipeline: Pipeline) -> tuple[TableInput, ...]:
    """The tensors of the tabular encoder."""
    flagged = any(c.impute and c.impute.indicator for c in pipeline.imputed())
    numbers = pipeline.features(*NUMBERS) or pipeline.derived or flagged
    present: tuple[tuple[TableInput, bool], ...] = (
        ("numbers", bool(numbers)),
        ("codes", bool(pipeline.features("categorical", "boolean"))),
        ("items", bool(pipeline.features("multi_category"))),
    )
    return tuple(name for name, there in present if there)


def _filled_by(strategy: Strategy, pipeline: Pipeline) -> tuple[str, ...]:
    columns = pipeline.imputed()
    return tuple(c.name for c in columns if c.impute and c.impute.strategy == strategy)


def _constant(column: Column, value: str) -> float | str:
    number = parse_number(value, column.number) if column.number else None
    return value if number is None else number


def _statistic(column: Column, strategy: Strategy) -> Statistic:
    if strategy in ("mean", "median"):
        return strategy
    numbers = strategy == "group" and column.modality == "numeric"
    return "median" if numbers else "most_frequent"


def _date_examples(pipeline: Pipeline) -> Iterator[DateExample]:
    formats = {c.name: c.datetime.format for c in pipeline.columns if c.datetime}
    for item in pipeline.derived:
        written = [formats.get(name, "") for name in item.inputs]
        if item.kind == "days_between" and all(map(_has_year, written)):
            end, start = _new_year(2024, written[0]), _new_year(2023, written[1])
            yield DateExample(item.name, end, start, 365.0)


def _has_year(format_: str) -> bool:
    return any(sign in format_ for sign in ("ISO8601", "epoch_", "%Y"))


def _new_year(year: int, format_: str) -> str:
    day = datetime(year, 1, 1, tzinfo=UTC)
    if format_.startswith("epoch_"):
        return str(int(day.timestamp()) * (1000 if format_ == "epoch_ms" else 1))
    return day.isoformat() if format_ == "ISO8601" else day.strftime(format_)
