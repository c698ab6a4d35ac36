"""What of a pipeline's recipe a model may set, with the values that can work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

from autom3l.defaults.ensemble import can_fold, kinds_of_trees
from autom3l.ir import FusionKind, Optimizer, Pipeline, Schedule
from autom3l.losses import LOSSES
from autom3l.metrics import METRICS
from autom3l.planning.composing import get_value
from autom3l.planning.wishes import Value
from autom3l.zoo import Zoo

METRIC = "task.metric"


@dataclass(frozen=True)
class Setting:
    """A value of the pipeline: a number within bounds, yes or no, or one of `words`."""

    meaning: str
    low: float = 0.0
    high: float = 0.0
    words: tuple[str, ...] = ()

    def allowed(self) -> str:
        """The values in words."""
        if self.words:
            return " | ".join(self.words)
        return f"{self.low:g} to {self.high:g}" if self.high else "true | false"


_SETTINGS = {
    "fusion.members": Setting("networks of the ensemble", 1, 32),
    "fusion.layers": Setting("hidden layers of each", 1, 8),
    "fusion.width": Setting("units of a layer", 16, 1024),
    "fusion.dropout": Setting("in the layers", 0, 0.8),
    "fusion.modality_dropout": Setting("share of rows that lose a modality", 0, 0.5),
    "fusion.adapter_width": Setting("values per text and image column", 4, 256),
    "fusion.adapter_dropout": Setting("on text and image features", 0, 0.9),
    "training.epochs": Setting("at most", 1, 200),
    "training.batch_size": Setting("rows", 8, 1024),
    "training.lr": Setting("peak learning rate", 1e-5, 0.1),
    "training.weight_decay": Setting("decoupled", 0, 0.5),
    "training.warmup": Setting("share of all steps", 0, 0.5),
    "training.patience": Setting("epochs without improvement", 1, 50),
    "training.averaging": Setting("best checkpoints to average", 1, 10),
    "training.backbone.lr": Setting("of tuned pretrained layers", 1e-6, 1e-3),
    "training.backbone.layer_decay": Setting("of that rate per layer", 0.5, 1),
    "training.backbone.lora_lr": Setting("of adapters", 1e-5, 1e-2),
    "training.backbone.lora_rank": Setting("of adapters", 1, 64),
    "training.backbone.micro_batch": Setting("rows at a time", 1, 256),
    "training.label_smoothing": Setting("of classes", 0, 0.3),
    "training.class_weights": Setting("rare classes weigh more in the loss"),
    "training.threshold": Setting("fit decision thresholds on validation rows"),
    "training.focal_gamma": Setting("of the focal loss", 1, 10),
    "training.optimizer": Setting(
        "the rates of the rules are for adamw", words=get_args(Optimizer)
    ),
    "training.schedule": Setting("of the learning rate", words=get_args(Schedule)),
    "fusion.kind": Setting("how modalities meet", words=get_args(FusionKind)),
    "training.selection": Setting(
        "what checkpoints are chosen by", words=("metric", "log_loss")
    ),
    "retrieval.hard_negatives": Setting("what is confused comes in one batch"),
    "ensemble.folds": Setting("networks, each without its fold of the rows", 1, 10),
    "encoders.text.max_tokens": Setting("per cell", 8, 8192),
    "encoders.image.size": Setting("pixels", 32, 1024),
}
_OF_SEVERAL = ("fusion.kind", "fusion.modality_dropout")
# Vectors are those of one network, and best without layers between.
_OF_LAYERS = ("fusion.members", "fusion.layers", "fusion.dropout")
_OF_CLASSES = (
    "training.focal_gamma",
    "training.label_smoothing",
    "training.class_weights",
    "training.threshold",
    "training.selection",
)


def settings_of(
    pipeline: Pipeline, zoo: Zoo, *, metric_open: bool
) -> dict[str, Setting]:
    """Those that this pipeline has, by dotted key; the metric where the user leaves it
    open, one of its task's."""
    metrics = METRICS[pipeline.task.kind]
    losses = LOSSES[pipeline.task.kind]
    of_logs = ", of the target's logarithm" if pipeline.task.transform != "none" else ""
    found = {
        METRIC: Setting("what the model is judged by", words=metrics),
        "training.loss": Setting(f"what is minimised{of_logs}", words=losses),
    }
    found |= {k: s for k, s in _SETTINGS.items() if _applies(pipeline, k)}
    if not metric_open:
        del found[METRIC]
    if (
        len(kinds := kinds_of_trees(pipeline.data, pipeline.task, pipeline.encoders))
        > 1
    ):
        meaning = "boosted trees too, on the table, or also on frozen features (all)"
        found["ensemble.trees"] = Setting(meaning, words=kinds)
    if text := pipeline.encoders.text:
        tokens = found["encoders.text.max_tokens"]
        most = zoo.card(text.card).max_tokens
        found["encoders.text.max_tokens"] = replace(tokens, high=most)
    if (image := pipeline.encoders.image) and zoo.card(image.card).fixed_size:
        del found["encoders.image.size"]
    return found


def parse(key: str, setting: Setting, text: str, now: Value) -> Value:
    """The value that a text means; raises `ValueError` with what is allowed."""
    message = f"{key}: {text!r} was given; allowed is {setting.allowed()}"
    if setting.words:
        if text not in setting.words:
            raise ValueError(message)
        return text
    if isinstance(now, bool):
        if text.lower() not in ("true", "false"):
            raise ValueError(message)
        return text.lower() == "true"
    try:
        number = float(text)
    except ValueError:
        raise ValueError(message) from None
    whole = isinstance(now, int)
    if not setting.low <= number <= setting.high or (whole and number % 1):
        raise ValueError(f"{message}{', a whole number' if whole else ''}")
    return int(number) if whole else number


def _applies(pipeline: Pipeline, key: str) -> bool:
    """Whether the setting means anything for this task and these features."""
    if key in _OF_CLASSES:
        return pipeline.task.kind not in ("regression", "retrieval")
    if key in _OF_LAYERS and pipeline.retrieval:
        return False
    if key in _OF_SEVERAL:
        return _modalities(pipeline) > 1
    if key == "ensemble.folds":
        return can_fold(pipeline.data, pipeline.task, pipeline.split)
    return _has(pipeline, key)


def _modalities(pipeline: Pipeline) -> int:
    parts = pipeline.encoders
    return sum(part is not None for part in (parts.tabular, parts.text, parts.image))


def _has(pipeline: Pipeline, key: str) -> bool:
    try:
        get_value(pipeline, key)
    except AttributeError:
        return False
    return True
