"""What is tuned by default, and what the user fixes."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from autom3l.defaults.search import choose_search
from autom3l.ir import Pipeline
from autom3l.rendering import render
from autom3l.resources import templates_dir
from autom3l.search import Search
from autom3l.searchable import own_value, searchable
from autom3l.spec import SpecSearch
from hypothesis import given, settings
from mutations import VALID, numbers
from strategies import pipelines
from tables import AGES, ENGLISH, SPEED, plan

NOTHING_PINNED = SpecSearch()


def chosen(pipeline: Pipeline, wanted: SpecSearch = NOTHING_PINNED) -> Search:
    search, _ = choose_search(pipeline, wanted, 500)
    assert search is not None
    return search


def test_the_space_is_small_and_around_the_pipeline(tmp_path: Path) -> None:
    pipeline = plan(tmp_path, {"age": AGES, "y": SPEED}, "y")
    assert pipeline.search is not None
    space = {d.key: d.text() for d in pipeline.search.dimensions}
    assert space == {
        "model.layers": "1 to 4",
        "model.width": "96 to 384 in steps of 96",
        "model.dropout": "0 to 0.5",
        "train.batch_size": "16 to 64 in steps of 16",
        "train.lr": "0.00025 to 0.008 on a log scale",
        "train.weight_decay": "0.0001 to 0.1 on a log scale",
    }
    assert (pipeline.search.engine, pipeline.search.minutes) == ("optuna", 0)
    subjects = [d.subject for d in pipeline.decisions if d.section == "search"]
    assert subjects == ["space", "trials", "minutes", "engine"]


def test_what_only_some_pipelines_have_is_only_searched_there(tmp_path: Path) -> None:
    table = {"age": AGES, "about": ENGLISH, "y": SPEED}
    keys = {d.key for d in chosen(plan(tmp_path, table, "y")).dimensions}
    assert {"model.modality_dropout", "model.adapter_dropout"} <= keys
    texts = {
        d.key
        for d in chosen(plan(tmp_path, {"a": ENGLISH, "y": SPEED}, "y")).dimensions
    }
    assert "model.modality_dropout" not in texts
    assert "model.adapter_dropout" in texts


def test_more_dimensions_get_more_trials_and_many_rows_fewer() -> None:
    few, _ = choose_search(VALID, NOTHING_PINNED, 500)
    many, _ = choose_search(VALID, NOTHING_PINNED, 50_000)
    less = chosen(VALID, SpecSearch(fixed=("train.lr",)))
    assert few and many
    assert many.trials < less.trials < few.trials


def test_what_the_user_fixes_is_not_searched(tmp_path: Path) -> None:
    wanted = SpecSearch("ray", 7, 30, ("train.batch_size", "train.lr"))
    pipeline = plan(tmp_path, {"age": AGES, "y": SPEED}, "y", search=wanted)
    search = pipeline.search
    assert search is not None
    assert (search.engine, search.trials, search.minutes) == ("ray", 7, 30)
    assert not {d.key for d in search.dimensions} & {*wanted.fixed}
    by_user = {d.subject for d in pipeline.decisions if d.source == "spec"}
    assert {"trials", "minutes", "engine"} <= by_user


def test_where_everything_is_fixed_nothing_is_tuned() -> None:
    search, [why] = choose_search(VALID, SpecSearch(fixed=tuple(searchable(VALID))), 9)
    assert search is None
    assert why.choice == "no search"
    tree = render(VALID, [templates_dir()])
    assert not [path for path, text in tree.items() if "tune" in text]


def test_a_search_has_its_files_and_its_extra() -> None:
    tree = render(replace(VALID, search=chosen(VALID)), [templates_dir()])
    assert {"pets/tune.py", "pets/search.py", "configs/search.toml"} <= {*tree}
    extras = tomllib.loads(tree["pyproject.toml"])["project"]["optional-dependencies"]
    assert "optuna" in " ".join(extras["tune"])


@pytest.mark.parametrize("width", [4, 12, 20, 96, 100, 128])
def test_widths_are_divided_among_the_heads_of_attention(width: int) -> None:
    pipeline = numbers("fusion", kind="attention", width=width)(VALID)
    [found] = [d for d in chosen(pipeline).dimensions if d.key == "model.width"]
    assert found.low % 4 == found.step % 4 == 0


@settings(max_examples=30, deadline=None)
@given(pipelines())
def test_what_is_searched_stands_in_the_configuration(pipeline: Pipeline) -> None:
    tree = render(pipeline, [templates_dir()])
    base = tomllib.loads(tree["configs/base.toml"])
    for key in searchable(pipeline):
        table, _, name = key.partition(".")
        assert base[table][name] == own_value(pipeline, key)
    if pipeline.search is None:
        return
    written = tomllib.loads(tree["configs/search.toml"])
    found = {
        d.key: {"choices": [*d.choices]} if d.choices else (d.low, d.high)
        for d in pipeline.search.dimensions
    }
    assert found == {
        key: limits if "choices" in limits else (limits["low"], limits["high"])
        for key, limits in written["space"].items()
    }
    points = [{at.key: at.value for at in p} for p in pipeline.search.first_points]
    assert written.get("first_points", []) == points
