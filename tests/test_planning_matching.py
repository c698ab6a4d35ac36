"""A matching planned with a model: it knows what is asked, and may change pairs."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from autom3l.ir import Pipeline
from golden_tables import offers
from llm_server import Script
from ruamel.yaml import YAML
from test_planning import WHY, planned, run, server


def matching(folder: Path, script: Script) -> Path:
    """The spec of the golden matching, with the server as its model."""
    offers(folder, Random(1))  # noqa: S311 (no secret)
    spec = {
        "data": {"train": "train.csv"},
        "target": "match",
        "task": "matching",
        "constraints": {"offline": True},
        "llm": {"model": "tester", "base_url": script.base_url},
    }
    path = folder / "offers.yaml"
    with path.open("w") as file:
        YAML().dump(spec, file)
    return path


def plan(folder: Path, **answers: Any) -> tuple[Pipeline, list[str]]:
    """The pipeline and what the model was asked."""
    with server(**answers) as script:
        spec = matching(folder, script)
        result = run(spec)
        assert result.exit_code == 0, result.stderr
        asked = [json.dumps(b) for b in script.requests if "response_format" in b]
    return planned(spec), asked


def names(pipeline: Pipeline) -> set[str]:
    return {item.name for item in pipeline.derived}


def test_every_pass_knows_that_two_sides_are_compared(tmp_path: Path) -> None:
    pipeline, asked = plan(tmp_path)
    assert len(pipeline.pairs) == 4
    assert all("two sides of a row" in question for question in asked)
    assert "title_code_overlap" in names(pipeline)


def test_a_model_derives_beside_what_the_rules_compare(tmp_path: Path) -> None:
    dearer = {
        "name": "dearer",
        "kind": "difference",
        "inputs": ["left_price", "right_price"],
        "by": "",
        **WHY,
    }
    pipeline, _ = plan(
        tmp_path, select_features={"drops": [], "keeps": [], "derived": [dearer]}
    )
    assert {"dearer", "price_relative_difference"} <= names(pipeline)


def test_what_a_model_drops_is_compared_no_more(tmp_path: Path) -> None:
    drop = {"column": "right_price", "role": "leak", **WHY}
    pipeline, _ = plan(
        tmp_path, select_features={"drops": [drop], "keeps": [], "derived": []}
    )
    assert "price_relative_difference" not in names(pipeline)
    assert "right_price" not in {pair.right for pair in pipeline.pairs}


def test_what_a_model_reads_otherwise_is_compared_otherwise(tmp_path: Path) -> None:
    change = {
        "column": "left_maker",
        "modality": "text",
        "levels": [],
        "separator": "",
        "format": "",
        **WHY,
    }
    pipeline, _ = plan(tmp_path, infer_modalities={"changes": [change]})
    assert {"maker_word_overlap", "maker_letter_overlap"} <= names(pipeline)
    modalities = {column.name: column.modality for column in pipeline.columns}
    assert modalities["left_maker"] == modalities["right_maker"] == "text"
