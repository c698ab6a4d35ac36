"""Rows are divided as the spec asks, else as the task and their number call for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy
import pytest
from autom3l.defaults.split import _usual_share
from autom3l.ir import Split
from autom3l.spec import SpecData, SpecSplit
from tables import AGES, ROWS, SPEED, Table, cycle, decision, plan, problems

COLUMNS: Table = {
    "age": AGES,
    "part": cycle("Train", "train", "val", "TEST"),
    "owner": [f"o{i % 40}" for i in range(ROWS)],
    "day": [f"2024-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(ROWS)],
    "y": SPEED,
}


def split_of(folder: Path, **spec: object) -> Split:
    return plan(folder, COLUMNS, "y", **spec).split


def test_classes_are_stratified_and_small_tables_hold_out_more(tmp_path: Path) -> None:
    assert split_of(tmp_path) == Split("stratified", 0.15, 0.15)
    assert split_of(tmp_path, task="regression") == Split("random", 0.15, 0.15)
    tested = SpecData("train.csv", test="test.csv")
    assert split_of(tmp_path, data=tested) == Split("stratified", 0.2, 0.0)
    both = replace(tested, validation="valid.csv")
    assert split_of(tmp_path, data=both) == Split("given", 0.0, 0.0)
    asked = SpecSplit(validation=0.25)
    assert split_of(tmp_path, split=asked) == Split("stratified", 0.25, 0.15)


def test_large_tables_hold_out_less(tmp_path: Path) -> None:
    ages = numpy.random.default_rng(0).integers(18, 90, 4000).tolist()
    table: Table = {"age": ages, "y": cycle(0, 1, rows=4000)}
    assert plan(tmp_path, table, "y").split == Split("stratified", 0.1, 0.1)


@pytest.mark.parametrize(
    ("rows", "share", "reason"),
    [
        (300, "0.15", "The most that a small table spares: 200 rows would measure"),
        (1600, "0.125", "200 rows: a tenth of so few would measure by chance."),
        (4000, "0.1", "A tenth of the rows."),
    ],
)
def test_the_reason_of_a_share_is_the_reason(
    rows: int, share: str, reason: str, tmp_path: Path
) -> None:
    ages = numpy.random.default_rng(0).integers(18, 90, rows).tolist()
    table: Table = {"age": ages, "y": cycle(0, 1, rows=rows)}
    made = decision(plan(tmp_path, table, "y"), "split", "test")
    assert made.choice == share
    assert made.reason.startswith(reason)


def test_a_huge_table_holds_out_as_many_rows_as_measure_well() -> None:
    share, reason = _usual_share(1_000_000, 2)
    assert share == 0.01
    assert reason.startswith("10,000 rows: more of them")


@pytest.mark.parametrize(
    ("kind", "column", "share", "role"),
    [
        ("column", "part", 0.0, "split"),
        ("group", "owner", 0.15, "split"),
        ("time", "day", 0.15, "feature"),
    ],
)
def test_a_split_by_a_column(
    kind: str, column: str, share: float, role: str, tmp_path: Path
) -> None:
    asked = SpecSplit(kind=kind, column=column)  # type: ignore[arg-type]
    pipeline = plan(tmp_path, COLUMNS, "y", split=asked)
    assert pipeline.split == Split(asked.kind or "random", share, share, column)
    (found,) = [c for c in pipeline.columns if c.name == column]
    assert found.role == role


@pytest.mark.parametrize(
    ("split", "spec", "expected"),
    [
        (
            SpecSplit(kind="stratified"),
            {"task": "regression"},
            "split.kind: split kind 'stratified' needs classes, but the task is "
            "regression (random, group or time fit) [P121]",
        ),
        (
            SpecSplit(kind="column", column="owner"),
            {"data": SpecData("train.csv", test="test.csv")},
            "data.test: data.test names a table, but split.column says what a row is "
            "(remove one of the two) [P122]",
        ),
        (
            SpecSplit(kind="time", column="owner"),
            {},
            "split.column: a time split needs dates or numbers, but 'owner' is "
            "categorical (pin its modality and format under columns) [P123]",
        ),
        (
            SpecSplit(kind="group", column="sex"),
            {},
            "split.column: column 'sex' has 2 groups for three parts (name a column "
            "with more) [P124]",
        ),
    ],
)
def test_a_split_that_the_data_cannot_give(
    split: SpecSplit, spec: dict[str, object], expected: str, tmp_path: Path
) -> None:
    table: Table = {
        "age": AGES,
        "owner": [f"o{i % 9}" for i in range(ROWS)],
        "sex": cycle("f", "m"),
        "y": SPEED,
    }
    assert problems(tmp_path, table, "y", split=split, **spec)[0] == expected


def test_a_part_without_rows_is_named(tmp_path: Path) -> None:
    table: Table = {"age": AGES, "part": cycle("train", "holdout"), "y": SPEED}
    asked = SpecSplit(kind="column", column="part")
    assert problems(tmp_path, table, "y", split=asked) == [
        "split.column: column 'part' has no validation rows; it holds 'train', "
        "'holdout' (such rows are marked 'val' or 'valid' or 'validation' or 'dev') "
        "[P122]",
        "split.column: column 'part' has no test rows; it holds 'train', 'holdout' "
        "(such rows are marked 'test') [P122]",
    ]


def test_an_entity_in_many_rows_is_pointed_out_and_not_forced(tmp_path: Path) -> None:
    owners = [f"{i % 30 * 7919:08x}b5c2d9e1" for i in range(ROWS)]
    pipeline = plan(tmp_path, {"age": AGES, "owner_id": owners, "y": SPEED}, "y")
    assert pipeline.split.kind == "stratified"
    hint = decision(pipeline, "split", "groups of owner_id")
    assert "{kind: group, column: owner_id}" in hint.reason
    assert hint.evidence == "each value comes in 4.0 rows on average"
