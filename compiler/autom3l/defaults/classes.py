"""The labels of a classification, in the order of the model's outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from autom3l.defaults.target import MAX_CLASSES, Target, shown
from autom3l.diagnostics import Diagnostic, PlanError
from autom3l.inference.facts import Facts
from autom3l.inference.lists import lists
from autom3l.inference.scales import ANSWERS
from autom3l.ir import Decision, TaskKind
from autom3l.profile import DataProfile

FEW_ROWS = 5
_SEPARATORS = ("|", ";", ",", "/", " ")
_POSITIVE = frozenset(yes for _, yes in ANSWERS) | frozenset(
    {"success", "fraud", "spam", "churn", "churned", "defective", "malignant", "sick"}
)
_NEGATIVE = frozenset(no for no, _ in ANSWERS) | frozenset(
    {"-1", "-1.0", "failure", "normal", "ham", "benign", "healthy", "none", "ok"}
)


def class_list(
    target: Target, kind: TaskKind, pinned: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], tuple[Decision, ...]]:
    """The classes: numbers in rising order, names in the order of their letters.

    Binary: (negative, positive), as `pinned` where the spec says so.
    """
    if kind == "binary":
        classes, decision = _negative_positive(target)
        if pinned:
            classes, decision = pinned, _as_pinned(decision, pinned)
        return classes, (decision, *_spellings(target))
    numbers = target.numbers if target.numeric else {}
    order = sorted(target.counts, key=lambda label: (numbers.get(label, 0.0), label))
    rare = [label for label, rows in target.counts.items() if rows < FEW_ROWS]
    evidence = f"the rarest has {min(target.counts.values()):,} rows"
    if rare:
        evidence = f"{len(rare)} have under {FEW_ROWS} rows: {shown(rare)}"
    decision = Decision(
        section="task",
        subject="classes",
        choice=f"{len(order)} classes",
        reason="Every label of the training rows is a class.",
        source="rule",
        evidence=evidence,
        confidence=0.7 if rare else 1.0,
    )
    return tuple(order), (decision, *_spellings(target))


def list_labels(
    target: Target, profile: DataProfile
) -> tuple[tuple[str, ...], str, Decision]:
    """The labels that occur in the lists of one target column, and their separator.

    Raises `PlanError` where the cells are no lists of 2 to `MAX_CLASSES` labels (P112).
    """
    separator = list_separator(target, profile)
    rows: Counter[str] = Counter()
    for cell, count in target.counts.items():
        for label in {part.strip() for part in cell.split(separator)} - {""}:
            rows[label] += count
    if not 2 <= len(rows) <= MAX_CLASSES:
        message = f"the lists of target {target.name!r}, split at {separator!r}, hold "
        message += f"{len(rows):,} labels; from 2 to {MAX_CLASSES:,} are learned"
        raise PlanError(Diagnostic("P112", message, "target"))
    frequent = shown(label for label, _ in rows.most_common())
    decision = Decision(
        section="task",
        subject="labels",
        choice=f"{len(rows)} labels, split at {separator!r}",
        reason="Every item in the lists of the training rows is a label.",
        source="rule",
        evidence=f"the most frequent: {frequent}",
    )
    return tuple(sorted(rows)), separator, decision


def list_separator(target: Target, profile: DataProfile) -> str:
    """What stands between the labels of a cell; raises `PlanError` (P112)."""
    facts = Facts(profile.column(target.name), target.missing)
    found = lists(facts)
    items = found.items if found else None
    if items is not None and not items.brackets:
        return items.separator
    cells = list(target.counts)
    hits = {s: sum(s in cell for cell in cells) for s in _SEPARATORS}
    best = max(hits, key=lambda s: hits[s])
    if (items is not None and items.brackets) or not hits[best]:
        message = f"target {target.name!r} holds no lists of labels: {shown(cells, 3)}"
        hint = "write the labels of a row as a|b|c, or name several 0/1 columns"
        raise PlanError(Diagnostic("P112", message, "target", hint))
    return best


def _spellings(target: Target) -> Iterator[Decision]:
    """Labels that differ in case or blanks only are usually one."""
    alike: dict[str, list[str]] = {}
    for label in target.counts:
        alike.setdefault(" ".join(label.lower().split()), []).append(label)
    for labels in alike.values():
        if len(labels) > 1:
            yield Decision(
                section="task",
                subject=f"spellings of {labels[0]!r}",
                choice="different classes",
                reason="Labels are taken as they are written; if these mean the same, "
                "write them the same.",
                source="rule",
                evidence=", ".join(f"{v!r} {target.counts[v]:,}" for v in labels),
                confidence=0.4,
            )


def _negative_positive(target: Target) -> tuple[tuple[str, ...], Decision]:
    first, second = sorted(target.counts, key=lambda label: -target.counts[label])
    signs = [_sign(label) for label in (first, second)]
    if signs[0] != signs[1]:
        negative, positive = (first, second) if signs[0] < signs[1] else (second, first)
        reason = f"Of the two labels, {positive!r} is what is looked for."
    elif target.counts[first] > target.counts[second]:
        negative, positive = first, second
        reason = "Neither label says yes or no: the rarer one is what is looked for."
    else:
        negative, positive = sorted((first, second))
        reason = "Neither label says yes or no and none is rarer: the later in order."
    share = target.counts[positive] / target.present
    decision = Decision(
        section="task",
        subject="positive class",
        choice=repr(positive),
        reason=reason,
        source="rule",
        evidence=f"{share:.1%} of the rows are {positive!r}",
        confidence=1.0 if signs[0] != signs[1] else 0.7,
    )
    return (negative, positive), decision


def _as_pinned(decision: Decision, pinned: tuple[str, ...]) -> Decision:
    return replace(
        decision,
        choice=repr(pinned[1]),
        reason="The spec pins it.",
        source="spec",
        evidence=f"the rules say: {decision.choice}. {decision.reason}",
        confidence=1.0,
    )


def _sign(label: str) -> int:
    word = label.strip().lower()
    return (word in _POSITIVE) - (word in _NEGATIVE)
