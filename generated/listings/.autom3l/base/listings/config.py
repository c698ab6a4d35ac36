"""The configuration of a run: frozen dataclasses read from TOML."""

import math
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import tomli_w

from listings.errors import InputError

# Relative paths of a configuration start here, wherever a command is run.
PROJECT = Path(__file__).resolve().parent.parent

T = TypeVar("T")

# Other whole numbers are 1 at least; most rates and shares are from 0 to 1.
LEAST = {
    "train.seed": 0,
    "model.layers": 0,
    "train.folds": 2,
    "boosting.leaves": 2,
    "model.text_buckets": 2,
}


@dataclass(frozen=True)
class DataConfig:
    root: str
    train: str
    test_fraction: float
    cache: str


@dataclass(frozen=True)
class ModelConfig:
    members: int
    layers: int
    width: int
    dropout: float
    modality_dropout: float
    number_bins: int
    number_width: int
    level_width: int
    adapter_width: int
    adapter_dropout: float
    text_backbone: str
    text_buckets: int
    text_ngrams: int
    text_tokens: int
    image_backbone: str
    image_size: int


@dataclass(frozen=True)
class TrainConfig:
    seed: int
    epochs: int
    batch_size: int
    lr: float
    weight_decay: float
    warmup: float
    patience: int
    averaging: int
    label_smoothing: float
    folds: int


@dataclass(frozen=True)
class BoostingConfig:
    rounds: int
    lr: float
    leaves: int
    min_rows: int
    rows: float
    columns: float
    patience: int


@dataclass(frozen=True)
class Config:
    data: DataConfig
    model: ModelConfig
    train: TrainConfig
    boosting: BoostingConfig


def load_config(path: Path, overrides: list[str] | None = None) -> Config:
    """Read `path`, then apply `overrides` such as `"train.lr=1e-3"`.

    Raises `InputError` for an unknown key, one that lacks, and what is no value of it.
    """
    raw = read_toml(path)
    if odd := [name for name, values in raw.items() if not isinstance(values, dict)]:
        raise InputError(f"{path}: {odd[0]} is no table")
    for override in overrides or []:
        dotted, _, text = override.partition("=")
        table, _, key = dotted.partition(".")
        if key not in raw.get(table, {}):
            raise InputError(f"{dotted!r} is not a key of {path}")
        raw[table][key] = text
    return Config(
        data=_table(DataConfig, raw, "data", path),
        model=_table(ModelConfig, raw, "model", path),
        train=_table(TrainConfig, raw, "train", path),
        boosting=_table(BoostingConfig, raw, "boosting", path),
    )


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None


def _table(kind: type[T], raw: dict[str, Any], table: str, path: Path) -> T:
    """Values as what their fields are: those of overrides are texts, and 0 may be 0.0."""
    kinds, values = kind.__annotations__, raw.get(table, {})
    if odd := sorted(kinds.keys() ^ values.keys()):
        raise InputError(f"{path}: [{table}] lacks or should not have {', '.join(odd)}")
    return kind(**{k: _value(f"{table}.{k}", v, kinds[k]) for k, v in values.items()})


def _value(name: str, value: Any, kind: Any) -> Any:
    wrong = InputError(f"{name}: {value!r} is no {kind.__name__}")
    try:
        given = kind(value) if kind is float or isinstance(value, str) else value
    except (TypeError, ValueError):
        raise wrong from None
    if not isinstance(given, kind) or isinstance(value, bool):
        raise wrong
    least = LEAST.get(name, 1 if kind is int else 0)
    most = math.inf if kind is int or name == "train.weight_decay" else 1
    if kind is not str and not least <= given <= most:
        raise InputError(f"{name}: {given} is not from {least} to {most}")
    return given


def save_config(config: Config, path: Path) -> None:
    path.write_text(tomli_w.dumps(asdict(config)), encoding="utf-8")
