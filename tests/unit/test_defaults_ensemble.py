"""Networks per fold where rows are few, trees where there is a table."""

from __future__ import annotations

from pathlib import Path

from autom3l.ir import Ensemble
from autom3l.spec import Constraints, SpecSplit
from PIL import Image
from tables import AGES, ENGLISH, ROWS, SPEED, Table, cycle, decision, plan


def test_few_rows_get_a_network_per_fold_and_trees(tmp_path: Path) -> None:
    pipeline = plan(tmp_path, {"age": AGES, "y": SPEED}, "y")
    assert pipeline.ensemble == Ensemble(5, "table")
    assert "training rows" in decision(pipeline, "ensemble", "folds").evidence


def test_many_rows_get_one_network(tmp_path: Path) -> None:
    rows = 8000
    table: Table = {"age": cycle(*range(41), rows=rows), "y": cycle(0, 1, rows=rows)}
    assert plan(tmp_path, table, "y").ensemble == Ensemble(1, "table")


def test_rows_that_time_divides_are_not_folded(tmp_path: Path) -> None:
    table: Table = {"year": AGES, "age": AGES[::-1], "y": SPEED}
    split = SpecSplit(kind="time", column="year")
    pipeline = plan(tmp_path, table, "y", split=split)
    assert pipeline.ensemble.folds == 1
    assert "which of them validate" in decision(pipeline, "ensemble", "folds").reason


def test_a_network_that_learns_from_pixels_is_trained_once(tmp_path: Path) -> None:
    names = [f"{i}.png" for i in range(ROWS)]
    for i, name in enumerate(names):
        Image.new("RGB", (8, 8), (i, 2 * i, 99)).save(tmp_path / name)
    table: Table = {"photo": names, "age": AGES, "y": SPEED}
    scratch = plan(tmp_path, table, "y", constraints=Constraints(offline=True))
    assert scratch.ensemble == Ensemble(1, "table")
    assert plan(tmp_path, table, "y").ensemble == Ensemble(5, "table")


def test_texts_alone_get_no_trees(tmp_path: Path) -> None:
    pipeline = plan(tmp_path, {"about": ENGLISH, "y": SPEED}, "y")
    assert pipeline.ensemble.trees == "none"
