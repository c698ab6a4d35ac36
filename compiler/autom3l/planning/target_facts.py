"""How often each class occurs and how a number is spread, as a model may see it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from autom3l.defaults.target import Target, measured, read_target
from autom3l.ir import Task
from autom3l.profile import DataProfile
from autom3l.spec import Share

MAX_CLASSES = 12
_LETTERS = 60
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


def target_facts(profile: DataProfile, task: Task, share: Share) -> dict[str, Any]:
    """Shares of the classes, or range and quantiles; nothing under `schema`.

    The names of classes are cells: without `samples` the shares stand alone, also for
    the positive class of two.
    """
    if share == "schema" or not task.targets:
        return {}
    targets = [read_target(profile, name) for name in task.targets]
    if task.kind == "regression":
        return _spread(measured(targets[0]))
    if task.kind == "retrieval" and not task.classes:
        target = targets[0]
        return {"different values": target.distinct, "rows": target.present}
    shares = _shares(task, targets)
    shown = dict(sorted(shares.items(), key=lambda item: -item[1])[:MAX_CLASSES])
    percent = {name: f"{value:.1%}" for name, value in shown.items()}
    if share == "samples" or len(targets) > 1:
        told: Any = {
            name[:_LETTERS]: percent[name] for name in task.classes if name in percent
        }
    else:
        told = list(percent.values())
    facts: dict[str, Any] = {"shares of the classes": told}
    if task.kind == "binary":
        positive = task.classes[1]
        if share == "samples":
            facts["positive class"] = positive[:_LETTERS]
        else:
            facts["share of the positive class"] = percent[positive]
    if len(shares) > len(shown) and task.kind != "multilabel":
        facts["all others"] = f"{max(0.0, 1 - sum(shown.values())):.1%}"
    return facts


def _shares(task: Task, targets: list[Target]) -> dict[str, float]:
    """The share of the labelled rows that has each class."""
    if len(targets) > 1:
        ones = {
            t.name: sum(n for v, n in t.counts.items() if t.numbers.get(v) == 1)
            for t in targets
        }
        return {t.name: ones[t.name] / max(1, t.present) for t in targets}
    target = targets[0]
    rows: Counter[str] = Counter()
    for label, count in target.counts.items():
        parts = label.split(task.separator) if task.separator else [label]
        for item in {part.strip() if task.separator else part for part in parts}:
            rows[item] += count
    return {name: rows[name] / max(1, target.present) for name in task.classes}


def _spread(target: Target) -> dict[str, Any]:
    facts: dict[str, Any] = {"range": [target.minimum, target.maximum]}
    if len(target.values):
        found = np.quantile(target.values, _QUANTILES).tolist()
        names = (f"{share:.0%}" for share in _QUANTILES)
        pairs = zip(names, found, strict=True)
        facts["quantiles"] = {name: float(f"{value:.6g}") for name, value in pairs}
    return facts
