"""Which values of a pipeline can be searched, and where it has them."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from autom3l.additions import table_inputs
from autom3l.backbones import backbones
from autom3l.ir import Pipeline
from autom3l.losses import loss_of
from autom3l.search import Number, SearchKey


@dataclass(frozen=True)
class Searchable:
    """Where the pipeline has a value, and between which bounds one can work."""

    path: str
    low: Number
    high: Number
    meaning: str

    @property
    def whole(self) -> bool:
        """Whether it is a whole number."""
        return isinstance(self.low, int)


SEARCHABLE: dict[SearchKey, Searchable] = {
    "model.members": Searchable("fusion.members", 1, 32, "networks of the ensemble"),
    "model.layers": Searchable("fusion.layers", 1, 8, "hidden layers of each"),
    "model.width": Searchable("fusion.width", 1, 4096, "units of a layer"),
    "model.dropout": Searchable("fusion.dropout", 0.0, 0.9, "in the layers"),
    "model.modality_dropout": Searchable(
        "fusion.modality_dropout", 0.0, 0.9, "share of rows that lose a modality"
    ),
    "model.number_bins": Searchable(
        "encoders.tabular.bins", 2, 256, "quantile bins of a number"
    ),
    "model.number_width": Searchable(
        "encoders.tabular.number_width", 1, 256, "embedding size of a number"
    ),
    "model.level_width": Searchable(
        "encoders.tabular.level_width", 1, 256, "embedding size of a level"
    ),
    "model.adapter_width": Searchable(
        "fusion.adapter_width", 1, 1024, "values per text and image column"
    ),
    "model.adapter_dropout": Searchable(
        "fusion.adapter_dropout", 0.0, 0.9, "on text and image features"
    ),
    "train.batch_size": Searchable("training.batch_size", 1, 8192, "rows"),
    "train.lr": Searchable("training.lr", 1e-7, 1.0, "peak learning rate"),
    "train.weight_decay": Searchable("training.weight_decay", 0.0, 1.0, "decoupled"),
    "train.warmup": Searchable("training.warmup", 0.0, 0.9, "share of all steps"),
    "train.averaging": Searchable(
        "training.averaging", 1, 20, "best checkpoints to average"
    ),
    "train.backbone_lr": Searchable(
        "training.backbone.lr", 1e-8, 1.0, "of the last layer of pretrained networks"
    ),
    "train.lora_lr": Searchable(
        "training.backbone.lora_lr", 1e-8, 1.0, "of the adapters of pretrained networks"
    ),
    "train.label_smoothing": Searchable(
        "training.label_smoothing", 0.0, 0.5, "of classes"
    ),
    "train.focal_gamma": Searchable(
        "training.focal_gamma", 1.0, 10.0, "of the focal loss"
    ),
}


def searchable(pipeline: Pipeline) -> dict[SearchKey, Searchable]:
    """What the configuration of this pipeline has, by its key there."""
    absent = _absent(pipeline)
    return {key: value for key, value in SEARCHABLE.items() if key not in absent}


def own_value(pipeline: Pipeline, key: SearchKey) -> Number:
    """What the pipeline itself has there."""
    value: Number = attrgetter(SEARCHABLE[key].path)(pipeline)
    return value


def _of_predictions(pipeline: Pipeline) -> set[SearchKey]:
    """What the vectors of a retrieval do without."""
    if pipeline.retrieval is None:
        return set()
    absent: set[SearchKey] = {"model.members"}
    if not pipeline.fusion.layers:
        absent |= {"model.layers", "model.dropout"}
    return absent


def _absent(pipeline: Pipeline) -> set[SearchKey]:
    encoders, inputs = pipeline.encoders, table_inputs(pipeline)
    parts = (encoders.tabular, encoders.text, encoders.image)
    absent = _of_predictions(pipeline)
    if sum(part is not None for part in parts) < 2:
        absent.add("model.modality_dropout")
    if not (encoders.text or encoders.image):
        absent |= {"model.adapter_width", "model.adapter_dropout"}
    if encoders.tabular is None or "numbers" not in inputs:
        absent |= {"model.number_bins", "model.number_width"}
    if encoders.tabular is None or not {"codes", "items"} & {*inputs}:
        absent.add("model.level_width")
    return absent | _of_training(pipeline)


def _of_training(pipeline: Pipeline) -> set[SearchKey]:
    """What another loss, or other pretrained weights, would be trained by."""
    loss = loss_of(pipeline.training, pipeline.task.kind)
    tuning = backbones(pipeline.encoders)
    used: dict[SearchKey, bool] = {
        "train.label_smoothing": loss == "cross_entropy",
        "train.focal_gamma": loss == "focal",
        "train.backbone_lr": bool(tuning.full),
        "train.lora_lr": bool(tuning.lora),
    }
    return {key for key, there in used.items() if not there}
