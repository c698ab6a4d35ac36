"""The pass that defines what is tuned: a scripted server answers it over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

from autom3l.ir import Pipeline
from autom3l.searchable import SEARCHABLE
from test_planning import (
    NOTHING_SEARCHED,
    RATE,
    TRIALS,
    WHY,
    compiled,
    name_of,
    prompt_of,
)


def space(pipeline: Pipeline) -> dict[str, str]:
    """What is searched, in words."""
    assert pipeline.search is not None
    return {d.key: d.text() for d in pipeline.search.dimensions}


def test_a_directive_keeps_a_value_out_of_the_search(tmp_path: Path) -> None:
    fixed = {"key": "train.batch_size", **WHY, "directive": "search"}
    pipeline, result, script = compiled(
        tmp_path,
        {"directives": {"search": "do not tune the batch size"}},
        define_search={**NOTHING_SEARCHED, "fixed": [fixed]},
    )
    assert "train.batch_size" not in space(pipeline)
    assert "train.lr" in space(pipeline)
    said = "directive search (do not tune the batch size): train.batch_size: not"
    assert said in result.stderr
    [prompt] = [prompt_of(b) for b in script.requests if name_of(b) == "define_search"]
    assert "search: do not tune the batch size" in prompt
    assert '"key": "train.batch_size", "now": 32, "searched": "16 to 64' in prompt


def test_a_search_is_ranged_begun_and_limited(tmp_path: Path) -> None:
    width = {
        **RATE,
        "key": "model.width",
        "distribution": "categorical",
        "low": 0,
        "high": 0,
        "log": False,
        "choices": [64, 192],
    }
    values = [{"key": "model.width", "number": 64}, {"key": "train.lr", "number": 5e-3}]
    minutes = {"setting": "minutes", "value": "45", **WHY}
    pipeline, _, _ = compiled(
        tmp_path,
        define_search={
            "ranges": [RATE, width],
            "fixed": [],
            "first_points": [{"values": values, **WHY}],
            "budget": [TRIALS, minutes],
        },
    )
    search = pipeline.search
    assert search is not None
    assert (search.trials, search.minutes, search.engine) == (12, 45, "optuna")
    assert space(pipeline)["train.lr"] == "0.001 to 0.01 on a log scale"
    assert space(pipeline)["model.width"] == "64, 192"
    [point] = search.first_points
    assert [(at.key, at.value) for at in point] == [
        ("model.width", 64),
        ("train.lr", 0.005),
    ]
    by_model = {d.subject for d in pipeline.decisions if d.source == "llm"}
    assert by_model == {
        *("train.lr", "model.width", "first point 1", "trials", "minutes")
    }


def test_the_space_follows_a_recipe_that_was_changed(tmp_path: Path) -> None:
    change = {"setting": "training.lr", "value": "1e-3", **WHY}
    pipeline, _, _ = compiled(tmp_path, assemble_pipeline={"changes": [change]})
    assert space(pipeline)["train.lr"] == "0.00013 to 0.004 on a log scale"


def test_what_the_user_pins_of_a_search_is_not_asked(tmp_path: Path) -> None:
    pins = {"trials": 9, "engine": "optuna", "fixed": ["train.lr"]}
    _, _, script = compiled(tmp_path, {"search": pins})
    [asked_for] = [b for b in script.requests if name_of(b) == "define_search"]
    schema = json.dumps(asked_for["response_format"])
    assert '"enum": ["minutes"]' in schema
    assert "train.lr" not in schema
    assert "## Fixed by the user\ntrain.lr" in prompt_of(asked_for)


def test_where_everything_is_fixed_nobody_is_asked(tmp_path: Path) -> None:
    keys = [*SEARCHABLE]
    pipeline, _, script = compiled(tmp_path, {"search": {"fixed": keys}})
    assert pipeline.search is None
    assert "define_search" not in [name_of(b) for b in script.requests]
