"""From wishes to a whole pipeline: the rules again, with what the model wants pinned.

So everything that follows from a choice (encoders, widths, class weights) follows the
rules, and every intermediate pipeline is complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from autom3l.column import Column
from autom3l.defaults import default_pipeline
from autom3l.defaults.encoders import with_numbers
from autom3l.defaults.search import choose_search
from autom3l.defaults.training import training_rows
from autom3l.ir import Decision, Pipeline
from autom3l.planning.wishes import Why, Wishes
from autom3l.profile import DataProfile
from autom3l.spec import ColumnPin, Spec
from autom3l.validation import verify
from autom3l.zoo import Zoo


@dataclass(frozen=True)
class Scene:
    """What is planned for; `root` and `weights` are as in `default_pipeline`."""

    spec: Spec
    profile: DataProfile
    zoo: Zoo
    root: str
    weights: str
    # Default pipelines by what they depend on: later passes leave the columns alone.
    _known: dict[str, Pipeline] = field(default_factory=dict, compare=False)

    def compose(self, wishes: Wishes) -> Pipeline:
        """The verified pipeline; raises `UserError` for one that can't be."""
        pipeline = self.by_rules(wishes)
        for twin in self._twins_of_leaks(pipeline, wishes):
            why = Why("columns", twin, "drop (leak)", "It repeats a leak.")
            wishes = wishes.with_role(twin, "leak").because(why)
        pipeline = replace(
            pipeline,
            columns=tuple(_wished(column, wishes) for column in pipeline.columns),
            derived=(*pipeline.derived, *wishes.derived.values()),
            encoders=with_numbers(
                pipeline.encoders, [*wishes.derived.values()], self.profile, self.zoo
            ),
        )
        for key, value in wishes.settings.items():
            pipeline = set_value(pipeline, key, value)
        pipeline = self._searched(pipeline, wishes)
        pipeline = replace(pipeline, decisions=self._decisions(pipeline, wishes))
        verify(pipeline, self.profile, self.zoo, self.spec.constraints)
        return pipeline

    def by_rules(self, wishes: Wishes) -> Pipeline:
        """What the rules make of pins, roles, cards and the metric; not verified."""
        key = repr((wishes.pins, wishes.roles, wishes.encoders, wishes.metric))
        if key not in self._known:
            self._known[key] = default_pipeline(
                pinned_spec(self.spec, wishes),
                self.profile,
                self.zoo,
                root=self.root,
                weights=self.weights,
                wished=wishes.encoders,
            )
        return self._known[key]

    def _twins_of_leaks(self, pipeline: Pipeline, wishes: Wishes) -> list[str]:
        """Columns that feed the model only because what they repeat was dropped."""
        if "leak" not in wishes.roles.values():
            return []
        repeated = {
            column.name
            for column in self.by_rules(Wishes()).columns
            if column.role == "duplicate"
        }
        return [
            column.name
            for column in pipeline.features()
            if column.name in repeated - set(wishes.roles) - set(self.spec.columns)
        ]

    def _searched(self, pipeline: Pipeline, wishes: Wishes) -> Pipeline:
        """The space around what the pipeline has become."""
        rows = training_rows(self.profile, pipeline.split, pipeline.task)
        user = self.spec.search
        search, reasons = choose_search(pipeline, user, rows, wishes.search)
        others = (d for d in pipeline.decisions if d.section != "search")
        return replace(pipeline, search=search, decisions=(*others, *reasons))

    def _decisions(self, pipeline: Pipeline, wishes: Wishes) -> tuple[Decision, ...]:
        """Those of the rules; what the model took over has its reason."""
        ours = {d.subject: d for d in self.by_rules(Wishes()).decisions}
        wished = {*wishes.pins, *wishes.roles} - set(self.spec.columns)
        left = dict(wishes.why)
        decisions = []
        for decision in pipeline.decisions:
            subject = decision.subject
            if why := left.pop((decision.section, subject), None):
                decisions.append(_taken_over(decision, why))
            elif decision.section == "columns" and subject in wished:
                # Not pinned by the spec, as it seems, but as the rules would read it.
                decisions.append(ours[subject])
            else:
                decisions.append(decision)
        return (*decisions, *map(_new, left.values()), *wishes.overruled)


def pinned_spec(spec: Spec, wishes: Wishes) -> Spec:
    """The spec with the wishes among its pins; what the user pinned stays."""
    columns = dict(spec.columns)
    for name in {**wishes.pins, **wishes.roles}:
        wished = wishes.pins.get(name, ColumnPin())
        if name in wishes.roles:
            wished = replace(wished, drop=wishes.roles[name] != "feature")
        columns[name] = _merged(spec.columns.get(name, ColumnPin()), wished)
    metric = wishes.metric if wishes.metric and spec.metric == "auto" else spec.metric
    return replace(spec, columns=columns, metric=metric)


def get_value(pipeline: Pipeline, key: str) -> Any:
    """The value under a dotted key; raises `AttributeError` where a part is absent."""
    value: Any = pipeline
    for name in key.split("."):
        value = getattr(value, name)
    return value


def set_value(value: Any, key: str, new: object) -> Any:
    """The same with one value changed, however deep; the types validate it."""
    name, _, rest = key.partition(".")
    inner = set_value(getattr(value, name), rest, new) if rest else new
    return replace(value, **{name: inner})


def _merged(pin: ColumnPin, wished: ColumnPin) -> ColumnPin:
    """What the user leaves open is as wished; a modality brings its own details."""
    names: Mapping[str, Any] = {
        name: getattr(pin, name) for name in ColumnPin.__dataclass_fields__
    }
    given = {name: value for name, value in names.items() if value not in (None, ())}
    return replace(wished, **given)


def _wished(column: Column, wishes: Wishes) -> Column:
    role = wishes.roles.get(column.name)
    if role and role != "feature" and column.role != "split":
        column = replace(column, role=role)
    impute = wishes.fills.get(column.name)
    return replace(column, impute=impute) if impute else column


def _taken_over(decision: Decision, why: Why) -> Decision:
    return replace(
        decision,
        choice=why.choice,
        reason=why.reason,
        source="llm",
        confidence=1.0,
        directive=why.directive,
    )


def _new(why: Why) -> Decision:
    return Decision(
        why.section, why.subject, why.choice, why.reason, "llm", directive=why.directive
    )
