"""The spec: what the user asks for, as plain validated values.

`spec_reading.load_spec` makes one from YAML. The attribute docstrings are the reference
of the spec: docs/spec.md and the JSON Schema are generated from them.
"""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.dataclasses import dataclass

from autom3l.column import Modality
from autom3l.encoders import Tuning
from autom3l.ir import Metric, TaskKind
from autom3l.search import Engine, SearchKey

PassName = Literal[
    "all", "modalities", "features", "missing", "models", "pipeline", "search"
]
Share = Literal["schema", "statistics", "samples"]
Hardware = Literal["cpu", "gpu"]
MAX_NAME = 60
# Names become folders and packages; paths and texts never hold control characters.
Name = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$", max_length=MAX_NAME
    ),
]
SpecPath = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f]+$", max_length=1000)
]
ColumnName = Annotated[str, StringConstraints(min_length=1)]
# No user, password or query, for those hold keys.
BASE_URL = r"^https?://[^\s@?#]+$"
ModelName = Annotated[str, StringConstraints(pattern=r"^[!-~]+$", max_length=200)]
Fraction = Annotated[float, Field(gt=0, lt=0.5)]

_CONFIG = ConfigDict(
    extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
)


@dataclass(frozen=True, config=_CONFIG)
class SpecData:
    """The files; every path is relative to the folder of the spec."""

    train: SpecPath
    """The training table: CSV, TSV, JSON lines or Parquet; one file or a glob."""
    validation: SpecPath | None = None
    """One file of validation rows; without it, some training rows are split off."""
    test: SpecPath | None = None
    """One file of test rows; without it, some training rows are split off."""
    images: SpecPath | None = None
    """The folder image paths start from; by default that of the training table."""
    streamed: bool | None = None
    """`true`: the project reads rows in chunks and trains from disk; by default, where
    a table of numbers and categories has more than some 20 million cells."""


@dataclass(frozen=True, config=_CONFIG)
class ColumnPin:
    """A fact about one column; it always wins over the rules."""

    modality: Modality | None = None
    """What the column is."""
    drop: bool | None = None
    """`true`: the column feeds nothing; `false`: it stays, whatever the rules say."""
    missing: tuple[str, ...] = ()
    """Cell texts that mean a missing value, besides the empty cell."""
    levels: tuple[str, ...] = ()
    """The values of an ordinal column from low to high; of a boolean: false, true; of
    a binary target: negative, positive, and nothing else can be pinned of a target."""
    separator: Annotated[str, StringConstraints(min_length=1)] | None = None
    """What stands between the items of one cell (multi_category, image)."""
    format: Annotated[str, StringConstraints(min_length=1)] | None = None
    """How a datetime is written: strptime directives, ISO8601, epoch_s or epoch_ms."""


@dataclass(frozen=True, config=_CONFIG)
class SpecSplit:
    """How rows are divided into training, validation and test rows."""

    kind: Literal["random", "stratified", "group", "time", "column"] | None = None
    """`group`: no value of `column` on two sides; `time`: the latest rows of `column`
    test; `column`: `column` says train, validation or test; by default rules choose."""
    column: ColumnName | None = None
    """The column which group, time and column splits go by."""
    validation: Fraction | None = None
    """The share of rows that validate, below 0.5; by default 0.1, more of few rows."""
    test: Fraction | None = None
    """The share of rows that test, below 0.5; by default 0.1, more of few rows."""


@dataclass(frozen=True, config=_CONFIG)
class EncoderPin:
    """What encodes the columns of a modality; it wins over rules and model."""

    card: Annotated[str, StringConstraints(min_length=1)] | None = None
    """A card of the zoo; `autom3l zoo` lists them."""
    tuning: Tuning | None = None
    """What becomes of pretrained weights: `frozen`: their features are computed once;
    `full`: all of them are trained; `lora`: only adapters beside them."""


@dataclass(frozen=True, config=_CONFIG)
class SpecEncoders:
    """The pretrained networks that read texts and images; by default rules choose."""

    text: EncoderPin = Field(default_factory=EncoderPin)
    """That of all text columns."""
    image: EncoderPin = Field(default_factory=EncoderPin)
    """That of all image columns."""
    ngrams: bool | None = None
    """Whether a linear model of words stands beside embeddings of texts; by default
    unless training rows are few, or the embeddings are tuned and rows not few."""


@dataclass(frozen=True, config=_CONFIG)
class Constraints:
    """What limits the choice of models, and what the project trains on."""

    offline: bool = False
    """Choose only models whose weights need no download."""
    licences: tuple[str, ...] = ()
    """The licences allowed for pretrained weights, as in apache-2.0; empty: any."""
    max_parameters: Annotated[int, Field(ge=1, le=10**13)] | None = None
    """The most parameters of one pretrained model: 22000000, 22M, 100k or 1.5B."""
    hardware: Hardware = "cpu"
    """What the project is trained on; a `gpu` also runs what was made for a `cpu`."""
    tuning_minutes: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """About how long it may take to tune the network that reads texts. Where it takes
    no longer, rules tune it; by default an hour on a `gpu`, no time on a `cpu`."""


