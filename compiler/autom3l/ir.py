"""The pipeline IR: plain, typed, validated data between planning and rendering.

Complete and valid from its first moment. Values are pydantic dataclasses: frozen,
closed (`extra="forbid"`) and strict; change one with `dataclasses.replace`, which
validates again (`BaseModel.model_copy` would not).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from autom3l.column import CONFIG, Column, Derived, Modality, NumberFormat, Pair
from autom3l.encoders import Encoders
from autom3l.retrieval import Retrieval
from autom3l.search import Search

IR_VERSION = 1

TaskKind = Literal["binary", "multiclass", "multilabel", "regression", "retrieval"]
Metric = Literal[
    "roc_auc",
    "average_precision",
    "accuracy",
    "balanced_accuracy",
    "f1",
    "macro_f1",
    "log_loss",
    "quadratic_kappa",
    "r2",
    "rmse",
    "mae",
    "rmsle",
    "map_at_100",
    "mrr",
    "recall_at_1",
    "recall_at_10",
]
TableFormat = Literal["csv", "jsonl", "parquet"]
SplitKind = Literal["random", "stratified", "group", "time", "column", "given"]
Selection = Literal["metric", "log_loss"]
Loss = Literal[
    "auto", "cross_entropy", "bce", "focal", "mse", "mae", "huber", "info_nce"
]
Optimizer = Literal["adamw", "sgd"]
Schedule = Literal["one_cycle", "cosine", "constant"]
FusionKind = Literal["concatenate", "gated", "attention", "weighted_sum"]
Trees = Literal["none", "table", "all"]
Source = Literal["spec", "rule", "llm"]
Section = Literal[
    "data",
    "task",
    "split",
    "columns",
    "imputation",
    "derived",
    "retrieval",
    "encoders",
    "fusion",
    "training",
    "ensemble",
    "search",
]


@dataclass(frozen=True, config=CONFIG)
class Data:
    """Where the rows are and how they are read. Paths are relative to `root`.

    `root` leads from the emitted repository to the folder of the spec, in POSIX form;
    `train` is a glob exactly where it looks like one (see `glob.escape`), `validation`
    and `test` are files. `images` and `weights` may be empty (the table's own folder;
    the model hub). `separator`, `encoding` and `quote` matter to CSV only.
    `streamed`: the table is not held in memory; it is read in chunks, and what the
    model learns from lies on disk.
    """

    root: str
    train: str
    format: TableFormat
    validation: str = ""
    test: str = ""
    images: str = ""
    weights: str = ""
    separator: str = ","
    encoding: str = "utf-8"
    quote: str = '"'
    streamed: bool = Field(default=False, exclude_if=lambda v: not v)


@dataclass(frozen=True, config=CONFIG)
class Task:
    """What is predicted from the rows, and how it is scored.

    `targets`: one column; several 0/1 columns for multilabel; none or one for
    retrieval, whose rows with the same label belong together, unless there are
    `classes`. `separator` is set when a multilabel target is one column of lists.
    `classes`: every label as it is written in the table, in order of the model's
    outputs; binary: (negative, positive), as for a retrieval whose label says whether
    both sides of a row belong together; empty for regression. `ordered`: the classes
    have a natural order (a rating, a speed).
    `missing`: cell texts which mean that there is no label, besides the empty cell.
    `number`: how a regression's target is written, where that is not plainly.
    """

    kind: TaskKind
    targets: tuple[str, ...]
    metric: Metric
    classes: tuple[str, ...] = ()
    ordered: bool = False
    separator: str = ""
    transform: Literal["none", "log1p"] = "none"
    missing: tuple[str, ...] = ()
    number: NumberFormat | None = Field(default=None, exclude_if=lambda v: v is None)


@dataclass(frozen=True, config=CONFIG)
class Split:
    """Which rows validate and test. Fractions are of all rows, each below 0.5.

    `group`: no value of `column` on two sides; `time`: the latest rows of `column`
    test, those before validate; `column`: `column` holds train / validation / test;
    `given`: the spec names files. A fraction is 0 when a file is given for that part.
    """

    kind: SplitKind
    validation: float
    test: float
    column: str = ""


@dataclass(frozen=True, config=CONFIG)
class Fusion:
    """Late fusion: the embeddings of all columns feed an ensemble.

    `kind`: they are concatenated, or those of each modality are brought to `width` and
    summed: by gates of the row (GMU, arXiv 1702.01992), by a learned query that
    attends to them, or by one learned weight each; a modality that a row has not got
    then weighs nothing.
    The ensemble has `members` networks of `layers` layers of `width`, which share most
    of their weights (TabM, arXiv 2410.24210). The embedding of a text or image column
    is first brought to `adapter_width`. `modality_dropout` empties the cells of a
    modality in training, so that rows without it are no surprise.
    """

    members: int
    layers: int
    width: int
    dropout: float
    modality_dropout: float
    adapter_width: int
    adapter_dropout: float
    kind: FusionKind = "concatenate"


@dataclass(frozen=True, config=CONFIG)
class BackboneTraining:
    """How pretrained weights are tuned, beside the recipe of all others.

    The last layer of a backbone learns at `lr`, each before it at `layer_decay` of the
    rate of the next; adapters of rank `lora_rank` learn at `lora_lr`. `micro_batch`:
    rows of a batch whose gradients are computed at a time.
    """

    lr: float
    layer_decay: float
    lora_lr: float
    lora_rank: int
    micro_batch: int


@dataclass(frozen=True, config=CONFIG)
class Training:
    """The recipe of one run.

    `selection`: what the best checkpoints are chosen by: the metric of the task, or the
    log loss of its probabilities. `averaging`: how many of them enter the greedy soup.
    `threshold`: decision thresholds are fitted on held-out rows.
    `loss`: `auto` is the first of the task's in `losses.py`; `focal_gamma`: how much
    the focal loss (arXiv 1708.02002) spares rows that are predicted well.
    `schedule`: each begins with `warmup`, a share of all steps; one cycle (arXiv
    1708.07120) and cosine (arXiv 1608.03983) end near 0.
    `backbone` is there when pretrained weights are tuned.
    """

    epochs: int
    batch_size: int
    lr: float
    weight_decay: float
    warmup: float
    patience: int
    averaging: int
    selection: Selection = "metric"
    label_smoothing: float = 0.0
    class_weights: bool = False
    threshold: bool = False
    seed: int = 0
    loss: Loss = "auto"
    focal_gamma: float = 2.0
    optimizer: Optimizer = "adamw"
    schedule: Schedule = "one_cycle"
    backbone: BackboneTraining | None = Field(
        default=None, exclude_if=lambda v: v is None
    )


@dataclass(frozen=True, config=CONFIG)
class Ensemble:
    """The models that predict together.

    `folds`: 1 is one network, which the validation rows choose. More are as many
    networks, each trained without the rows of its fold, which choose it; their
    predictions are averaged, and no rows are kept for validation alone.
    `trees`: gradient-boosted trees learn the same rows from the tabular features, or
    also from frozen features of texts and images (`all`). How much they count is
    fitted to rows that neither they nor the network were trained on.
    """

    folds: int = 1
    trees: Trees = "none"


@dataclass(frozen=True, config=CONFIG)
class Decision:
    """Why one field of the IR is as it is. `confidence` in [0, 1].

    `directive`: the key of the spec's directive that a model followed.
    """

    section: Section
    subject: str
    choice: str
    reason: str
    source: Source
    evidence: str = ""
    confidence: float = 1.0
    directive: str = ""


@dataclass(frozen=True, config=CONFIG)
class Pipeline:
    """Everything that the emitted repository is made of.

    `package` is the name of its Python package, `name` that of its distribution.
    `columns` stand in table order; `derived` are further numbers made of them.
    `pairs`: there are some exactly when the task is matching, which is binary: do both
    sides of a row mean the same thing? They are features; each is read alike on both
    sides, and the model compares them. `retrieval` is there exactly when that is the
    task.
    `search`: how the project is tuned; `None` where nothing of it may be.
    """

    version: Literal[1]
    name: str
    package: str
    data: Data
    task: Task
    split: Split
    columns: tuple[Column, ...]
    encoders: Encoders
    fusion: Fusion
    training: Training
    ensemble: Ensemble = Ensemble()
    derived: tuple[Derived, ...] = Field(default=(), exclude_if=lambda v: not v)
    pairs: tuple[Pair, ...] = Field(default=(), exclude_if=lambda v: not v)
    retrieval: Retrieval | None = Field(default=None, exclude_if=lambda v: v is None)
    search: Search | None = None
    decisions: tuple[Decision, ...] = ()

    def features(self, *modalities: Modality) -> tuple[Column, ...]:
        """The columns that feed the model, of the given modalities (all by default)."""
        return tuple(
            c
            for c in self.columns
            if c.role == "feature" and (not modalities or c.modality in modalities)
        )

    def imputed(self, *modalities: Modality) -> tuple[Column, ...]:
        """The features whose missing cells are filled."""
        return tuple(c for c in self.features(*modalities) if c.impute)

    @property
    def drawn(self) -> bool:
        """Whether the seed decides which rows a part gets."""
        validates = bool(self.data.validation) or self.ensemble.folds > 1
        by_chance = self.split.kind in ("random", "stratified", "group")
        return by_chance and not (self.data.test and validates)
