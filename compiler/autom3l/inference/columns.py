"""Column typing: one IR column and one decision for every column but the targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.inference.dates import datetimes
from autom3l.inference.facts import Facts, Verdict, quoted
from autom3l.inference.identifiers import addresses, hashes, unique_codes
from autom3l.inference.images import MAX_UNOPENABLE, describe_failures, images
from autom3l.inference.levels import booleans, ordinals
from autom3l.inference.lists import lists
from autom3l.inference.missing import markers
from autom3l.inference.pins import pinned
from autom3l.inference.quantities import quantities
from autom3l.inference.texts import categories, texts
from autom3l.ir import Column, Decision
from autom3l.profile import ColumnProfile, DataProfile
from autom3l.spec import Spec

Rule = Callable[[Facts], Verdict | None]

# The first rule that concludes wins: what is certain from the cells alone comes first.
RULES: tuple[Rule, ...] = (
    booleans,
    datetimes,
    hashes,
    quantities,
    addresses,
    ordinals,
    lists,
    unique_codes,
    texts,
    categories,
)
MOSTLY_MISSING = 0.99


def infer_columns(
    spec: Spec, profile: DataProfile
) -> tuple[tuple[Column, ...], tuple[Decision, ...]]:
    """Types every column that is no target, in table order, with the reason of each.

    Raises `DataError` where more than half of a column's images do not open.
    """
    folder = image_folder(spec, profile)
    columns: list[Column] = []
    decisions: list[Decision] = []
    problems: list[Diagnostic] = []
    for column_profile in profile.columns:
        if column_profile.name in spec.target:
            continue
        verdict, diagnostics = _judge(column_profile, folder)
        problems.extend(diagnostics)
        column, decision = to_ir(column_profile.name, verdict)
        pin = spec.columns.get(column.name)
        if pin is not None:
            column, decision = pinned(column, decision, pin)
        columns.append(column)
        decisions.append(decision)
    if problems:
        raise DataError(problems)
    return tuple(columns), tuple(decisions)


def image_folder(spec: Spec, profile: DataProfile) -> Path:
    """The folder that relative image paths start from; never the current directory."""
    if spec.data.images:
        return Path(spec.folder) / spec.data.images
    return Path(profile.source.paths[0]).parent


def judge(profile: ColumnProfile) -> Verdict:
    """The verdict on one column from its profile alone, images excepted."""
    facts = Facts(profile, markers(profile))
    verdict = _useless(facts) or next(v for rule in RULES if (v := rule(facts)))
    return replace(verdict, missing=tuple(sorted({*facts.missing, *verdict.missing})))


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


def _judge(profile: ColumnProfile, folder: Path) -> tuple[Verdict, list[Diagnostic]]:
    facts = Facts(profile, markers(profile))
    found = images(facts, folder) if facts.values else None
    if found is None:
        return judge(profile), []
    verdict, count = found
    if count.unopenable <= MAX_UNOPENABLE:
        return verdict, []
    return verdict, [
        Diagnostic(
            "D301",
            f"column {profile.name!r} names image files that do not open: "
            f"{describe_failures(count, folder)}",
            profile.name,
            "set data.images to the folder that the paths start from",
        )
    ]


def _useless(facts: Facts) -> Verdict | None:
    """Columns that cannot tell rows apart, whatever their type."""
    if facts.present == 0:
        return Verdict(
            "categorical",
            "Every cell is empty.",
            1.0,
            role="unusable",
            evidence=f"0 of {facts.profile.rows:,} cells hold a value",
        )
    if facts.distinct <= 1:
        return _constant(facts)
    if facts.missing_share > MOSTLY_MISSING:
        return Verdict(
            "categorical",
            "Nearly every cell is empty.",
            0.9,
            role="unusable",
            evidence=f"{facts.present:,} of {facts.profile.rows:,} cells hold a value",
        )
    return None


def _constant(facts: Facts) -> Verdict:
    return Verdict(
        modality="categorical",
        reason="Every cell that is not empty holds the same value.",
        confidence=1.0,
        role="constant",
        evidence=f"{quoted(facts.levels, 1)} in {facts.present:,} cells",
    )
