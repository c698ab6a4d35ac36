"""AFE-LLM, the imputer: what means that a value is missing, and what stands for it."""

from __future__ import annotations

from dataclasses import replace

from pydantic.dataclasses import dataclass

from autom3l.checks.imputation import STRATEGIES
from autom3l.column import Column, Impute, Strategy
from autom3l.ir import Decision
from autom3l.llm.question import Question
from autom3l.planning.asking import Pass, State, column_questions
from autom3l.planning.describing import all_labels
from autom3l.planning.infer_modalities import STRICT
from autom3l.planning.wishes import MAX_REASON, Why, Wishes
from autom3l.spec import ColumnPin, PassName

NAME: tuple[str, PassName] = ("impute_values", "missing")


@dataclass(frozen=True, config=STRICT)
class Markers:
    """Cell texts of one column that mean a missing value, exactly as written."""

    column: str
    texts: tuple[str, ...]
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class Fill:
    """What fills the holes of one column; `value` and `by` are empty where unused."""

    column: str
    strategy: Strategy
    value: str
    by: str
    indicator: bool
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class MissingAnswer:
    """Only what is to change."""

    markers: tuple[Markers, ...]
    fills: tuple[Fill, ...]


def ask(state: State) -> list[Question[MissingAnswer]]:
    """Features that can be filled: all but images."""
    columns = state.pipeline.features(*STRATEGIES)
    return column_questions(state, NAME, columns, MissingAnswer, merge)


def merge(state: State, wishes: Wishes, answer: MissingAnswer) -> Wishes:
    """Markers that the table holds; ends in `ValueError` for one that it lacks."""
    names = all_labels(state.pipeline)
    columns = {column.name: column for column in state.pipeline.columns}
    for change in answer.markers:
        column = columns[names[change.column]]
        absent = _absent(state, column, change.texts)
        if absent:
            message = f"{change.column}: no cell that was seen is {absent!r}"
            raise ValueError(f"{message}; give texts exactly as cells have them")
        new = tuple(text for text in change.texts if text not in column.missing)
        if not new:
            continue
        if state.scene.spec.columns.get(column.name, ColumnPin()).missing:
            wishes = wishes.contradicted(_settled(column, new, change))
            continue
        pin = wishes.pins.get(column.name, ColumnPin())
        known = tuple(dict.fromkeys((*column.missing, *pin.missing, *new)))
        subject = f"{column.name} missing"
        choice = ", ".join(map(repr, new))[:MAX_REASON]
        reason = change.reason[:MAX_REASON]
        why = Why("columns", subject, choice, reason, change.directive)
        wishes = wishes.pinned(column.name, _marked(column, pin, known)).because(why)
    for fill in answer.fills:
        wishes = _filled(wishes, fill, names)
    return wishes


def _settled(column: Column, new: tuple[str, ...], change: Markers) -> Decision:
    return Decision(
        section="columns",
        subject=f"{column.name} missing (not changed)",
        choice=", ".join(map(repr, column.missing))[:MAX_REASON],
        reason=f"The model takes {', '.join(map(repr, new))[:MAX_REASON]} for missing, "
        "too, but the spec pins what means that.",
        source="rule",
        evidence=change.reason[:MAX_REASON],
        directive=change.directive,
    )


def _filled(wishes: Wishes, fill: Fill, names: dict[str, str]) -> Wishes:
    by = names[fill.by] if fill.by else ""
    impute = Impute(fill.strategy, fill.value, by, fill.indicator)
    details = " ".join(filter(None, (fill.strategy, fill.value, fill.by)))
    reason = fill.reason[:MAX_REASON]
    name = names[fill.column]
    why = Why("imputation", name, details[:MAX_REASON], reason, fill.directive)
    return wishes.filling(name, impute).because(why)


def _marked(column: Column, pin: ColumnPin, missing: tuple[str, ...]) -> ColumnPin:
    """The modality goes along: without its markers a column may look like another."""
    modality = pin.modality or column.modality
    return replace(pin, missing=missing, modality=modality, levels=_levels(column, pin))


def _levels(column: Column, pin: ColumnPin) -> tuple[str, ...]:
    return pin.levels or column.levels


def _absent(state: State, column: Column, texts: tuple[str, ...]) -> str | None:
    facts = state.scene.profile.column(column.name)
    seen = {value for value, _ in facts.top} | set(facts.values)
    return next((text for text in texts if text not in seen), None)


IMPUTE_VALUES = Pass(*NAME, ask, merge)
