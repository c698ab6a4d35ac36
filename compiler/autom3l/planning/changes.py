"""What one pass changed, for a person to read."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autom3l.ir import Decision, Pipeline, Section
from autom3l.layout import table_text
from autom3l.planning.composing import get_value
from autom3l.planning.directives import outcome_lines
from autom3l.planning.planning import LEFT_TO_RULES, Step
from autom3l.yaml_text import yaml_comment

_HEADINGS = ("section", "subject", "from → to", "reason", "by")
_WHO = {"llm": "the model", "rule": "the rules", "spec": "the spec"}


@dataclass(frozen=True)
class Change:
    """One decision that is new, gone, or otherwise than before."""

    section: str
    subject: str
    before: str
    after: str
    reason: str
    by: str


def changes(before: Pipeline, after: Pipeline) -> tuple[Change, ...]:
    """Every decision in which two pipelines differ."""
    known = {(d.section, d.subject): d for d in before.decisions}
    now = {(d.section, d.subject) for d in after.decisions}
    old = set(map(_core, before.decisions))
    found = [
        Change(
            decision.section,
            decision.subject,
            _earlier(before, known, decision),
            decision.choice,
            decision.reason,
            _by(decision),
        )
        for decision in after.decisions
        if _core(decision) not in old
    ]
    gone = (d for key, d in known.items() if key not in now)
    found += (Change(d.section, d.subject, d.choice, "", "", _by(d)) for d in gone)
    return tuple(found)


def step_text(step: Step, found: Sequence[Change]) -> str:
    """What a pass changed as a table, or why it changed nothing; then what became of
    its directives."""
    name = step.pass_.name
    in_vain = [c for c in found if (c.subject, c.after) == (name, LEFT_TO_RULES)]
    others = [c for c in found if c not in in_vain]
    lines = [f"{name}, {c.after}: {_shown(c.reason)}" for c in in_vain]
    if others:
        lines = [changes_text(others, f"{name} changes"), *lines]
    elif not step.exchanges:
        lines = [f"{name} changes nothing: it has nothing to choose from"]
    elif not in_vain:
        lines = [f"{name} changes nothing: the model would have it no other way"]
    given = step.after.scene.spec.directives
    own = {k: v for k, v in given.items() if k in ("all", step.pass_.key)}
    return "\n".join([*lines, *map(_shown, outcome_lines(own, step.after.pipeline))])


def changes_text(found: Sequence[Change], title: str) -> str:
    """Changes as a table for stderr."""
    rows = (
        (c.section, c.subject, f"{c.before or '·'} → {c.after or '·'}", c.reason, c.by)
        for c in found
    )
    shown = (tuple(map(_shown, row)) for row in rows)
    return table_text(_HEADINGS, shown, title, to=sys.stderr)


def _core(decision: Decision) -> tuple[str, ...]:
    """What makes it another decision: not that its evidence is put in new words."""
    d = decision
    return d.section, d.subject, d.choice, d.source, d.directive


def _earlier(
    pipeline: Pipeline,
    known: Mapping[tuple[Section, str], Decision],
    decision: Decision,
) -> str:
    """What was there before; of what no rule gave a reason for, the value."""
    if earlier := known.get((decision.section, decision.subject)):
        return earlier.choice
    if not decision.subject.startswith(f"{decision.section}."):
        return ""
    try:
        return str(get_value(pipeline, decision.subject))
    except AttributeError:
        return ""


def _by(decision: Decision) -> str:
    directive = f", directive {decision.directive}" if decision.directive else ""
    return f"{_WHO[decision.source]}{directive}"


def _shown(text: str) -> str:
    """On one line, without the control characters that a name or a model may hold."""
    return yaml_comment(text)
