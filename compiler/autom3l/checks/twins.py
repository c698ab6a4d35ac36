"""Columns that feed the model only because the one that they repeat was dropped."""

from __future__ import annotations

from collections.abc import Iterator

from autom3l.column import Role
from autom3l.diagnostics import Diagnostic
from autom3l.inference.redundancy import twin_of
from autom3l.ir import Pipeline
from autom3l.profile import DataProfile
from autom3l.spec import Spec

# Of what is a name of rows or a duplicate, the twin may be the better column.
_DROPPED: tuple[Role, ...] = ("unusable", "leak", "irrelevant")


def twins(spec: Spec, pipeline: Pipeline, profile: DataProfile) -> Iterator[Diagnostic]:
    """A warning for each column that a spec or a model drops and another one repeats.

    None where the spec says itself that the other one stays.
    """
    chosen = {
        d.subject
        for d in pipeline.decisions
        if d.section == "columns" and d.source != "rule"
    }
    kept = {name for name, pin in spec.columns.items() if pin.drop is False}
    features = [c for c in pipeline.features() if c.name not in kept]
    for column in pipeline.columns:
        if column.name not in chosen or column.role not in _DROPPED:
            continue
        found = twin_of(column, features, profile.sample)
        if found is None:
            continue
        twin, how = found
        message = f"{column.name!r} is dropped, but {twin!r} says the same: {how}"
        hint = f"drop {twin!r} too if this is a leak, else pin {{drop: false}} for it"
        yield Diagnostic("P262", message, f"columns.{column.name}", hint)
