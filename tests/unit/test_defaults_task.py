"""The task is read off the target's labels."""

from __future__ import annotations

from pathlib import Path

import pytest
from autom3l.column import NumberFormat
from autom3l.ir import Task
from autom3l.spec import ColumnPin
from tables import AGES, ROWS, Table, cycle, decision, plan

PRICES = [round(10 + (i * 7919 % 997) * 1.37, 2) for i in range(ROWS)]


def task_of(folder: Path, labels: list[object], **spec: object) -> Task:
    return plan(folder, {"age": AGES, "y": labels}, "y", **spec).task


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (cycle(0, 1), ("0", "1")),
        (cycle(1, 1, 1, 0), ("0", "1")),
        (cycle("yes", "no"), ("no", "yes")),
        (cycle("True", "False"), ("False", "True")),
        (cycle("1.0", "0.0"), ("0.0", "1.0")),
        (cycle(-1, 1), ("-1", "1")),
        (cycle("ham", "ham", "spam"), ("ham", "spam")),
        (cycle("nein", "ja", "ja"), ("nein", "ja")),
        (cycle("Oui", "Oui", "Non"), ("Non", "Oui")),
        (cycle("Да", "Да", "Нет"), ("Нет", "Да")),
        (cycle("dog", "dog", "dog", "cat"), ("dog", "cat")),
        (cycle("cat", "cat", "cat", "dog"), ("cat", "dog")),
    ],
)
def test_two_labels_are_negative_and_positive(
    labels: list[object], classes: tuple[str, ...], tmp_path: Path
) -> None:
    task = task_of(tmp_path, labels)
    assert (task.kind, task.metric, task.classes) == ("binary", "roc_auc", classes)


def test_the_spec_may_say_which_label_is_positive(tmp_path: Path) -> None:
    table = {"age": AGES, "y": cycle("dog", "dog", "dog", "cat")}
    pinned = plan(tmp_path, table, "y", columns={"y": ColumnPin(levels=("cat", "dog"))})
    assert pinned.task.classes == ("cat", "dog")
    made = decision(pinned, "task", "positive class")
    assert (made.choice, made.source, made.confidence) == ("'dog'", "spec", 1.0)
    assert made.evidence.startswith("the rules say: 'cat'. Neither label")


def test_a_guessed_positive_class_is_less_sure(tmp_path: Path) -> None:
    table = {"age": AGES, "y": cycle("dog", "dog", "dog", "cat")}
    guessed = decision(plan(tmp_path, table, "y"), "task", "positive class")
    assert (guessed.choice, guessed.confidence) == ("'cat'", 0.7)
    assert guessed.evidence == "23.3% of the rows are 'cat'"
    table = {"age": AGES, "y": cycle("no", "yes", "yes")}
    assert (
        decision(plan(tmp_path, table, "y"), "task", "positive class").confidence == 1.0
    )


@pytest.mark.parametrize(
    ("labels", "classes", "ordered"),
    [
        (cycle(0, 1, 2, 3, 4), ("0", "1", "2", "3", "4"), True),
        (cycle(5, 4, 3, 2, 1), ("1", "2", "3", "4", "5"), True),
        (cycle("2.0", "1.0", "3.0"), ("1.0", "2.0", "3.0"), True),
        (cycle(10, 2, 33), ("2", "10", "33"), False),
        (cycle(*range(12)), tuple(map(str, range(12))), True),
        (cycle("b", "c", "a"), ("a", "b", "c"), False),
        (cycle("1", "2", "3+"), ("1", "2", "3+"), False),
        (cycle("007", "008", "009"), ("007", "008", "009"), False),
    ],
)
def test_few_labels_are_classes(
    labels: list[object], classes: tuple[str, ...], ordered: bool, tmp_path: Path
) -> None:
    task = task_of(tmp_path, labels)
    assert (task.kind, task.metric) == ("multiclass", "accuracy")
    assert (task.classes, task.ordered) == (classes, ordered)


@pytest.mark.parametrize(
    "labels",
    [
        PRICES,
        [int(price) for price in PRICES],
        cycle(1.5, 2.5, 3.5, 4.5),
        list(range(30)) * 4,
    ],
)
def test_many_or_broken_numbers_are_measured(
    labels: list[object], tmp_path: Path
) -> None:
    task = task_of(tmp_path, labels)
    assert (task.kind, task.metric, task.classes) == ("regression", "r2", ())


def test_a_skewed_target_is_learned_as_its_logarithm(tmp_path: Path) -> None:
    skewed: list[object] = [round(2.0 ** (i % 12) * 100 + i, 1) for i in range(ROWS)]
    pipeline = plan(tmp_path, {"age": AGES, "y": skewed}, "y")
    assert pipeline.task.transform == "log1p"
    chosen = decision(pipeline, "task", "transform")
    assert chosen.evidence.startswith("skewness 2.03, 0.07")
    assert "above 1.5" in chosen.reason
    assert task_of(tmp_path, list(PRICES)).transform == "none"
    assert task_of(tmp_path, [-1.0, *skewed[1:]]).transform == "none"
    assert task_of(tmp_path, list(PRICES), metric="rmsle").transform == "log1p"


