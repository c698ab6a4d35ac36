"""The verifier: a pipeline is rendered only when no check finds a problem."""

from __future__ import annotations

from autom3l.checks import (
    columns,
    derived,
    encoders,
    ensemble,
    imputation,
    pairs,
    parts,
    project,
    retrieval,
    search,
    split,
    task,
    training,
)
from autom3l.checks.subject import Check, Subject
from autom3l.diagnostics import PlanError
from autom3l.ir import Pipeline
from autom3l.profile import DataProfile
from autom3l.spec import Constraints
from autom3l.zoo import Zoo

CHECKS: tuple[Check, ...] = (
    project.names,
    project.files,
    project.rows,
    task.targets,
    task.classes,
    task.metric,
    task.scale,
    task.separator,
    columns.features,
    columns.targets_apart,
    columns.unique_names,
    columns.in_table,
    columns.readable,
    pairs.sides,
    pairs.task,
    retrieval.task,
    retrieval.sides,
    retrieval.one_network,
    retrieval.derived,
    derived.names,
    derived.inputs,
    derived.kinds,
    derived.count,
    imputation.strategies,
    imputation.groups,
    imputation.constants,
    split.column,
    split.stays_apart,
    split.fractions,
    split.kind,
    parts.trainable,
    encoders.present,
    encoders.backbones,
    encoders.adapters,
    encoders.augmentation,
    encoders.one_space,
    encoders.prefix,
    encoders.ngrams,
    encoders.sizes,
    encoders.cards,
    encoders.constraints,
    training.fusion,
    training.modalities,
    training.recipe,
    training.backbone,
    training.loss,
    training.classes_only,
    ensemble.folds,
    ensemble.trees,
    search.budget,
    search.keys,
    search.ranges,
    search.points,
)


def verify(
    pipeline: Pipeline,
    profile: DataProfile | None,
    zoo: Zoo | None,
    constraints: Constraints | None = None,
) -> None:
    """Raise `PlanError` with every problem of a pipeline (codes P2xx).

    Without a profile, a zoo or constraints, what concerns them is left out.
    """
    subject = Subject(pipeline, profile, zoo, constraints)
    problems = tuple(problem for check in CHECKS for problem in check(subject))
    if problems:
        raise PlanError(problems)
