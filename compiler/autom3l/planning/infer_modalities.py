"""MI-LLM: what each column is, where a model knows better than the cells show."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from autom3l.column import Column, Modality
from autom3l.ir import Decision
from autom3l.llm.question import Question
from autom3l.planning.asking import Pass, State, column_questions
from autom3l.planning.describing import all_labels
from autom3l.planning.evidence import contradiction
from autom3l.planning.wishes import MAX_REASON, Why, Wishes
from autom3l.spec import ColumnPin, PassName

NAME: tuple[str, PassName] = ("infer_modalities", "modalities")
STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, config=STRICT)
class Reading:
    """How one column is to be read; details that do not apply are empty.

    `levels`: ordinal from low to high, boolean (false, true). `separator`: between the
    items of a list. `format`: of a date, in strptime directives.
    """

    column: str
    modality: Modality
    levels: tuple[str, ...]
    separator: str
    format: str
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class ModalityAnswer:
    """Only the columns that are to be read otherwise than now."""

    changes: tuple[Reading, ...]


def ask(state: State) -> list[Question[ModalityAnswer]]:
    """Every column that is no target, dropped ones included."""
    columns = state.pipeline.columns
    return column_questions(state, NAME, columns, ModalityAnswer, merge)


def merge(state: State, wishes: Wishes, answer: ModalityAnswer) -> Wishes:
    """Readings that neither a pin of the user nor the cells contradict."""
    names = all_labels(state.pipeline)
    columns = {column.name: column for column in state.pipeline.columns}
    for change in answer.changes:
        column = columns[names[change.column]]
        pin = _pin(change)
        if _same(column, pin):
            continue
        against = pinned_otherwise(state, column, pin) or contradiction(
            state.scene, column, pin
        )
        if against:
            wishes = wishes.contradicted(overruled(column, change, against))
            continue
        if column.role != "feature":
            # A reading alone does not bring a column back.
            wishes = wishes.with_role(column.name, column.role)
        why = Why(
            "columns",
            column.name,
            change.modality,
            change.reason[:MAX_REASON],
            change.directive,
        )
        wishes = wishes.pinned(column.name, pin).because(why)
    return wishes


def pinned_otherwise(state: State, column: Column, pin: ColumnPin) -> str:
    """In words that the user has settled what a pin would change; else nothing."""
    settled = state.scene.spec.columns.get(column.name, ColumnPin())
    wished = {k: v for k, v in asdict(pin).items() if v not in (None, ())}
    clash = [
        name
        for name, value in wished.items()
        if getattr(settled, name) not in (None, (), value)
    ]
    return f"the spec pins its {' and '.join(clash)}" if clash else ""


def overruled(column: Column, change: Reading, against: str) -> Decision:
    """What the model wanted, and what stands against it."""
    return Decision(
        section="columns",
        subject=f"{column.name} (not changed)",
        choice=column.modality,
        reason=f"The model reads it as {change.modality}, but {against}.",
        source="rule",
        evidence=change.reason[:MAX_REASON],
        directive=change.directive,
    )


def _pin(change: Reading) -> ColumnPin:
    """Details only where the modality has them, whatever the model fills in."""
    modality = change.modality
    lists = modality in ("multi_category", "image")
    return ColumnPin(
        modality=modality,
        levels=change.levels if modality in ("ordinal", "boolean") else (),
        separator=change.separator or None if lists else None,
        format=change.format or None if modality == "datetime" else None,
    )


def _same(column: Column, pin: ColumnPin) -> bool:
    return column.modality == pin.modality and (
        (not pin.levels or pin.levels == column.levels)
        and (not pin.separator or pin.separator == _separator(column))
        and (not pin.format or pin.format == _format(column))
    )


def _separator(column: Column) -> str:
    return column.items.separator if column.items else ""


def _format(column: Column) -> str:
    return column.datetime.format if column.datetime else ""


INFER_MODALITIES = Pass(*NAME, ask, merge)
