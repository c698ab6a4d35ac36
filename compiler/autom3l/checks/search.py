"""A space that can be searched, around the pipeline that it starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from autom3l.checks.subject import Subject
from autom3l.checks.training import HEADS
from autom3l.diagnostics import Diagnostic, did_you_mean
from autom3l.ir import Pipeline
from autom3l.search import Dimension, Number, Search, SearchKey, Setpoint
from autom3l.searchable import SEARCHABLE, own_value, searchable

MAX_POINTS = 3
_TOLERANCE = 1e-9


def budget(subject: Subject) -> Iterator[Diagnostic]:
    """Some trials, over some dimensions, within some time (P270)."""
    search = subject.pipeline.search
    if search is None:
        return
    if not 1 <= search.trials <= 10_000:
        yield Diagnostic("P270", f"{search.trials} is not 1 to 10000", "search.trials")
    if not 0 <= search.minutes <= 100_000:
        message = f"{search.minutes} is not 0 to 100000; 0 is no limit"
        yield Diagnostic("P270", message, "search.minutes")
    if not search.dimensions:
        message = "there is nothing to search"
        yield Diagnostic("P270", message, "search.dimensions", "leave out search")


def keys(subject: Subject) -> Iterator[Diagnostic]:
    """Each dimension once, and of a value that the configuration has (P271)."""
    search = subject.pipeline.search
    if search is None:
        return
    known = searchable(subject.pipeline)
    counts = Counter(dimension.key for dimension in search.dimensions)
    for key, count in counts.items():
        if key not in known:
            message = "the configuration has no such value to search"
            hint = did_you_mean(key, tuple(known))
            yield Diagnostic("P271", message, f"search.{key}", hint)
        if count > 1:
            yield Diagnostic("P271", f"there {count} times", f"search.{key}")


def ranges(subject: Subject) -> Iterator[Diagnostic]:
    """Ranges that have a second value and no impossible one (P272)."""
    search = subject.pipeline.search
    if search is None:
        return
    known = searchable(subject.pipeline)
    for dimension in search.dimensions:
        if dimension.key in known:
            for problem in _wrong_range(subject.pipeline, dimension):
                yield Diagnostic("P272", problem, f"search.{dimension.key}")


def points(subject: Subject) -> Iterator[Diagnostic]:
    """First points are few, differ and are in the space, as the pipeline is (P273)."""
    search = subject.pipeline.search
    if search is None:
        return
    known = searchable(subject.pipeline)
    for dimension in search.dimensions:
        if dimension.key not in known:
            continue
        own = own_value(subject.pipeline, dimension.key)
        if not contains(dimension, own):
            message = f"{own:g} of the pipeline itself is not within {dimension.text()}"
            yield Diagnostic("P273", message, f"search.{dimension.key}")
    for problem in _wrong_points(search):
        yield Diagnostic("P273", problem, "search.first_points")


def contains(dimension: Dimension, value: Number) -> bool:
    """Whether a value is one of those that are searched."""
    if SEARCHABLE[dimension.key].whole and not isinstance(value, int):
        return False
    if dimension.distribution == "categorical":
        return value in dimension.choices
    if not dimension.low <= value <= dimension.high:
        return False
    return not dimension.step or _is_multiple(value - dimension.low, dimension.step)


def _wrong_range(pipeline: Pipeline, dimension: Dimension) -> Iterator[str]:
    choices = dimension.choices
    if dimension.distribution == "categorical":
        values: tuple[Number, ...] = choices
        if len({*choices}) < 2 or len({*choices}) < len(choices):
            yield f"choices are at least two different ones, not {[*choices]}"
        if dimension.low or dimension.high or dimension.log or dimension.step:
            yield "choices have no low, high, log or step"
    else:
        values = (dimension.low, dimension.high)
        if choices:
            yield f"{dimension.distribution} has low and high, no choices"
        yield from _wrong_scale(dimension)
    yield from _wrong_values(pipeline, dimension, values)


def _wrong_scale(dimension: Dimension) -> Iterator[str]:
    low, high, step = dimension.low, dimension.high, dimension.step
    if low >= high:
        yield f"{low:g} to {high:g} is no range"
    elif dimension.log and (low <= 0 or step):
        yield "a log scale starts above 0 and has no step"
    elif step < 0 or (step and not _is_multiple(high - low, step)):
        yield f"steps of {step:g} do not lead from {low:g} to {high:g}"


def _wrong_values(
    pipeline: Pipeline, dimension: Dimension, values: Sequence[Number]
) -> Iterator[str]:
    """Values that are out of bounds, or of the wrong kind."""
    about = SEARCHABLE[dimension.key]
    kinds = ("int" if about.whole else "float", "categorical")
    if dimension.distribution not in kinds:
        yield f"its distribution is one of {', '.join(kinds)}"
    for value in values:
        if not about.low <= value <= about.high:
            yield f"{value:g} is outside {about.low:g} to {about.high:g}"
    numbers = (*values, dimension.step)
    if about.whole and not all(isinstance(number, int) for number in numbers):
        yield f"whole numbers are meant, not {[*numbers]}"
    if dimension.key == "model.width" and pipeline.fusion.kind == "attention":
        grid = dimension.step or (1 if dimension.distribution == "int" else HEADS)
        if any(number % HEADS for number in (*values, grid)):
            yield f"each width must be divided among the {HEADS} heads of attention"


def _wrong_points(search: Search) -> Iterator[str]:
    dimensions = {dimension.key: dimension for dimension in search.dimensions}
    if len(search.first_points) > MAX_POINTS:
        yield f"{len(search.first_points)} points, of at most {MAX_POINTS}"
    if len({frozenset(point) for point in search.first_points}) < len(
        search.first_points
    ):
        yield "one point is there twice"
    for point in search.first_points:
        yield from _wrong_point(point, dimensions)


def _wrong_point(
    point: Sequence[Setpoint], dimensions: Mapping[SearchKey, Dimension]
) -> Iterator[str]:
    if not point:
        yield "a point without values is the pipeline itself, which is there anyway"
    if len({at.key for at in point}) < len(point):
        yield "a point sets one key twice"
    for at in point:
        dimension = dimensions.get(at.key)
        if dimension is None:
            yield f"{at.key} is not searched"
        elif not contains(dimension, at.value):
            yield f"{at.key} = {at.value:g} is not within {dimension.text()}"


def _is_multiple(span: Number, step: Number) -> bool:
    steps = span / step
    return abs(steps - round(steps)) < _TOLERANCE * max(1.0, abs(steps))
