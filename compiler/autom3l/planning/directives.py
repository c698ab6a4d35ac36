"""What became of the user's directives."""

from __future__ import annotations

from collections.abc import Mapping

from autom3l.ir import Pipeline
from autom3l.spec import PassName

MAX_SHOWN = 60


def outcome_lines(directives: Mapping[PassName, str], pipeline: Pipeline) -> list[str]:
    """For each directive the decisions that it changed, or that it changed none."""
    lines = []
    for key, text in directives.items():
        changed = [
            f"{d.subject}: {d.choice}"
            for d in pipeline.decisions
            if d.directive == key and d.source == "llm"
        ]
        short = " ".join(text.split())
        short = short if len(short) <= MAX_SHOWN else f"{short[:MAX_SHOWN]}…"
        outcome = "; ".join(changed) or "changed nothing"
        lines.append(f"directive {key} ({short}): {outcome}")
    return lines


def refused_lines(pipeline: Pipeline) -> list[str]:
    """Directives that a pin of the spec or the cells stand against."""
    return [
        f"directive {d.directive}, {d.subject}: {d.reason}"
        for d in pipeline.decisions
        if d.directive and d.source == "rule"
    ]
