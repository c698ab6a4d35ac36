"""Whether a numeric target is learned on a logarithmic scale."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from autom3l.defaults.target import Target
from autom3l.ir import Decision
from autom3l.spec import Spec

SKEWED = 1.5
# On the new scale the target has to be at least this much straighter.
STRAIGHTER = 0.5

Transform = Literal["none", "log1p"]


def choose_transform(spec: Spec, target: Target) -> tuple[Transform, Decision]:
    """`log1p` for a long right tail of numbers that are never negative."""
    if spec.metric == "rmsle":
        reason = "rmsle is the rmse of log1p, so that is what is learned."
        return _decide("log1p", reason, "")
    if target.minimum < 0:
        evidence = f"minimum {target.minimum:g}"
        return _decide("none", "Negative numbers have no logarithm.", evidence)
    skew, straight = skewness(target.values), skewness(np.log1p(target.values))
    evidence = f"skewness {skew:.2f}, {straight:.2f} after log1p"
    if skew > SKEWED and abs(straight) < STRAIGHTER * skew:
        reason = (
            f"A skewness above {SKEWED:g} lets a few large values rule the loss; "
            "predictions are turned back with expm1."
        )
        return _decide("log1p", reason, evidence)
    reason = f"The target is not skewed above {SKEWED:g}, or a logarithm won't mend it."
    return _decide("none", reason, evidence)


def skewness(values: npt.NDArray[np.float64]) -> float:
    """The third standardised moment; 0 for constant or no values."""
    if not len(values) or not values.std():
        return 0.0
    return float((((values - values.mean()) / values.std()) ** 3).mean())


def _decide(
    choice: Transform, reason: str, evidence: str
) -> tuple[Transform, Decision]:
    return choice, Decision(
        section="task",
        subject="transform",
        choice=choice,
        reason=reason,
        source="rule",
        evidence=evidence,
    )
