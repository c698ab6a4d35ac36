"""AFE-LLM, the filter: which columns feed the model, and why the others do not."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from autom3l.column import Column, Derived, DerivedKind
from autom3l.ir import Decision
from autom3l.llm.question import Question
from autom3l.planning.asking import Pass, State, column_questions
from autom3l.planning.describing import MAX_NAME, all_labels
from autom3l.planning.infer_modalities import STRICT
from autom3l.planning.wishes import MAX_REASON, Why, Wishes
from autom3l.spec import ColumnPin, PassName

NAME: tuple[str, PassName] = ("select_features", "features")


@dataclass(frozen=True, config=STRICT)
class Drop:
    """A column that must not or need not be read."""

    column: str
    role: Literal["identifier", "leak", "irrelevant", "duplicate"]
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class Keep:
    """A column that is dropped now and should be read."""

    column: str
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class Derivation:
    """A number made of columns; `by` is empty where the kind has no groups."""

    name: str
    kind: DerivedKind
    inputs: tuple[str, ...]
    by: str
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class FeatureAnswer:
    """Only what is to change."""

    drops: tuple[Drop, ...]
    keeps: tuple[Keep, ...]
    derived: tuple[Derivation, ...]


def ask(state: State) -> list[Question[FeatureAnswer]]:
    """Every column but the one that the rows are divided by."""
    columns = [c for c in state.pipeline.columns if c.role != "split"]
    return column_questions(state, NAME, columns, FeatureAnswer, merge)


def merge(state: State, wishes: Wishes, answer: FeatureAnswer) -> Wishes:
    """Drops and keeps that no pin of the user contradicts; ends in `ValueError` where a
    column is in both."""
    names = all_labels(state.pipeline)
    columns = {column.name: column for column in state.pipeline.columns}
    both = {d.column for d in answer.drops} & {k.column for k in answer.keeps}
    if both:
        raise ValueError(f"{sorted(both)[0]!r} is among drops and keeps")
    for drop in answer.drops:
        column = columns[names[drop.column]]
        wishes = _dropped(state, wishes, column, drop)
    for keep in answer.keeps:
        column = columns[names[keep.column]]
        wishes = _kept(state, wishes, column, keep)
    for item in answer.derived:
        wishes = _derived(state, wishes, item, names)
    return wishes


def _derived(
    state: State, wishes: Wishes, item: Derivation, names: dict[str, str]
) -> Wishes:
    derived = Derived(
        item.name[:MAX_NAME],
        item.kind,
        tuple(names[label] for label in item.inputs),
        names[item.by] if item.by else "",
    )
    choice = f"{derived.kind} of {', '.join(item.inputs) or 'rows'}"
    choice += f" by {item.by}" if item.by else ""
    reason = item.reason[:MAX_REASON]
    pins = state.scene.spec.columns
    dropped = [n for n in derived.columns() if pins.get(n, ColumnPin()).drop]
    if dropped:
        return wishes.contradicted(_not_derived(derived, choice, dropped[0], item))
    why = Why("derived", derived.name, choice, reason, item.directive)
    return wishes.deriving(derived).because(why)


def _dropped(state: State, wishes: Wishes, column: Column, drop: Drop) -> Wishes:
    pin = state.scene.spec.columns.get(column.name, ColumnPin())
    if pin.drop is False or (pin.modality is not None and pin.drop is None):
        return wishes.contradicted(_stays(column, f"drop it as {drop.role}", drop))
    if column.role == drop.role or pin.drop:
        return wishes
    choice = f"drop ({drop.role})"
    reason = drop.reason[:MAX_REASON]
    why = Why("columns", column.name, choice, reason, drop.directive)
    return wishes.with_role(column.name, drop.role).because(why)


def _kept(state: State, wishes: Wishes, column: Column, keep: Keep) -> Wishes:
    pin = state.scene.spec.columns.get(column.name, ColumnPin())
    if pin.drop:
        return wishes.contradicted(_stays(column, "read it", keep))
    if column.role in ("leak", "constant"):
        # What the cells show is stronger: it tells the target, or it tells nothing.
        return wishes.contradicted(_stays(column, "read it", keep, by="the cells show"))
    if column.role == "feature":
        return wishes
    reason = keep.reason[:MAX_REASON]
    why = Why("columns", column.name, column.modality, reason, keep.directive)
    return wishes.with_role(column.name, "feature").because(why)


def _stays(
    column: Column, wish: str, change: Drop | Keep, by: str = "the spec pins"
) -> Decision:
    what = f"{by} that it is {column.role}" if column.role != "feature" else f"{by} it"
    return Decision(
        section="columns",
        subject=f"{column.name} (not changed)",
        choice=column.role,
        reason=f"The model would {wish}, but {what}.",
        source="rule",
        evidence=change.reason[:MAX_REASON],
        directive=change.directive,
    )


def _not_derived(
    derived: Derived, choice: str, column: str, item: Derivation
) -> Decision:
    return Decision(
        section="derived",
        subject=f"{derived.name} (not derived)",
        choice="not derived",
        reason=f"The model would add {choice}, but the spec pins that {column!r} feeds "
        "nothing.",
        source="rule",
        evidence=item.reason[:MAX_REASON],
        directive=item.directive,
    )


SELECT_FEATURES = Pass(*NAME, ask, merge)
