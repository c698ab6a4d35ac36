"""What no single value of a spec shows: facts that contradict one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from autom3l.metrics import METRICS
from autom3l.spec import ColumnPin, Spec
from autom3l.spec_reading.mistakes import missing
from autom3l.spec_reading.nodes import Location, Problem

# Rows that validate and test, taken together, must leave some to train on.
MAX_HELD_OUT = 0.8
# Those of strptime whose order and form no locale decides.
DATE_DIRECTIVES = frozenset("aAbBdfHIjmMpSyYzZ%")
# Which details of a pin belong to which modalities.
DETAILS = {
    "levels": ("ordinal", "boolean"),
    "separator": ("multi_category", "image"),
    "format": ("datetime",),
}

_BY_COLUMN = ("group", "time", "column")
_NAMED_FORMATS = ("ISO8601", "epoch_s", "epoch_ms")


def check_target(spec: Spec) -> Iterator[Problem]:
    """There are some, they differ, and nothing else is said of them."""
    if not spec.target and not (spec.task == "retrieval" and spec.left):
        hint = ""
        if spec.task == "retrieval":
            hint = "name what things alike have in common, or left: and right:"
        yield missing(("target",), hint)
    for name, count in Counter(spec.target).items():
        if count > 1:
            message = f"{name!r} is named {count} times"
            yield Problem("S015", ("target",), message, "name it once")
        pin = spec.columns.get(name)
        binary = len(spec.target) == 1 and spec.kind in ("auto", "binary")
        if pin and not (binary and pin.levels and pin == ColumnPin(levels=pin.levels)):
            message = f"{name!r} is the target, which takes no pins"
            hint = "remove the pin; a binary target takes levels alone"
            yield Problem("S016", ("columns", name), message, hint)
    if spec.split.column in spec.target and spec.task != "retrieval":
        message = f"{spec.split.column!r} is the target: rows can't be divided by it"
        yield Problem("S017", ("split", "column"), message, "name another column")


def check_task(spec: Spec) -> Iterator[Problem]:
    """Target, task and metric belong together."""
    count, task = len(spec.target), spec.kind
    if count > 1 and task not in ("auto", "multilabel"):
        message = f"{spec.task!r} has one target, but target names {count} columns"
        hint = "several 0/1 columns are the targets of a 'multilabel' task"
        yield Problem("S018", ("task",), message, hint)
        return
    kind = "multilabel" if count > 1 else task
    if kind == "auto" or spec.metric == "auto" or spec.metric in METRICS[kind]:
        return
    facts = f"task is {spec.task!r}"
    if task == "auto":
        facts = f"{count} targets make {kind!r}"
    message = f"{spec.metric!r} does not score this task: {facts}"
    hint = f"one of {', '.join(map(repr, METRICS[kind]))}"
    yield Problem("S019", ("metric",), message, hint)


def check_sides(spec: Spec) -> Iterator[Problem]:
    """Sides are those of a matching or a retrieval, and there are two."""
    for side, other in (("left", "right"), ("right", "left")):
        if not getattr(spec, side):
            continue
        if spec.task not in ("matching", "retrieval"):
            message = f"{side!r} names a side, but task is {spec.task!r}"
            hint = "set task: matching or retrieval, or remove the sides"
            yield Problem("S033", (side,), message, hint)
        elif not getattr(spec, other):
            message = f"{side!r} is named without {other!r}"
            yield Problem("S033", (side,), message, "name both sides, or neither")


def check_split_kind(spec: Spec) -> Iterator[Problem]:
    """A split by a column names one, and no other split does."""
    split = spec.split
    if split.kind in _BY_COLUMN and split.column is None:
        message = f"a {split.kind!r} split goes by a column, and none is named"
        yield Problem("S020", ("split", "kind"), message, "add split.column")
    if split.kind not in _BY_COLUMN and split.column is not None:
        kind = f"{split.kind!r} split" if split.kind else "split of no stated kind"
        message = f"{split.column!r} is named, but a {kind} goes by no column"
        hint = "set split.kind to 'group', 'time' or 'column', or remove the column"
        yield Problem("S021", ("split", "column"), message, hint)
    if split.kind == "stratified" and spec.task == "regression":
        message = "a 'stratified' split needs classes, but task is 'regression'"
        hint = "'random', 'group' or 'time' fit"
        yield Problem("S022", ("split", "kind"), message, hint)


def check_split_shares(spec: Spec) -> Iterator[Problem]:
    """No part of the rows comes from two places, and enough are left to train on."""
    shares = {"validation": spec.split.validation, "test": spec.split.test}
    if spec.split.kind and spec.data.validation and spec.data.test:
        message = f"a {spec.split.kind!r} split, but data.validation and data.test "
        message += "name both tables"
        yield Problem("S023", ("split", "kind"), message, "remove one of the two")
    for part, share in shares.items():
        if share is None:
            continue
        if getattr(spec.data, part) is not None:
            message = f"a share of {share:g}, but data.{part} names a table"
            yield Problem("S023", ("split", part), message, "remove one of the two")
        if spec.split.kind == "column":
            message = f"a share of {share:g}, but split.column says what each row is"
            yield Problem("S023", ("split", part), message, "remove the share")
    total = sum(share or 0.0 for share in shares.values())
    if total > MAX_HELD_OUT:
        message = f"validation and test take {total:g} of the rows"
        hint = f"together at most {MAX_HELD_OUT:g}, so that rows are left to train on"
        yield Problem("S024", ("split",), message, hint)


def check_pins(spec: Spec) -> Iterator[Problem]:
    """The details of a pin fit its modality and one another."""
    for name, pin in spec.columns.items():
        at: Location = ("columns", name)
        details = [key for key in DETAILS if getattr(pin, key)]
        yield from _misplaced(pin, details, at)
        if pin.levels:
            yield from _levels(pin, at, target=name in spec.target)
        if pin.format and not _is_format(pin.format):
            message = f"{pin.format!r} is no datetime format"
            hint = "directives of strptime, as in '%d.%m.%Y', or one of "
            hint += ", ".join(map(repr, _NAMED_FORMATS))
            yield Problem("S028", (*at, "format"), message, hint)


def check_llm(spec: Spec) -> Iterator[Problem]:
    """A limit of money says what a token costs."""
    if spec.llm and spec.llm.max_cost is not None and spec.llm.prices is None:
        message = f"a limit of {spec.llm.max_cost:g}, but no prices to keep it by"
        hint = "add llm.prices: {input: ..., output: ...}, per million tokens"
        yield Problem("S032", ("llm", "max_cost"), message, hint)


SPEC_CHECKS = (
    check_target,
    check_task,
    check_sides,
    check_split_kind,
    check_split_shares,
    check_pins,
    check_llm,
)


def unread_directives(spec: Spec) -> Iterator[Problem]:
    """One warning per directive: nothing here can read natural language."""
    for scope, wish in spec.directives.items():
        if not wish.strip():
            continue
        short = wish if len(wish) <= 60 else f"{wish[:57]}..."
        message = f"{short!r} can't be read without a language model: nothing changes"
        hint = "say it with columns, split or constraints"
        yield Problem("S029", ("directives", scope), message, hint)


def _misplaced(pin: ColumnPin, details: list[str], at: Location) -> Iterator[Problem]:
    for key in details:
        if pin.modality is not None and pin.modality not in DETAILS[key]:
            message = f"a column of modality {pin.modality!r} has no {key}"
            hint = f"only {' and '.join(map(repr, DETAILS[key]))} have"
            yield Problem("S025", (*at, key), message, hint)
    others = [key for key in ("modality", "missing", *details) if getattr(pin, key)]
    if pin.drop and others:
        message = f"the column is dropped, and {', '.join(others)} pinned as well"
        yield Problem("S026", (*at, "drop"), message, "remove one or the other")


def _levels(pin: ColumnPin, at: Location, *, target: bool) -> Iterator[Problem]:
    twice = sorted(name for name, count in Counter(pin.levels).items() if count > 1)
    count = len(pin.levels)
    if twice:
        message = f"{twice[0]!r} is there twice"
    elif count < 2:
        message = "one level tells no rows apart"
    elif target and count != 2:
        message = f"{count} levels, but a binary target has two: negative, positive"
    elif pin.modality == "boolean" and count != 2:
        message = f"{count} levels, but a boolean column has two: false, true"
    else:
        return
    yield Problem("S027", (*at, "levels"), message)


def _is_format(text: str) -> bool:
    directives = re.findall("%(.?)", text, re.DOTALL)
    known = bool(directives) and DATE_DIRECTIVES.issuperset(directives)
    return text in _NAMED_FORMATS or known
