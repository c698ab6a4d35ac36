"""HPO-LLM: what is tuned later, from where to where, and for how long."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from pydantic.dataclasses import dataclass

from autom3l.ir import Pipeline
from autom3l.llm.question import Question
from autom3l.planning.asking import Pass, State, question
from autom3l.planning.infer_modalities import STRICT
from autom3l.planning.settings import Setting, parse
from autom3l.planning.wishes import MAX_REASON, Why, Wishes
from autom3l.search import Dimension, Distribution, Engine, Number, SearchKey, Setpoint
from autom3l.searchable import SEARCHABLE, own_value, searchable
from autom3l.spec import PassName

NAME: tuple[str, PassName] = ("define_search", "search")

_BUDGET = {
    "trials": Setting("configurations to try, the first points among them", 1, 1000),
    "minutes": Setting("of one call; 0 is no limit", 0, 10_000),
    "engine": Setting("optuna: one machine; ray: a cluster", words=get_args(Engine)),
}


@dataclass(frozen=True, config=STRICT)
class Range:
    """From where to where one value is searched; what does not apply is empty."""

    key: str
    distribution: Distribution
    low: float
    high: float
    log: bool
    step: float
    choices: tuple[float, ...]
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class Fixed:
    """A value that is searched now and should not be."""

    key: str
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class At:
    """One value of a first point."""

    key: str
    number: float


@dataclass(frozen=True, config=STRICT)
class FirstPoint:
    """Values to try early, together."""

    values: tuple[At, ...]
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class Budget:
    """One limit to set, written as text."""

    setting: str
    value: str
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class SearchAnswer:
    """Only what is to change."""

    ranges: tuple[Range, ...]
    fixed: tuple[Fixed, ...]
    first_points: tuple[FirstPoint, ...]
    budget: tuple[Budget, ...]


def ask(state: State) -> list[Question[SearchAnswer]]:
    """One question, unless the user has fixed everything."""
    search = state.pipeline.search
    if search is None:
        return []
    user = state.scene.spec.search
    now = {d.key: d.text() for d in search.dimensions}
    keys = [key for key in searchable(state.pipeline) if key not in user.fixed]
    budget = [name for name in _BUDGET if not getattr(user, name)]
    parts = {
        "Values": _lines(
            _value(state.pipeline, key, now.get(key, "no")) for key in keys
        ),
        "Budget": _lines(_limit(name, getattr(search, name)) for name in budget),
        "Fixed by the user": ", ".join(user.fixed),
    }
    words: dict[str, Sequence[str]] = {"key": keys, "setting": budget}
    return [
        question(state, NAME, SearchAnswer, sections=parts, words=words, merge=merge)
    ]


def merge(state: State, wishes: Wishes, answer: SearchAnswer) -> Wishes:
    """Ranges, first points and limits; ends in `ValueError` for a contradiction."""
    both = {r.key for r in answer.ranges} & {f.key for f in answer.fixed}
    if both:
        raise ValueError(f"{sorted(both)[0]!r} is among ranges and fixed")
    for range_ in answer.ranges:
        wishes = _ranged(wishes, range_)
    for item in answer.fixed:
        wishes = _fixed(wishes, item)
    for place, point in enumerate(answer.first_points, 1):
        wishes = _begun(wishes, point, place)
    for limit in answer.budget:
        wishes = _limited(state, wishes, limit)
    return wishes


def _ranged(wishes: Wishes, item: Range) -> Wishes:
    key = _key(item.key)
    dimension = Dimension(
        key,
        item.distribution,
        _number(key, item.low),
        _number(key, item.high),
        item.log,
        _number(key, item.step),
        tuple(_number(key, choice) for choice in item.choices),
    )
    search = wishes.search
    dimensions = {**search.dimensions, key: dimension}
    why = Why("search", key, dimension.text(), item.reason[:MAX_REASON], item.directive)
    return wishes.searching(replace(search, dimensions=dimensions)).because(why)


def _fixed(wishes: Wishes, item: Fixed) -> Wishes:
    key, pins = _key(item.key), wishes.search.pins
    pins = replace(pins, fixed=tuple(dict.fromkeys((*pins.fixed, key))))
    why = Why("search", key, "not searched", item.reason[:MAX_REASON], item.directive)
    return wishes.searching(replace(wishes.search, pins=pins)).because(why)


def _begun(wishes: Wishes, item: FirstPoint, place: int) -> Wishes:
    point = tuple(
        Setpoint(_key(at.key), _number(_key(at.key), at.number)) for at in item.values
    )
    points = (*wishes.search.first_points, point)
    choice = ", ".join(f"{at.key} {at.value:g}" for at in point)
    reason = item.reason[:MAX_REASON]
    why = Why("search", f"first point {place}", choice, reason, item.directive)
    return wishes.searching(replace(wishes.search, first_points=points)).because(why)


def _limited(state: State, wishes: Wishes, item: Budget) -> Wishes:
    now = getattr(state.pipeline.search, item.setting)
    value = parse(item.setting, _BUDGET[item.setting], item.value.strip(), now)
    if value == now:
        return wishes
    limits: dict[str, Any] = {item.setting: value}
    pins = replace(wishes.search.pins, **limits)
    reason = item.reason[:MAX_REASON]
    why = Why("search", item.setting, str(value), reason, item.directive)
    return wishes.searching(replace(wishes.search, pins=pins)).because(why)


def _key(text: str) -> SearchKey:
    """The closed words of the question have let through nothing else."""
    return next(key for key in SEARCHABLE if key == text)


def _number(key: SearchKey, value: float) -> Number:
    """Whole where the value is; what is not stays, and the verifier names it."""
    return int(value) if SEARCHABLE[key].whole and value.is_integer() else value


def _value(pipeline: Pipeline, key: SearchKey, searched: str) -> dict[str, object]:
    about = SEARCHABLE[key]
    return {
        "key": key,
        "now": own_value(pipeline, key),
        "searched": searched,
        "allowed": f"{about.low:g} to {about.high:g}",
        "meaning": about.meaning,
    }


def _limit(name: str, now: object) -> dict[str, object]:
    setting = _BUDGET[name]
    return {
        "setting": name,
        "now": now,
        "allowed": setting.allowed(),
        "meaning": setting.meaning,
    }


def _lines(facts: Iterable[Mapping[str, object]]) -> str:
    return "\n".join(map(json.dumps, facts))


DEFINE_SEARCH = Pass(*NAME, ask, merge)
