"""A pipeline that is tuned, and one wrong value of its search at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autom3l.ir import Pipeline
from autom3l.search import Dimension, Search, Setpoint
from mutations import VALID, Mutation, numbers

SEARCH = Search(
    engine="optuna",
    trials=20,
    minutes=0,
    dimensions=(
        Dimension("train.lr", "float", 1e-4, 1e-2, log=True),
        Dimension("model.layers", "int", 1, 4),
        Dimension("model.width", "categorical", choices=(64, 128)),
        Dimension("model.dropout", "float", 0.0, 0.4, step=0.1),
    ),
    first_points=((Setpoint("train.lr", 2e-3), Setpoint("model.layers", 1)),),
)
SEARCHED = replace(VALID, search=SEARCH)


def search(**changes: Any) -> Mutation:
    return lambda p: replace(p, search=replace(SEARCH, **changes))


def dimension(*args: Any, **kwargs: Any) -> Mutation:
    """In place of the one with its key, where there is one."""
    new = Dimension(*args, **kwargs)
    others = [d for d in SEARCH.dimensions if d.key != new.key]
    return search(dimensions=(*others, new))


def point(*at: tuple[Any, float]) -> Mutation:
    """Another first point."""
    return search(first_points=(tuple(Setpoint(*pair) for pair in at),))


def attentive(p: Pipeline) -> Pipeline:
    return numbers("fusion", kind="attention")(p)


# One wrong value each, and every code that has to name it (and no other).
SEARCH_MUTATIONS: dict[str, tuple[Mutation, set[str]]] = {
    "no trials": (search(trials=0), {"P270"}),
    "negative minutes": (search(minutes=-1), {"P270"}),
    "nothing to search": (search(dimensions=(), first_points=()), {"P270"}),
    "absent value": (dimension("train.focal_gamma", "float", 1.0, 3.0), {"P271"}),
    "dimension twice": (search(dimensions=SEARCH.dimensions * 2), {"P271"}),
    "no range": (dimension("train.lr", "float", 1e-2, 1e-2), {"P272", "P273"}),
    "logarithm of nothing": (
        dimension("train.weight_decay", "float", 0.0, 0.1, log=True),
        {"P272"},
    ),
    "steps on a log scale": (
        dimension("train.warmup", "float", 0.1, 0.3, log=True, step=0.1),
        {"P272"},
    ),
    "steps that miss the end": (
        dimension("model.layers", "int", 1, 4, step=2),
        {"P272", "P273"},
    ),
    "negative steps": (dimension("model.layers", "int", 1, 4, step=-1), {"P272"}),
    "range out of bounds": (
        dimension("model.dropout", "float", 0.0, 1.5, step=0.1),
        {"P272"},
    ),
    "half a layer": (dimension("model.layers", "int", 1, 4.5), {"P272"}),
    "layers as floats": (dimension("model.layers", "float", 1, 4), {"P272"}),
    "rate as whole number": (dimension("train.warmup", "int", 0, 1), {"P272"}),
    "one choice": (dimension("model.width", "categorical", choices=(128,)), {"P272"}),
    "choice twice": (
        dimension("model.width", "categorical", choices=(128, 128, 64)),
        {"P272"},
    ),
    "choices of a range": (
        dimension("model.layers", "int", 1, 4, choices=(1, 2)),
        {"P272"},
    ),
    "range of choices": (
        dimension("model.width", "categorical", 1, 4, choices=(128, 64)),
        {"P272"},
    ),
    "widths without heads": (
        lambda p: dimension("model.width", "categorical", choices=(128, 66))(
            attentive(p)
        ),
        {"P272"},
    ),
    "any width between": (
        lambda p: dimension("model.width", "int", 64, 256)(attentive(p)),
        {"P272"},
    ),
    "pipeline outside": (
        lambda p: numbers("training", lr=0.05)(replace(p, search=SEARCH)),
        {"P273"},
    ),
    "pipeline between steps": (
        dimension("model.dropout", "float", 0.05, 0.45, step=0.1),
        {"P273"},
    ),
    "point outside": (point(("train.lr", 0.5)), {"P273"}),
    "point of no choice": (point(("model.width", 96)), {"P273"}),
    "point of no dimension": (point(("train.warmup", 0.1)), {"P273"}),
    "point of nothing": (point(), {"P273"}),
    "point twice": (search(first_points=SEARCH.first_points * 2), {"P273"}),
    "key twice in a point": (
        point(("train.lr", 1e-3), ("train.lr", 2e-3)),
        {"P273"},
    ),
    "half a layer in a point": (point(("model.layers", 1.5)), {"P273"}),
    "too many points": (
        search(first_points=tuple((Setpoint("model.layers", n),) for n in range(1, 5))),
        {"P273"},
    ),
}
