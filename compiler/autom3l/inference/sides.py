"""The two sides of a table: which columns say what of either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from autom3l.column import Pair
from autom3l.diagnostics import DataError, Diagnostic, did_you_mean
from autom3l.profile import DataProfile
from autom3l.spec import Spec

# What the names of the columns of each side begin or end with; the surest come first.
AFFIXES = (
    ("left_", "right_"),
    ("ltable_", "rtable_"),
    ("_left", "_right"),
    ("left", "right"),
    ("l_", "r_"),
    ("_l", "_r"),
    ("first_", "second_"),
    ("source_", "target_"),
    ("query_", "candidate_"),
    ("a_", "b_"),
    ("_a", "_b"),
    ("_x", "_y"),
    ("1_", "2_"),
    ("_1", "_2"),
    ("1", "2"),
)
_MARKS = "_-. "


@dataclass(frozen=True)
class Sides:
    """The columns of a retrieval that are searched with, and those that are found."""

    query: tuple[str, ...]
    item: tuple[str, ...]


def find_sides(spec: Spec, profile: DataProfile) -> Sides | None:
    """The sides of a retrieval, in table order; `None` where its rows find rows.

    Raises `DataError` where the sides that the spec names are no columns (D020), or
    share one (D021).
    """
    if spec.task != "retrieval" or not spec.left:
        return None
    names = [c.name for c in profile.columns if c.name not in spec.target]
    sides = Sides(_named(spec, "left", names), _named(spec, "right", names))
    shared = {*sides.query} & {*sides.item}
    if shared:
        message = f"{min(shared)!r} is on both sides"
        raise DataError(Diagnostic("D021", message, "right", "name it once"))
    return sides


def find_pairs(spec: Spec, profile: DataProfile) -> tuple[Pair, ...]:
    """The columns of a matching in pairs, in table order; none of another task.

    Raises `DataError` where the sides that the spec names, or the names of the columns,
    make no pair (D020, D021).
    """
    if spec.task != "matching":
        return ()
    names = [c.name for c in profile.columns if c.name not in spec.target]
    if spec.left and {*spec.left, *spec.right} <= {*names}:
        return _listed(spec)
    if len(spec.left) == len(spec.right) == 1:
        pairs = _affixed(spec.left[0], spec.right[0], names)
        if not pairs:
            message = f"no two columns begin or end with {spec.left[0]!r} and "
            message += f"{spec.right[0]!r} and are called the same otherwise"
            raise DataError(Diagnostic("D020", message, "left", _some(names)))
        return pairs
    if spec.left:
        raise DataError(_unknown(spec, names))
    affixes = guess_sides(names)
    if affixes is None:
        hint = "say left: and right:, what the names of each side begin or end with"
        message = "task: matching, but the names of the columns do not tell two sides"
        raise DataError(Diagnostic("D020", message, "task", f"{hint}; {_some(names)}"))
    return _affixed(*affixes, names)


def _named(
    spec: Spec, side: Literal["left", "right"], names: Sequence[str]
) -> tuple[str, ...]:
    """Columns by their names, or by what their names begin or end with."""
    given = getattr(spec, side)
    if {*given} <= {*names}:
        return tuple(name for name in names if name in given)
    if len(given) > 1:
        raise DataError(_unknown(spec, names))
    affix = given[0]
    found = tuple(n for n in names if n.startswith(affix) or n.endswith(affix))
    if not found:
        message = f"no column is called {affix!r}, or begins or ends with it"
        raise DataError(Diagnostic("D020", message, side, _some(names)))
    return found


def guess_sides(names: Sequence[str]) -> tuple[str, str] | None:
    """What tells the sides apart that pairs most columns; `None` where few have one."""
    counts = {sides: len(_affixed(*sides, names)) for sides in AFFIXES}
    best = max(counts, key=lambda sides: counts[sides])
    return best if 2 * counts[best] > len(names) / 2 else None


def _listed(spec: Spec) -> tuple[Pair, ...]:
    if len(spec.left) != len(spec.right):
        message = f"{len(spec.left)} columns are left, {len(spec.right)} right"
        hint = "name as many on each side; what only one side has may be left out"
        raise DataError(Diagnostic("D021", message, "right", hint))
    both = [*spec.left, *spec.right]
    for name in dict.fromkeys(both):
        if both.count(name) > 1:
            message = f"{name!r} is named {both.count(name)} times"
            raise DataError(Diagnostic("D021", message, "right", "name it once"))
    sides = zip(spec.left, spec.right, strict=True)
    return tuple(Pair(left, left, right) for left, right in sides)


def _affixed(left: str, right: str, names: Sequence[str]) -> tuple[Pair, ...]:
    known = {*names}
    pairs = []
    for name in names:
        for other, rest in _partners(name, left, right):
            if rest.strip(_MARKS) and other in known:
                pairs.append(Pair(rest.strip(_MARKS), name, other))
                break
    return tuple(pairs)


def _partners(name: str, left: str, right: str) -> Iterator[tuple[str, str]]:
    """What the other side would call it, and what both have in common."""
    if name.startswith(left):
        rest = name.removeprefix(left)
        yield right + rest, rest
    if name.endswith(left):
        rest = name.removesuffix(left)
        yield rest + right, rest


def _unknown(spec: Spec, names: Sequence[str]) -> Iterator[Diagnostic]:
    for side in ("left", "right"):
        for name in getattr(spec, side):
            if name not in names:
                message = f"the table has no column {name!r}"
                yield Diagnostic("D020", message, side, did_you_mean(name, names))


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:12]))
    return f"the columns are {shown}{', ...' if len(names) > 12 else ''}"
