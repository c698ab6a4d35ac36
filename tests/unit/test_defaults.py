"""The rest of the default pipeline: names, recipe, decisions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy
import pytest
from autom3l.defaults.naming import package_name
from autom3l.ir_json import from_json, to_json
from autom3l.spec import SpecData
from PIL import Image
from tables import AGES, ENGLISH, ROWS, SPEED, Table, cycle, plan


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    names = [f"{i}.png" for i in range(ROWS)]
    for i, name in enumerate(names):
        Image.new("RGB", (8, 8), (i, 2 * i, 99)).save(tmp_path / name)
    return names


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("pet-adoption", "pet_adoption"),
        ("Pets2", "pets2"),
        ("torch", "torch_model"),
        ("Test", "test_model"),
        ("class", "class_model"),
        ("match", "match_model"),
        ("data", "data_model"),
        ("JSON", "json_model"),
        ("2024-sales", "project_2024_sales"),
        ("é", "project"),
    ],
)
def test_a_package_can_be_imported_beside_its_dependencies(
    name: str, package: str
) -> None:
    assert package_name(name) == package


def test_the_recipe_follows_the_rows(tmp_path: Path) -> None:
    few = plan(tmp_path, {"age": AGES, "y": SPEED}, "y")
    ages = numpy.random.default_rng(0).integers(18, 90, 8000).tolist()
    table: Table = {"age": ages, "y": cycle(0, 1, rows=8000)}
    many = plan(tmp_path, table, "y")
    assert few.training.epochs > many.training.epochs
    assert few.training.batch_size < many.training.batch_size
    assert few.fusion.dropout > many.fusion.dropout
    assert few.encoders.tabular and many.encoders.tabular
    assert few.encoders.tabular.bins < many.encoders.tabular.bins


@pytest.mark.parametrize(
    ("metric", "weights", "threshold"),
    [
        ("roc_auc", False, False),
        ("accuracy", False, False),
        ("balanced_accuracy", False, True),
        ("f1", False, True),
        ("macro_f1", False, True),
    ],
)
def test_a_fitted_threshold_makes_up_for_rare_classes(
    metric: str, weights: bool, threshold: bool, tmp_path: Path
) -> None:
    rare = ["yes" if i % 12 == 5 else "no" for i in range(ROWS)]
    training = plan(tmp_path, {"age": AGES, "y": rare}, "y", metric=metric).training
    assert (training.class_weights, training.threshold) == (weights, threshold)
    even = plan(tmp_path, {"age": AGES, "y": cycle("yes", "no")}, "y", metric=metric)
    assert not even.training.class_weights


def test_rare_classes_are_weighted_where_there_is_no_threshold(tmp_path: Path) -> None:
    rare = ["a" if i % 2 else "b" if i % 12 else "c" for i in range(ROWS)]
    table: Table = {"age": AGES, "y": rare}
    assert plan(tmp_path, table, "y", metric="macro_f1").training.class_weights
    assert not plan(tmp_path, table, "y", metric="accuracy").training.class_weights


def test_kappa_fits_its_thresholds(tmp_path: Path) -> None:
    table: Table = {"age": AGES, "y": SPEED}
    assert plan(tmp_path, table, "y", metric="quadratic_kappa").training.threshold
    assert not plan(tmp_path, table, "y").training.threshold


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    table: Table = {"age": AGES, "about": ENGLISH, "y": SPEED}
    first, second = (to_json(plan(tmp_path, table, "y")) for _ in range(2))
    assert first == second
    assert to_json(from_json(first)) == first
    assert str(tmp_path) not in first


def test_a_name_that_looks_like_a_glob_is_no_glob_in_the_pipeline(
    tmp_path: Path,
) -> None:
    (tmp_path / "t[1].csv").write_text(
        "age,y\n" + "".join(f"{age},{i % 2}\n" for i, age in enumerate(AGES))
    )
    for name in ("t[1].csv", "t[[]1].csv", "t*1*.csv"):
        table: Table = {"age": AGES, "y": cycle(0, 1)}
        found = plan(tmp_path, table, "y", data=SpecData(name)).data.train
        assert found == ("t[[]1].csv" if name == "t[1].csv" else name)


def test_every_decision_has_a_reason(tmp_path: Path, photos: list[str]) -> None:
    table: Table = {"age": AGES, "about": ENGLISH, "photo": photos, "y": SPEED}
    pipeline = plan(tmp_path, table, "y", name="torch")
    decided = {(d.section, d.subject) for d in pipeline.decisions}
    assert {
        *(("data", "package"), ("task", "kind"), ("task", "metric")),
        *(("split", "kind"), ("split", "test"), ("ensemble", "folds")),
        *(("columns", "age"), ("columns", "about"), ("columns", "photo")),
        *(("encoders", "tabular"), ("encoders", "text"), ("encoders", "image")),
        *(("fusion", "fusion"), ("training", "schedule")),
    } <= decided
    assert len(decided) == len(pipeline.decisions)
    for found in pipeline.decisions:
        assert found.choice and found.reason.endswith("."), found


def test_hostile_names_stay_data(tmp_path: Path) -> None:
    name = '"""\n{{ 7 * 7 }} \\ \N{GRINNING FACE}'
    pipeline = plan(tmp_path, {name: AGES, "y ": SPEED}, "y ")
    assert json.loads(to_json(pipeline))["columns"][0]["name"] == name
