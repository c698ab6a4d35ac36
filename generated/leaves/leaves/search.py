"""What a search file says: the values to try, and where the search begins."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from leaves.config import Config, load_config, read_toml
from leaves.errors import InputError

Values = dict[str, Any]  # by dotted keys of the base


@dataclass(frozen=True)
class Search:
    """`space`: from where to where; `points`: what is tried first, the base itself."""

    base: Path
    trials: int
    minutes: float
    space: dict[str, BaseDistribution]
    points: list[Values]

    def config(self, values: Values) -> Config:
        """The base configuration with other values."""
        return load_config(self.base, [f"{key}={v}" for key, v in values.items()])


def load_search(file: Path) -> Search:
    """Raises `InputError` with the key that can't be searched so."""
    raw = read_toml(file)
    if lacking := {"base", "trials", "space"} - raw.keys():
        raise InputError(f"{file} is no search: it has no {', '.join(sorted(lacking))}")
    base = file.parent / raw["base"]
    config = load_config(base)
    own: Values = {}
    space: dict[str, BaseDistribution] = {}
    for key, limits in raw["space"].items():
        try:
            own[key] = value_of(config, key)
            space[key] = distribution(own[key], limits)
            for value in limits.get("choices") or (limits["low"], limits["high"]):
                load_config(base, [f"{key}={value}"])
        except (AttributeError, TypeError, ValueError) as error:
            raise InputError(f"{file}: {key!r}: {error}") from None
    return Search(
        base,
        raw["trials"],
        raw.get("minutes") or math.inf,
        space,
        points=[own, *(own | point for point in raw.get("first_points", []))],
    )


def value_of(config: Config, key: str) -> int | float:
    table, _, name = key.partition(".")
    return getattr(getattr(config, table), name)


def distribution(own: int | float, limits: dict[str, Any]) -> BaseDistribution:
    """Whole numbers where the base has one, whose value is the first to be tried."""
    if "choices" in limits:
        if own not in limits["choices"]:
            raise ValueError(f"the base has {own}, which is not among the choices")
        return CategoricalDistribution(**limits)
    if isinstance(own, int):
        return IntDistribution(**limits)
    return FloatDistribution(**limits)
