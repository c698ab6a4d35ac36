"""The spec: what the user asks for. Read from YAML 1.2 with line numbers kept."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from autom3l.ir import Metric, Modality, TaskKind

_CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, config=_CONFIG)
class SpecData:
    """Files, relative to the spec's folder; `train` may be a glob."""

    train: str
    validation: str | None = None
    test: str | None = None
    images: str | None = None


@dataclass(frozen=True, config=_CONFIG)
class ColumnPin:
    """A fact about one column; it always wins over rules and model."""

    modality: Modality | None = None
    drop: bool | None = None
    missing: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    separator: str | None = None
    format: str | None = None


@dataclass(frozen=True, config=_CONFIG)
class SpecSplit:
    """How rows are divided; `kind: null` lets the rules choose."""

    kind: Literal["random", "stratified", "group", "time", "column"] | None = None
    column: str | None = None
    validation: float = 0.1
    test: float = 0.1


@dataclass(frozen=True, config=_CONFIG)
class Constraints:
    """Hard limits; a card or a plan that breaks one is never chosen."""

    offline: bool = False
    licences: tuple[str, ...] = ()
    max_parameters: int | None = None
    train_minutes: float | None = None


@dataclass(frozen=True, config=_CONFIG)
class Spec:
    """The whole spec with defaults filled; `folder` is where its file lies."""

    folder: str
    name: str
    data: SpecData
    target: tuple[str, ...]
    task: TaskKind | Literal["auto"] = "auto"
    metric: Metric | Literal["auto"] = "auto"
    columns: dict[str, ColumnPin] = Field(default_factory=dict)
    split: SpecSplit = Field(default_factory=SpecSplit)
    constraints: Constraints = Field(default_factory=Constraints)
    weights_dir: str | None = None
    seed: int = 0
