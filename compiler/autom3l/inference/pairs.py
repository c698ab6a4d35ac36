"""The columns of a matching are read alike on both sides; its keys are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autom3l.column import Column, Modality, Pair, Role
from autom3l.inference.aligned import Cells, Codes
from autom3l.inference.association import Target, held_out_gain
from autom3l.inference.leaks import MAX_GAIN
from autom3l.inference.names import IDENTIFIER, name_words
from autom3l.inference.pins import apply_pin
from autom3l.ir import Decision
from autom3l.profile import ColumnProfile, DataProfile
from autom3l.spec import ColumnPin, Spec

Typed = tuple[Column, Decision]

_MIN_ROWS = 50
# Words and blanks of a cell that may still be a key.
_KEY_WORDS = 1.5


def read_alike(
    pairs: Sequence[Pair],
    typed: Sequence[Typed],
    targets: Sequence[Target],
    spec: Spec,
    profile: DataProfile,
) -> list[Typed]:
    """The columns, both of a pair read in one way, with the reasons of what changes.

    Keys of things are identifiers on both sides; names (of clusters, say) that give the
    target away by being equal are leaks on both. What the spec pins stays.
    """
    known = {column.name: (column, why) for column, why in typed}
    for pair in pairs:
        both = known[pair.left], known[pair.right]
        for change in (_keys, _one_modality):
            both = change(pair, both, spec, profile)
        opaque = all(_names(column, profile) for column, _ in both)
        if opaque and (share := _given_away(pair, profile, targets)) >= MAX_GAIN:
            both = _leaks(pair, both, spec, share)
        known[pair.left], known[pair.right] = both
    return list(known.values())


def agreement(left: Cells, right: Cells) -> Codes:
    """1 where two cells are the same but for case and blanks, else 0; -1 if unknown."""
    return np.array(
        [
            -1 if a is None or b is None else int(_plain(a) == _plain(b))
            for a, b in zip(left, right, strict=True)
        ],
        dtype=np.int64,
    )


def _plain(cell: str) -> str:
    return " ".join(cell.casefold().split())


def _keys(
    pair: Pair, both: tuple[Typed, Typed], spec: Spec, profile: DataProfile
) -> tuple[Typed, Typed]:
    """Things come in many rows, so that only the name tells a key from a code."""
    called = not IDENTIFIER.isdisjoint(name_words(pair.name))
    keys = all(_could_be_key(profile.column(n)) for n in (pair.left, pair.right))
    found = any(column.role == "identifier" for column, _ in both)
    if not (found or (called and keys)):
        return both
    left, right = (_identifier(one, spec) for one in both)
    return left, right


def _could_be_key(facts: ColumnProfile) -> bool:
    whole = facts.integer == facts.numeric
    return whole and facts.distinct > 1 and facts.words_mean <= _KEY_WORDS


def _identifier(one: Typed, spec: Spec) -> Typed:
    column, decision = one
    if column.name in spec.columns or column.role not in ("feature", "duplicate"):
        return one
    key = replace(column, modality="categorical", number=None)  # also a number is one
    return _dropped(
        (key, decision),
        "identifier",
        "It is a key of the things on its side, which says nothing of new ones.",
        f"else it would be read as {decision.choice}",
    )


def _one_modality(
    pair: Pair, both: tuple[Typed, Typed], spec: Spec, profile: DataProfile
) -> tuple[Typed, Typed]:
    """What was pinned, else what can hold the cells of both."""
    columns = [column for column, _ in both]
    modalities = [column.modality for column in columns]
    levels = {column.levels for column in columns}
    unlike = len({*modalities}) > 1 or len(levels) > 1
    if not unlike or any(column.role != "feature" for column in columns):
        return both
    if "image" in modalities:
        return both
    pinned = [
        pin.modality
        for name in (pair.left, pair.right)
        if (pin := spec.columns.get(name)) and pin.modality
    ]
    common = pinned[0] if pinned else _wider(modalities)
    left, right = (_read_as(one, common, spec, profile) for one in both)
    return left, right


def _wider(modalities: Sequence[Modality]) -> Modality:
    speaks = {"text", "multi_category"} & {*modalities}
    return "text" if speaks else "categorical"


def _read_as(one: Typed, modality: Modality, spec: Spec, profile: DataProfile) -> Typed:
    column, decision = one
    if column.modality == modality and modality not in ("ordinal", "boolean"):
        return one
    if spec.columns.get(column.name, ColumnPin()).modality:
        return one
    facts = profile.column(column.name)
    read, _ = apply_pin(column, decision, ColumnPin(modality=modality), facts)
    return read, replace(
        decision,
        choice=modality,
        reason="Read as the same column of the other side, to be compared with it.",
        evidence=f"alone it would be {decision.choice}: {decision.reason}",
        confidence=0.8,
    )


def _names(column: Column, profile: DataProfile) -> bool:
    """Whether its cells name what they stand for; equal texts or prices are no leak."""
    facts = profile.column(column.name)
    whole = column.modality == "numeric" and facts.integer == facts.present
    return column.modality == "categorical" or whole


def _given_away(pair: Pair, profile: DataProfile, targets: Sequence[Target]) -> float:
    """How much of the errors of a constant guess it saves whether both are equal."""
    cells = profile.sample.get(pair.left), profile.sample.get(pair.right)
    if cells[0] is None or cells[1] is None or not targets:
        return 0.0
    equal = agreement(cells[0], cells[1])
    enough = (equal >= 0).sum() >= _MIN_ROWS and len(targets[0].known) >= _MIN_ROWS
    return held_out_gain(equal, targets[0]) if enough else 0.0


def _leaks(
    pair: Pair, both: tuple[Typed, Typed], spec: Spec, share: float
) -> tuple[Typed, Typed]:
    reason = f"Whether {pair.left!r} and {pair.right!r} are equal gives it away."
    evidence = f"alone it saves {share:.1%} of the errors of a constant guess on "
    evidence += f"held-out halves of the sampled rows, threshold {MAX_GAIN:.0%}"
    left, right = (
        one if one[0].name in spec.columns else _dropped(one, "leak", reason, evidence)
        for one in both
    )
    return left, right


def _dropped(one: Typed, role: Role, reason: str, evidence: str) -> Typed:
    column, decision = one
    told = replace(
        decision,
        choice=f"drop ({role})",
        reason=reason,
        evidence=evidence,
        confidence=0.8,
    )
    return replace(column, role=role), told