def test_several_columns_of_0_and_1_are_labels(tmp_path: Path) -> None:
    table = {"age": AGES, "a": cycle(0, 1), "b": cycle(1, 0, 0)}
    task = plan(tmp_path, table, ("a", "b")).task
    assert task == Task("multilabel", ("a", "b"), "macro_f1", ("a", "b"))


def test_lists_are_labels(tmp_path: Path) -> None:
    task = task_of(tmp_path, cycle("red|green", "blue", "green", "blue|red", "red"))
    assert (task.kind, task.separator) == ("multilabel", "|")
    assert task.classes == ("blue", "green", "red")


def test_a_spec_may_say_that_a_cell_is_a_list(tmp_path: Path) -> None:
    labels = cycle("red green", "blue", "green")
    assert task_of(tmp_path, labels).kind == "multiclass"
    task = task_of(tmp_path, labels, task="multilabel")
    assert (task.separator, task.classes) == (" ", ("blue", "green", "red"))


@pytest.mark.parametrize(
    ("metric", "kind", "ordered"),
    [
        ("rmse", "regression", False),
        ("quadratic_kappa", "multiclass", True),
        ("macro_f1", "multiclass", True),
    ],
)
def test_a_metric_settles_what_ratings_are(
    metric: str, kind: str, ordered: bool, tmp_path: Path
) -> None:
    task = task_of(tmp_path, cycle(1, 2, 3, 4, 5), metric=metric)
    assert (task.kind, task.metric, task.ordered) == (kind, metric, ordered)


def test_the_spec_wins_over_the_rules(tmp_path: Path) -> None:
    table = {"age": AGES, "y": cycle(1, 2, 3, 4, 5)}
    pipeline = plan(tmp_path, table, "y", task="regression", metric="mae")
    assert (pipeline.task.kind, pipeline.task.metric) == ("regression", "mae")
    assert decision(pipeline, "task", "kind").source == "spec"
    assert decision(pipeline, "task", "metric").source == "spec"


def test_rows_without_a_label_are_left_out_and_counted(tmp_path: Path) -> None:
    pipeline = plan(tmp_path, {"age": AGES, "y": ["NA", "", "n/a", *PRICES[3:]]}, "y")
    assert pipeline.task.kind == "regression"
    assert pipeline.task.missing == ("NA", "n/a")
    left = decision(pipeline, "task", "rows without y")
    assert left.evidence == "3 rows are empty or hold 'NA', 'n/a'"


def test_none_may_be_a_class(tmp_path: Path) -> None:
    task = task_of(tmp_path, cycle("none", "mild", "severe", "NA"))
    assert task.classes == ("mild", "none", "severe")
    assert task.missing == ("NA",)


def test_rare_classes_and_spellings_lower_the_confidence(tmp_path: Path) -> None:
    labels = ["Cat", "odd", *cycle("cat", "dog", "cow", rows=ROWS - 2)]
    pipeline = plan(tmp_path, {"age": AGES, "y": labels}, "y")
    assert decision(pipeline, "task", "classes").evidence == (
        "2 have under 5 rows: 'Cat', 'odd'"
    )
    assert (
        decision(pipeline, "task", "spellings of 'cat'").evidence == "'cat' 43, 'Cat' 1"
    )


def german(number: float) -> str:
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize(
    ("labels", "number"),
    [
        ([f"${n:,.2f}" for n in PRICES], NumberFormat(("$",), ",")),
        ([f"{n:.1f} kg" for n in PRICES], NumberFormat(("kg",))),
        ([f"{n:.2f}%" for n in PRICES], NumberFormat(("%",))),
        ([german(n) for n in PRICES], NumberFormat((" ", "\xa0", "\u202f"), ".", ",")),
        ([f" {n} " for n in PRICES], None),
        (PRICES, None),
    ],
)
def test_a_target_may_be_written_with_signs_and_units(
    labels: list[object], number: NumberFormat | None, tmp_path: Path
) -> None:
    made = plan(tmp_path, {"age": AGES, "y": [*labels[2:], "n/a", "n/a"]}, "y")
    assert made.task.kind == "regression"
    assert made.task.number == number
    assert made.task.missing == ("n/a",)
    subjects = [d.subject for d in made.decisions if d.section == "task"]
    assert ("numbers of y" in subjects) == bool(number)


def test_how_the_target_is_read_is_told(tmp_path: Path) -> None:
    labels = ["$1,200", *(f"${n:,.2f}" for n in PRICES[2:]), "$1,200"]
    made = plan(tmp_path, {"age": AGES, "y": labels}, "y")
    assert decision(made, "task", "numbers of y").choice == "'$1,200' is 1200"
    assert decision(made, "task", "transform").evidence.startswith("skewness")


def test_a_leak_is_seen_whatever_the_target_is_written_like(tmp_path: Path) -> None:
    prices = [1000 + i * 7919 % 4001 for i in range(400)]
    ages = [20 + i * 37 % 50 for i in range(400)]
    labels = [f"${price:,}" for price in prices]
    table: Table = {"age": ages, "twice": [2 * price for price in prices], "y": labels}
    made = plan(tmp_path, table, "y", task="regression")
    assert [c.role for c in made.columns] == ["feature", "leak"]


def test_names_of_classes_are_no_amounts(tmp_path: Path) -> None:
    task = task_of(tmp_path, cycle("1 star", "2 stars", "3 stars", "none"))
    assert (task.kind, task.number, task.missing) == ("multiclass", None, ())
