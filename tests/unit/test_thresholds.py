"""The threshold that an emitted project fits is the best one for its metric."""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from autom3l.column import Column
from autom3l.encoders import Encoders, TabularEncoder
from autom3l.ir import Data, Fusion, Metric, Pipeline, Split, Task, Training
from autom3l.rendering import render
from autom3l.resources import templates_dir
from autom3l.rewrites import rewrite

pytestmark = pytest.mark.slow  # sklearn and torch are imported


def project(metric: Metric) -> Pipeline:
    return Pipeline(
        version=1,
        name=metric,
        package=f"fitted_{metric}",
        data=Data(root="..", train="pets.csv", format="csv"),
        task=Task("binary", ("sold",), metric, classes=("no", "yes")),
        split=Split(kind="random", validation=0.1, test=0.1),
        columns=(Column("age", "numeric"),),
        encoders=Encoders(tabular=TabularEncoder("mlp_ple", 8, 4, 4)),
        fusion=Fusion(2, 1, 8, 0.1, 0.0, 4, 0.5),
        training=Training(1, 8, 1e-3, 0.0, 0.1, 1, 1, threshold=True),
    )


@pytest.mark.parametrize("positives", [0.1, 0.8])
@pytest.mark.parametrize("metric", ["f1", "macro_f1", "balanced_accuracy"])
def test_no_other_threshold_is_better(
    metric: Metric, positives: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sklearn.metrics import balanced_accuracy_score, f1_score

    package = tmp_path / f"fitted_{metric}"
    for path, text in rewrite(render(project(metric), [templates_dir()])).items():
        if path.startswith(package.name):
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    target = importlib.import_module(f"{package.name}.target")

    draw = np.random.default_rng(0)
    truth = (draw.random(200) < positives).astype(int)
    positive = np.clip(draw.normal(0.3 + 0.3 * truth, 0.2), 0, 1)
    probabilities = np.stack([1 - positive, positive], axis=1)
    score = {
        "f1": f1_score,
        "macro_f1": partial(f1_score, average="macro"),
        "balanced_accuracy": balanced_accuracy_score,
    }[metric]
    best = max(score(truth, positive >= cut) for cut in positive)
    fitted = target.fit_decision(probabilities, truth)
    assert score(truth, target.decide(probabilities, fitted)) == pytest.approx(best)
    assert fitted not in positive  # which leaves room on both sides
    assert target.fit_decision(probabilities, np.ones(200, int)) == 0.5
    assert target.fit_decision(probabilities, np.zeros(200, int)) == 0.5
