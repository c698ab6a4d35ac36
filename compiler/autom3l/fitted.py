"""What an emitted project learns from its rows beside the weights of its network."""

from __future__ import annotations

from typing import Literal

from autom3l.additions import TableInput
from autom3l.ir import Pipeline, TaskKind


def decision_type(pipeline: Pipeline) -> Literal["", "float", "list"]:
    """What turns probabilities into predictions: nothing, a threshold, or several."""
    task = pipeline.task
    if task.ordered and task.metric == "quadratic_kappa":
        return "list"
    if not pipeline.training.threshold:
        return ""
    kinds: dict[TaskKind, Literal["float", "list"]] = {
        "binary": "float",
        "multilabel": "list",
    }
    return kinds.get(task.kind, "")


def fitted_fields(
    pipeline: Pipeline, inputs: tuple[TableInput, ...]
) -> tuple[str, ...]:
    """Fields of `Features` that are learnt from training rows."""
    field_of = {"numbers": "edges", "codes": "levels", "items": "items"}
    text = pipeline.encoders.text
    rarity = ("text_rarity",) if text and text.buckets else ()
    scale = ("target_mean", "target_std")
    regression = pipeline.task.kind == "regression"
    fields = tuple(field_of[name] for name in inputs)
    groups = ("groups",) if any(item.by for item in pipeline.derived) else ()
    return (*fields, *groups, *rarity, *(scale if regression else ()))
