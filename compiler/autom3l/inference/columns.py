"""Column typing: one IR column and one decision for every column but the targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autom3l.column import Column, Pair
from autom3l.diagnostics import DataError, Diagnostic
from autom3l.inference.aligned import align
from autom3l.inference.association import Target, as_target
from autom3l.inference.facts import Facts, Verdict
from autom3l.inference.images import MAX_UNOPENABLE, images, tried
from autom3l.inference.judging import judge_facts
from autom3l.inference.leaks import mark_leaks
from autom3l.inference.missing import markers
from autom3l.inference.pairs import read_alike
from autom3l.inference.pins import apply_pin
from autom3l.inference.redundancy import mark_duplicates
from autom3l.inference.sides import find_pairs, find_sides
from autom3l.inference.sums import mark_parts
from autom3l.ir import Decision
from autom3l.profile import ColumnProfile, DataProfile
from autom3l.spec import ColumnPin, Spec

_FOLD = "The spec divides the rows by this column."


def infer_columns(
    spec: Spec, profile: DataProfile
) -> tuple[tuple[Column, ...], tuple[Decision, ...]]:
    """Types every column that is no target, in table order, with the reason of each.

    Raises `DataError` where more than half of a column's images do not open.
    """
    pairs = find_pairs(spec, profile)
    sides = _sides(pairs, spec, profile)
    targets = _targets(spec, profile)
    verdicts = _compared(spec, profile, _judged(spec, profile), targets, sides)
    typed = [to_ir(name, verdict) for name, verdict in verdicts.items()]
    pinned = [
        apply_pin(*pair, spec.columns.get(pair[0].name), profile.column(pair[0].name))
        for pair in typed
    ]
    pinned = read_alike(pairs, pinned, targets, spec, profile)
    return tuple(column for column, _ in pinned), tuple(d for _, d in pinned)


def _sides(pairs: Sequence[Pair], spec: Spec, profile: DataProfile) -> frozenset[str]:
    """The columns of either side, where a row has two."""
    sides = find_sides(spec, profile)
    if sides is not None:
        return frozenset((*sides.query, *sides.item))
    return frozenset(name for pair in pairs for name in (pair.left, pair.right))


def _targets(spec: Spec, profile: DataProfile) -> list[Target]:
    """What no column may give away; what a side of a retrieval is, its columns may."""
    if spec.task == "retrieval" and spec.left:
        return []
    return [
        as_target(name, profile.sample[name], spec.kind)
        for name in spec.target
        if name in profile.sample
    ]


def tried_photos(spec: Spec, profile: DataProfile) -> tuple[Path, ...]:
    """The files that a column is taken for image paths by, also those that lack."""
    folder = image_folder(spec, profile)
    columns = [c for c in profile.columns if c.name not in spec.target]
    facts = (Facts(column, markers(column)) for column in columns)
    return tuple(path for column in facts for path in tried(column, folder))


def _judged(spec: Spec, profile: DataProfile) -> dict[str, Verdict]:
    """What each column is on its own."""
    folder = image_folder(spec, profile)
    verdicts: dict[str, Verdict] = {}
    problems: list[Diagnostic] = []
    for column in profile.columns:
        if column.name in spec.target:
            continue
        verdicts[column.name], problem = _judge(column, folder)
        pin = spec.columns.get(column.name, ColumnPin())
        if problem and not pin.drop and pin.modality in (None, "image"):
            problems.append(problem)
    if problems:
        raise DataError(problems)
    return verdicts


def _compared(
    spec: Spec,
    profile: DataProfile,
    verdicts: dict[str, Verdict],
    targets: Sequence[Target],
    sides: frozenset[str],
) -> dict[str, Verdict]:
    """The verdicts after the columns were compared with the targets and each other.

    The columns of a pair may well say the same: that is the question.
    """
    columns = {
        name: align(profile.sample[name], verdict)
        for name, verdict in verdicts.items()
        if verdict.role == "feature" and name in profile.sample
    }
    kept = {name for name, pin in spec.columns.items() if pin.drop is False}
    gone = {name for name, pin in spec.columns.items() if pin.drop}
    open_ = {name: column for name, column in columns.items() if name not in gone}
    told = mark_parts(mark_leaks(verdicts, open_, targets), open_, targets)
    judged = mark_duplicates(told, open_, sides | kept)
    fold = spec.split.column if spec.split.kind == "column" else None
    if fold in judged:
        judged[fold] = replace(judged[fold], role="split", reason=_FOLD, confidence=1.0)
    return judged


def image_folder(spec: Spec, profile: DataProfile) -> Path:
    """The folder that relative image paths start from; never the current directory."""
    if spec.data.images:
        return Path(spec.folder) / spec.data.images
    return Path(profile.source.paths[0]).parent


def to_ir(name: str, verdict: Verdict) -> tuple[Column, Decision]:
    """The verdict as an IR column and the decision that explains it."""
    column = Column(
        name=name,
        modality=verdict.modality,
        role=verdict.role,
        missing=verdict.missing,
        number=verdict.number,
        datetime=verdict.datetime,
        items=verdict.items,
        levels=verdict.levels,
    )
    dropped = verdict.role != "feature"
    decision = Decision(
        section="columns",
        subject=name,
        choice=f"drop ({verdict.role})" if dropped else verdict.modality,
        reason=verdict.reason,
        source="rule",
        evidence=verdict.evidence,
        confidence=verdict.confidence,
    )
    return column, decision


def _judge(profile: ColumnProfile, folder: Path) -> tuple[Verdict, Diagnostic | None]:
    facts = Facts(profile, markers(profile))
    found = images(facts, folder)
    if found is None:
        return judge_facts(facts), None
    verdict, count = found
    if count.unopenable <= MAX_UNOPENABLE:
        return verdict, None
    message = f"{count.describe()} below {folder.as_posix()!r}"
    hint = "set data.images to the folder that the paths start from"
    return verdict, Diagnostic("D018", message, f"column {profile.name!r}", hint)
