"""What is tuned by default: a small space around the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from autom3l.checks.training import HEADS
from autom3l.ir import Decision, Pipeline
from autom3l.search import Dimension, Number, Search, SearchKey, Setpoint
from autom3l.searchable import SEARCHABLE, own_value, searchable
from autom3l.spec import SpecSearch

MANY = 20_000  # training rows, above which a trial takes its time
# Trials that explore before others build on what they found, as in Optuna's TPE.
EXPLORING = 10
PER_DIMENSION = 4


@dataclass(frozen=True)
class SearchWish:
    """What is searched otherwise than by the rules; the pins of the user are stronger.

    `pins`: what the user leaves open of a `SpecSearch`.
    """

    dimensions: Mapping[SearchKey, Dimension]
    first_points: tuple[tuple[Setpoint, ...], ...]
    pins: SpecSearch = SpecSearch()  # noqa: RUF009 (frozen)


AS_RULED = SearchWish({}, ())


def choose_search(
    pipeline: Pipeline, user: SpecSearch, rows: int, wish: SearchWish = AS_RULED
) -> tuple[Search | None, tuple[Decision, ...]]:
    """The space around a pipeline with `rows` training rows, and the trials for it."""
    fixed = tuple(dict.fromkeys((*user.fixed, *wish.pins.fixed)))
    dimensions = _space(pipeline, fixed, wish)
    if not dimensions:
        reason = "Every value that could be searched is fixed."
        return None, (Decision("search", "space", "no search", reason, "spec"),)
    search = Search(
        engine=user.engine or wish.pins.engine or "optuna",
        trials=user.trials or wish.pins.trials or _trials(len(dimensions), rows),
        minutes=user.minutes or wish.pins.minutes or 0,
        dimensions=dimensions,
        first_points=wish.first_points,
    )
    return search, _reasons(search, user, fixed, rows)


def _space(
    pipeline: Pipeline, fixed: Collection[SearchKey], wish: SearchWish
) -> tuple[Dimension, ...]:
    """In the order of base.toml."""
    known = searchable(pipeline)
    space: dict[SearchKey, Dimension] = {
        key: around(key, own_value(pipeline, key))
        for key, around in _AROUND.items()
        if key in known
    }
    if pipeline.retrieval:  # without its only cells, a query could not be told
        space.pop("model.modality_dropout", None)
    space |= wish.dimensions
    return tuple(space[key] for key in known if key in space and key not in fixed)


def _trials(dimensions: int, rows: int) -> int:
    trials = EXPLORING + PER_DIMENSION * dimensions
    return trials if rows < MANY else trials // 2


def _magnitudes(key: SearchKey, own: Number) -> Dimension:
    """Orders of magnitude around it; a decay of 0 has none."""
    below, above = (100, 10) if key == "train.weight_decay" else (8, 4)
    if not own:
        return Dimension(key, "float", 0.0, 0.1)
    low, high = _short(own / below), min(_short(own * above), SEARCHABLE[key].high)
    return Dimension(key, "float", low, high, log=True)


def _halved_or_doubled(key: SearchKey, own: Number) -> Dimension:
    """In steps of a half; one that can't be halved is only doubled."""
    grain = 2 * HEADS if key == "model.width" else 2
    half = int(own) if own % grain else int(own) // 2
    return Dimension(key, "int", half, 2 * int(own), step=half)


def _fewer_or_one_more(key: SearchKey, own: Number) -> Dimension:
    return Dimension(key, "int", max(1, int(own) - 2), int(own) + 1)


def _from_nothing(key: SearchKey, own: Number) -> Dimension:
    usual = {"model.dropout": 0.5, "model.modality_dropout": 0.3}
    return Dimension(key, "float", 0.0, max(usual.get(key, 0.8), own))


_AROUND: dict[SearchKey, Callable[[SearchKey, Number], Dimension]] = {
    "model.layers": _fewer_or_one_more,
    "model.width": _halved_or_doubled,
    "model.dropout": _from_nothing,
    "model.modality_dropout": _from_nothing,
    "model.adapter_dropout": _from_nothing,
    "train.batch_size": _halved_or_doubled,
    "train.lr": _magnitudes,
    "train.weight_decay": _magnitudes,
    "train.backbone_lr": _magnitudes,
    "train.lora_lr": _magnitudes,
}


def _short(value: Number) -> float:
    return float(f"{value:.2g}")


def _reasons(
    search: Search, user: SpecSearch, fixed: Collection[SearchKey], rows: int
) -> tuple[Decision, ...]:
    space = "; ".join(f"{d.key} {d.text()}" for d in search.dimensions)
    left_out = f"; not searched: {', '.join(fixed)}" if fixed else ""
    reasons = {
        "trials": f"{EXPLORING} trials explore, {PER_DIMENSION} per value that is "
        "searched follow what they found; of many rows half as many.",
        "minutes": "It is over when the trials are.",
        "engine": "One machine is enough for a table; its study is one file.",
    }
    return (
        Decision(
            section="search",
            subject="space",
            choice=space,
            reason="What moves the score most, around the values of the pipeline, "
            "which are the first trial; what frozen features depend on stays.",
            source="rule",
            evidence=f"about {rows:,} training rows{left_out}",
            confidence=0.7,
        ),
        *(
            _limit(name, getattr(search, name), reason, getattr(user, name))
            for name, reason in reasons.items()
        ),
    )


def _limit(name: str, value: object, reason: str, given: object) -> Decision:
    choice = str(value or "no limit")
    if given is not None:
        return Decision("search", name, choice, "The spec says so.", "spec")
    return Decision("search", name, choice, reason, "rule", confidence=0.7)
