"""Labels that allow no task are refused in words, with both facts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from autom3l.defaults.task import infer_task
from autom3l.diagnostics import PlanError
from autom3l.profile import DataProfile, TableSource
from autom3l.profiling import profile_data
from autom3l.spec import Spec, SpecData
from tables import AGES, ROWS, cycle, plan, problems

PRICES = [round(10 + (i * 7919 % 997) * 1.37, 2) for i in range(ROWS)]


def errors(folder: Path, labels: list[object], **spec: object) -> list[str]:
    return problems(folder, {"age": AGES, "y": labels}, "y", **spec)


@pytest.mark.parametrize(
    ("labels", "spec", "expected"),
    [
        (["NA"] * ROWS, {}, "target: target 'y' is empty in every row"),
        ([7] * ROWS, {}, "target: target 'y' is '7' in every row"),
        (
            [f"order-{i}" for i in range(ROWS)],
            {},
            "target: target 'y' looks like an identifier: 120 different labels in 120 "
            "rows, 'order-0', 'order-1', 'order-10' and 117 more (name the column to "
            "predict; classes have to repeat) [P109]",
        ),
        (
            [f"${price:,.2f}" for price in PRICES[5:]] + ["on request", "sold", *"abc"],
            {},
            "target: 5 of 120 labels of target 'y' are no numbers: 'a', 'b', 'c' and 2 "
            "more (write them as 1234.5, or all in one other way, or empty the cells) "
            "[P107]",
        ),
        (
            ["inf", *PRICES[1:]],
            {},
            "target: target 'y' holds infinite values: 'inf' (empty those cells, or "
            "replace them by a finite number) [P106]",
        ),
        (
            cycle("a", "b", "c"),
            {"task": "regression"},
            "target: task: regression, but 120 of 120 labels of target 'y' are no "
            "numbers: 'a', 'b', 'c' (write them as 1234.5, or all in one other way, "
            "or empty the cells) [P107]",
        ),
        (
            cycle("a", "b", "c"),
            {"task": "binary"},
            "task: task: binary, but target 'y' has 3 labels: 'a', 'b', 'c' (task: "
            "multiclass, or leave the other labels empty) [P108]",
        ),
        (
            cycle("a", "b", "c"),
            {"metric": "roc_auc"},
            "metric: metric 'roc_auc' does not score multiclass: target 'y' with 3 "
            "distinct labels (it scores binary, multilabel; for multiclass there are "
            "accuracy, balanced_accuracy, macro_f1, log_loss, quadratic_kappa) [P104]",
        ),
        (
            cycle("a", "b", "c"),
            {"metric": "quadratic_kappa"},
            "metric: metric 'quadratic_kappa' needs numbers as classes, target 'y' "
            "holds 'a', 'b', 'c' (number the classes in their order) [P105]",
        ),
        (
            [-1.5, *PRICES[1:]],
            {"metric": "rmsle"},
            "metric: metric 'rmsle' has no value below 0, target 'y' goes down to -1.5 "
            "(rmse or mae can score it) [P105]",
        ),
        (
            cycle("1", "1.0", "2", "3"),
            {},
            "target: target 'y' writes one number as '1', '1.0' (write it the same in "
            "every row: classes are taken as written) [P113]",
        ),
        (
            cycle("['a', 'b']", "['b']", "['a']"),
            {"task": "multilabel"},
            "target: target 'y' holds no lists of labels: \"['a', 'b']\"",
        ),
        (
            cycle("red", "green", "blue"),
            {"task": "multilabel"},
            "target: target 'y' holds no lists of labels: 'red', 'green', 'blue' "
            "(write the labels of a row as a|b|c, or name several 0/1 columns) [P112]",
        ),
    ],
)
def test_labels_that_allow_no_task(
    labels: list[object], spec: dict[str, object], expected: str, tmp_path: Path
) -> None:
    found = errors(tmp_path, labels, **spec)
    assert found[0].startswith(expected), found
    assert len(found) == 1


def test_a_target_that_is_not_there(tmp_path: Path) -> None:
    """The profiler says so first; a profile of another table says it here."""
    spec = Spec(str(tmp_path), "pets", SpecData("t.csv"), ("price",))
    with pytest.raises(PlanError, match=r"no target column 'price' .*\[P101\]"):
        infer_task(spec, DataProfile(TableSource(("t.csv",), "csv"), 0, (), {}))


def test_too_few_rows(tmp_path: Path) -> None:
    table = {"age": AGES[:6], "y": PRICES[:6]}
    assert problems(tmp_path, table, "y") == [
        "target: target 'y' has 6 labelled rows (at least 10 are needed) [P114]"
    ]
    rare = ["yes", "yes", *["no"] * (ROWS - 2)]
    assert errors(tmp_path, list(rare)) == [
        "target: label 'yes' of target 'y' has 2 rows (at least 5 are needed to train, "
        "validate and test) [P115]"
    ]


def test_labels_that_are_too_long_to_be_classes(tmp_path: Path) -> None:
    """The profiler lists no value above a thousand characters; the sample does."""
    table = {"age": AGES, "y": cycle("a" * 1200, "b" * 1200, "c")}
    assert len(plan(tmp_path, table, "y").task.classes) == 3
    spec = Spec(str(tmp_path), "pets", SpecData("train.csv"), ("y",))
    profile = profile_data(spec)
    column = replace(profile.column("y"), values=())
    with pytest.raises(PlanError, match=r"2 of the 3 labels of target 'y' are too"):
        infer_task(spec, replace(profile, columns=(column,)))


def test_too_many_classes(tmp_path: Path) -> None:
    labels = [f"class {i % 1001}" for i in range(2002)]
    table = {"age": cycle(*AGES, rows=2002), "y": list[object](labels)}
    assert problems(tmp_path, table, "y") == [
        "target: target 'y' has 1,001 classes, at most 1,000 are learned (task: "
        "regression for numbers; group rare classes otherwise) [P109]"
    ]


def test_several_targets_that_are_no_labels(tmp_path: Path) -> None:
    table = {
        "age": AGES,
        "a": cycle(0, 1, 2),
        "b": cycle("yes", "no"),
        "c": [1] * ROWS,
        "d": ["NA"] * ROWS,
    }
    assert problems(tmp_path, table, ("a", "b", "c", "d")) == [
        "target: target 'a' holds '2' (several targets have to be columns of 0 and 1) "
        "[P111]",
        "target: target 'b' holds 'yes', 'no' (several targets have to be columns of 0 "
        "and 1) [P111]",
        "target: target 'c' is '1' in every row (leave it out) [P103]",
        "target: target 'd' holds nothing (several targets have to be columns of 0 and "
        "1) [P111]",
    ]
    two = {"a": cycle(0, 1), "b": cycle(1, 0, 0)}
    assert problems(tmp_path, two, ("a", "b"), metric="r2")[0].endswith("[P104]")
    assert problems(tmp_path, two, ("a", "b"), task="regression")[0].endswith("[P110]")
