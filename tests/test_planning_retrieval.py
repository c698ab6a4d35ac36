"""A retrieval planned with a model: it knows the sides, and sets what vectors have."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from autom3l.ir import Pipeline
from golden_tables import shelves
from llm_server import Script
from ruamel.yaml import YAML
from test_planning import WHY, planned, run, server


def searching(folder: Path, script: Script) -> Path:
    """The spec of the golden retrieval, with the server as its model."""
    shelves(folder, Random(1))  # noqa: S311 (no secret)
    spec = {
        "data": {"train": "train.csv"},
        "task": "retrieval",
        "left": ["shot", "shelf"],
        "right": "product_",
        "constraints": {"offline": True},
        "llm": {"model": "tester", "base_url": script.base_url},
    }
    path = folder / "shelves.yaml"
    with path.open("w") as file:
        YAML().dump(spec, file)
    return path


def plan(folder: Path, **answers: Any) -> tuple[Pipeline, list[str]]:
    """The pipeline and what the model was asked."""
    with server(**answers) as script:
        spec = searching(folder, script)
        result = run(spec)
        assert result.exit_code == 0, result.stderr
        asked = [json.dumps(b) for b in script.requests if "response_format" in b]
    return planned(spec), asked


def test_every_pass_knows_which_side_finds_which(tmp_path: Path) -> None:
    pipeline, asked = plan(tmp_path)
    assert pipeline.retrieval and pipeline.retrieval.two_sided
    assert len(asked) >= 5  # of a card alone, nothing is asked
    assert all("the query of a row is to find its item" in text for text in asked)


def test_a_model_sets_what_vectors_have(tmp_path: Path) -> None:
    change = {"setting": "retrieval.hard_negatives", "value": "true", **WHY}
    pipeline, asked = plan(tmp_path, assemble_pipeline={"changes": [change]})
    assert pipeline.retrieval and pipeline.retrieval.hard_negatives
    assert any("retrieval.hard_negatives" in text for text in asked)
    assert not any("fusion.members" in text for text in asked)


def test_what_a_model_drops_is_no_side(tmp_path: Path) -> None:
    drop = {"column": "product_kind", "role": "irrelevant", **WHY}
    pipeline, _ = plan(
        tmp_path, select_features={"drops": [drop], "keeps": [], "derived": []}
    )
    assert pipeline.retrieval
    assert pipeline.retrieval.item == ("product_name", "product_photo")