@dataclass(frozen=True, config=_CONFIG)
class SpecSearch:
    """How the values of a run are tuned by the emitted project."""

    engine: Engine | None = None
    """`optuna` for one machine, `ray` for a cluster of them; by default `optuna`."""
    trials: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many configurations are tried; by default as many as the space asks for."""
    minutes: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """How long one call of it may take; by default as long as the trials do."""
    fixed: tuple[SearchKey, ...] = ()
    """Keys of configs/base.toml that keep their value, as in `[train.batch_size]`."""


@dataclass(frozen=True, config=_CONFIG)
class Prices:
    """What the model costs, per million tokens, in the currency of `max_cost`."""

    input: Annotated[float, Field(ge=0, le=1e6)]
    """For what is sent."""
    output: Annotated[float, Field(ge=0, le=1e6)]
    """For what is answered."""


@dataclass(frozen=True, config=_CONFIG)
class SpecLlm:
    """The language model that plans. Its key comes from the environment alone:
    `AUTOM3L_API_KEY`, else `OPENAI_API_KEY`, which a `base_url` of the spec gets only
    where it is OpenAI's or leads to this machine."""

    model: ModelName
    """What the server calls the model."""
    base_url: Annotated[
        str | None, StringConstraints(pattern=BASE_URL, max_length=1000)
    ] = None
    """Any server that speaks as OpenAI's does, as in http://localhost:11434/v1; by
    default `OPENAI_BASE_URL` of the environment, else OpenAI."""
    embedding_model: ModelName | None = None
    """What the server calls the model by whose embeddings the cards of the zoo are
    ranked; by default OpenAI's text-embedding-3-small, of other servers `model`."""
    share: Share = "samples"
    """What of the data the model may see: names and kinds of the columns; also counts,
    ranges and how the target is spread; also single cells and the names of classes.
    What looks like personal data is masked."""
    max_calls: Annotated[int, Field(ge=1, le=10_000)] = 20
    """The most answers to ask for; what is left over is decided by rules."""
    max_tokens: Annotated[int, Field(ge=1, le=10**9)] = 100_000
    """The most tokens to send and receive: 100000, 100k or 1.5M."""
    max_cost: Annotated[float, Field(gt=0, le=1e6)] | None = None
    """The most money to spend; needs `prices`."""
    prices: Prices | None = None
    """What the model costs."""
    timeout: Annotated[float, Field(gt=0, le=3600)] = 180.0
    """The seconds that one question may take, however often it is sent."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    """How freely the model answers; left out for a model that refuses it."""


@dataclass(frozen=True, config=_CONFIG)
class Spec:
    """The whole spec with defaults filled.

    `folder` is where its file lies; `warnings` are shown to the user; `places` say
    where in the file each key stands, as file:line. They are filled by `load_spec` and
    are no keys of the file.
    """

    folder: str
    name: Name
    """The name of the emitted project; by default that of the spec, or of its folder
    where the file is called spec.yaml."""
    data: SpecData
    """The files."""
    target: tuple[ColumnName, ...] = ()
    """The column to predict; for a multilabel task also a list of 0/1 columns. For a
    retrieval, what rows that belong together have in common, or, of two sides, whether
    they do; two sides need none."""
    task: Literal[TaskKind, "matching", "auto"] = "auto"
    """What kind of prediction it is; `auto`: seen from the target. `matching`: whether
    the two sides of a row are the same thing. `retrieval`: which things belong
    together, so that one finds the others."""
    left: tuple[ColumnName, ...] = ()
    """The columns of one side of a matching: what their names begin or end with, or a
    list of them; by default seen from the names. Of a retrieval: of what is searched
    with; by default all columns, and rows find rows."""
    right: tuple[ColumnName, ...] = ()
    """Those of the other side, of a matching in the same order; of a retrieval: of what
    is found."""
    metric: Literal[Metric, "auto"] = "auto"
    """What the best checkpoint is chosen by; `auto`: the usual one for the task."""
    description: Annotated[str, StringConstraints(max_length=4000)] = ""
    """What the table is about, in a few sentences; only a language model reads it."""
    directives: dict[PassName, str] = Field(default_factory=dict)
    """Wishes in natural language, for all decisions or for one kind of them. Only a
    language model can read them: without one, each is reported and changes nothing."""
    columns: dict[ColumnName, ColumnPin] = Field(default_factory=dict)
    """Facts about columns, by name; `drop` or a modality alone is the short form."""
    split: SpecSplit = Field(default_factory=SpecSplit)
    """How rows are divided."""
    encoders: SpecEncoders = Field(default_factory=SpecEncoders)
    """The networks that read texts and images."""
    constraints: Constraints = Field(default_factory=Constraints)
    """Limits of the choice of models."""
    search: SpecSearch = Field(default_factory=SpecSearch)
    """How the project is tuned."""
    llm: SpecLlm | None = None
    """The language model that plans; without one, rules decide alone."""
    weights_dir: SpecPath | None = None
    """A folder of pretrained weights, for machines that can't download."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    """The seed of the split and of training."""
    warnings: tuple[str, ...] = ()
    places: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def kind(self) -> Literal[TaskKind, "auto"]:
        """What kind of labels the task has."""
        return "binary" if self.task == "matching" else self.task
