"""The search section of the IR: which values of a run are tuned, and how."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from autom3l.column import CONFIG

Engine = Literal["optuna", "ray"]
Distribution = Literal["float", "int", "categorical"]
# Keys of the emitted base.toml. Never the seed, paths, budgets, or what frozen features
# depend on: trials share those.
SearchKey = Literal[
    "model.members",
    "model.layers",
    "model.width",
    "model.dropout",
    "model.modality_dropout",
    "model.number_bins",
    "model.number_width",
    "model.level_width",
    "model.adapter_width",
    "model.adapter_dropout",
    "train.batch_size",
    "train.lr",
    "train.weight_decay",
    "train.warmup",
    "train.averaging",
    "train.backbone_lr",
    "train.lora_lr",
    "train.label_smoothing",
    "train.focal_gamma",
]
Number = int | float


@dataclass(frozen=True, config=CONFIG)
class Dimension:
    """From where to where one value is searched.

    `float` and `int` reach from `low` to `high`, both included, in steps of `step`
    (0: a float is continuous, an int whole); `log`: each order of magnitude is as
    likely as the next. `categorical` is one of `choices`.
    """

    key: SearchKey
    distribution: Distribution
    low: Number = 0
    high: Number = 0
    log: bool = False
    step: Number = 0
    choices: tuple[Number, ...] = ()

    def text(self) -> str:
        """The range in words."""
        if self.distribution == "categorical":
            return ", ".join(f"{choice:g}" for choice in self.choices)
        steps = f" in steps of {self.step:g}" if self.step else ""
        log = " on a log scale" if self.log else ""
        return f"{self.low:g} to {self.high:g}{steps}{log}"


@dataclass(frozen=True, config=CONFIG)
class Setpoint:
    """One value of a point of the space."""

    key: SearchKey
    value: Number


@dataclass(frozen=True, config=CONFIG)
class Search:
    """How the project is tuned: the validation score of its metric is optimised.

    The first trial is the pipeline as it is; then come `first_points`, in which what is
    not set is as in the pipeline. `trials` count the first ones; `minutes`, 0 for no
    limit, are those of one call.
    """

    engine: Engine
    trials: int
    minutes: int
    dimensions: tuple[Dimension, ...]
    first_points: tuple[tuple[Setpoint, ...], ...] = ()
