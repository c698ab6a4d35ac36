"""What of a matching is compared, and how: numbers that say how alike two cells are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autom3l.checks.derived import MOST
from autom3l.column import Column, Derived, DerivedKind, Modality, Pair
from autom3l.inference.facts import share
from autom3l.inference.pairs import agreement
from autom3l.ir import Decision
from autom3l.profile import DataProfile

# Levels, above which two that are not the same may still be similar.
_MANY_LEVELS = 50
# The least share of cells with a code, for codes to be worth comparing.
_CODED = 0.1
_CODE = re.compile(r"\S*\d\S*")
# The least share of rows in which keys of both sides agree, to be of one system.
_AGREEING = 0.01
_REASONS: dict[DerivedKind, str] = {
    "same": "Whether both sides say the same.",
    "word_overlap": "How many of their words both sides share.",
    "letter_overlap": "It forgives other spellings, endings and missing blanks.",
    "code_overlap": "Numbers of models, years and sizes tell near twins apart.",
    "relative_difference": "How far both are apart, whatever their size.",
    "days_between": "How far both are apart.",
}
_BY_MODALITY: dict[Modality, tuple[DerivedKind, ...]] = {
    "numeric": ("relative_difference",),
    "datetime": ("days_between",),
    "categorical": ("same", "letter_overlap"),
    "boolean": ("same",),
    "ordinal": ("same",),
    "multi_category": ("word_overlap",),
    "text": ("word_overlap", "letter_overlap", "code_overlap"),
    "image": (),
}


def choose_comparisons(
    found: Sequence[Pair], columns: Sequence[Column], profile: DataProfile
) -> tuple[tuple[Pair, ...], tuple[Derived, ...], tuple[Decision, ...]]:
    """The pairs of features, and the numbers made of them and of keys of both sides."""
    by_name = {column.name: column for column in columns}
    taken = {column.name for column in profile.columns}
    pairs, derived = [], []
    for pair in found:
        left, right = by_name[pair.left], by_name[pair.right]
        if left.role == right.role == "feature" and left.modality == right.modality:
            pairs.append(pair)
        for kind in _kinds(pair, left, right, profile):
            name = _free(f"{pair.name}_{kind}", taken)
            derived.append(Derived(name, kind, (pair.left, pair.right)))
    kept = tuple(derived[:MOST])
    return tuple(pairs), kept, tuple(_decisions(pairs, kept, len(derived)))


def _kinds(
    pair: Pair, left: Column, right: Column, profile: DataProfile
) -> Iterator[DerivedKind]:
    if left.role == right.role == "identifier":
        if _agree(pair, profile):
            yield "same"
        return
    if not left.role == right.role == "feature" or left.modality != right.modality:
        return
    facts = [profile.column(pair.left), profile.column(pair.right)]
    for kind in _BY_MODALITY[left.modality]:
        few = max(f.distinct for f in facts) < _MANY_LEVELS
        if kind == "letter_overlap" and left.modality == "categorical" and few:
            continue
        if kind == "code_overlap" and not all(_coded(f.values) for f in facts):
            continue
        yield kind


def _agree(pair: Pair, profile: DataProfile) -> bool:
    cells = profile.sample[pair.left], profile.sample[pair.right]
    return bool((agreement(*cells) == 1).mean() >= _AGREEING)


def _coded(cells: Sequence[str]) -> bool:
    return share(map(_CODE.search, cells)) >= _CODED


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def _decisions(
    pairs: Sequence[Pair], derived: Sequence[Derived], possible: int
) -> Iterator[Decision]:
    if not pairs and not derived:
        return
    shown = "; ".join(f"{p.left} and {p.right}" for p in pairs) or "keys alone"
    more = possible - len(derived)
    yield Decision(
        section="task",
        subject="pairs",
        choice=shown,
        reason="They say the same of the two sides; the model compares them.",
        source="rule",
        evidence=f"{more} more comparisons are left out" if more else "",
    )
    for item in derived:
        choice = f"{item.kind} of {', '.join(item.inputs)}"
        reason = _REASONS[item.kind]
        yield Decision("derived", item.name, choice, reason, "rule", confidence=0.8)
