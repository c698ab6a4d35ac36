"""The benchmark of real tables scores as it says, and skips where there are none."""

from __future__ import annotations

import sys
from pathlib import Path

import against_autogluon
import pandas as pd
import pytest
import rules_against_model
from autom3l.ir_json import from_json
from column_truth import Truth, compare
from data_sets import DATA_SETS, DataSet, Score
from measuring import StepError, run
from real_data import main
from scoring import majority, score, trees
from text_tables import aligned


def test_absent_data_are_skipped_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["real_data", "--data", str(tmp_path / "none")])
    assert main() == 0
    said = capsys.readouterr().err
    assert "skipped" in said
    assert "none" in said


def test_an_unknown_name_lists_the_known_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["real_data", "titanik"])
    with pytest.raises(SystemExit, match="2"):
        main()
    said = capsys.readouterr().err
    assert "unknown data set 'titanik'" in said
    assert "bike_hourly" in said


def test_names_are_unique() -> None:
    assert len({data.name for data in DATA_SETS}) == len(DATA_SETS)


@pytest.mark.parametrize(
    ("kind", "truth", "guess", "expected"),
    [
        ("accuracy", ["a", "b", "b", "c"], ["a", "b", "c", "c"], 0.75),
        ("f1", ["1", "1", "0", "0"], ["1", "0", "1", "0"], 0.5),
        ("balanced_accuracy", ["a", "a", "b"], ["a", "b", "b"], 0.75),
        ("quadratic_kappa", ["0", "1", "2"], ["0", "1", "2"], 1.0),
        ("quadratic_kappa", ["0", "1", "2"], ["2", "1", "0"], -1.0),
        ("r2", ["1", "2", "3"], ["1", "2", "3"], 1.0),
        ("r2_log", ["1", "10", "100"], ["10", "10", "10"], 0.0),
    ],
)
def test_scores(
    kind: Score, truth: list[str], guess: list[str], expected: float
) -> None:
    predictions = pd.DataFrame({"prediction": guess})
    found = score(DataSet("x", "y", kind), pd.Series(truth), predictions)
    assert found == pytest.approx(expected)


def test_roc_auc_is_of_the_positive_class() -> None:
    truth = pd.Series(["no", "yes", "no", "yes"])
    chances = ["0.1", "0.9", "0.8", "0.7"]
    predictions = pd.DataFrame({"prediction": truth, "p_yes": chances})
    data = DataSet("x", "y", "roc_auc", positive="yes")
    assert score(data, truth, predictions) == 0.75


def test_missing_predictions_are_an_error() -> None:
    with pytest.raises(ValueError, match="1 predictions for 2 rows"):
        score(
            DataSet("x", "y", "accuracy"),
            pd.Series(["a", "b"]),
            pd.DataFrame({"prediction": ["a"]}),
        )


def test_baselines_learn_from_training_rows_only() -> None:
    train = pd.DataFrame(
        {"n": [str(i) for i in range(80)], "y": ["a"] * 50 + ["b"] * 30}
    )
    test = pd.DataFrame({"n": ["5", "70", "75"], "y": ["a", "b", "b"]})
    data = DataSet("x", "y", "accuracy")
    assert majority(data, train, test) == pytest.approx(1 / 3)
    assert trees(data, train, test, ["n"], []) == 1.0
    assert trees(data, train, test, [], []) is None


def test_a_failed_step_shows_how_its_output_ended(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"train exited 3\nno such row"):
        run(_python("print('no such row'); raise SystemExit(3)"), tmp_path, "train")


def test_peak_memory_is_that_of_the_step(tmp_path: Path) -> None:
    small = run(_python("pass"), tmp_path, "small")
    large = run(_python("held = b'x' * 100_000_000"), tmp_path, "large")
    assert large.peak_mb - small.peak_mb == pytest.approx(100, rel=0.2)


def test_a_plan_is_held_against_what_a_person_sees(root: Path) -> None:
    text = (root / "generated/clinic/.autom3l/pipeline.json").read_text("utf-8")
    truth = {
        "stay": Truth("identifier", "useless"),
        "born": Truth("datetime", "feature"),
        "admitted": Truth("datetime", "useless"),
        "ward": Truth("categorical (binary)", "feature"),
        "weight": Truth("ordinal", "feature"),
        "height": Truth("numeric", "feature"),
        "pulse": Truth("categorical", "target"),
        "unknown": Truth("text", "feature"),
    }
    hits = compare(from_json(text), truth, {"height"})
    assert (hits.total, hits.read, hits.misread) == (5, 4, {"weight": "numeric"})
    assert (hits.dropped, hits.useless, hits.found) == (2, 2, 1)
    assert hits.wrongly_dropped == ("born",)
    assert hits.wrongly_kept == ("admitted",)


@pytest.mark.slow
def test_a_model_is_compared_with_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["rules_against_model", "own_table", "--work", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    assert rules_against_model.main() == 0
    _, _, rules, model, *differences = capsys.readouterr().out.splitlines()
    cells = [[cell.strip() for cell in line.split("|")[2:6]] for line in (rules, model)]
    assert cells[0] == ["rules", "10 of 13", "1 of 1", "1 of 2"]
    assert cells[1] == ["model", "13 of 13", "2 of 2", "2 of 2"]
    [told] = differences
    assert told.startswith("own_table by rules: read otherwise: sparte as numeric")
    assert told.endswith("kept though useless: kulanz_eur")


def test_an_absent_table_is_skipped_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["rules_against_model", "houses", "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    assert rules_against_model.main() == 0
    assert capsys.readouterr() == ("", "houses: skipped, its folder is absent\n")


def test_columns_of_a_printed_table_are_aligned() -> None:
    assert aligned(["a", "score"], [["houses", "1"]]).splitlines() == [
        "| a      | score |",
        "| ---    | ---   |",
        "| houses | 1     |",
    ]


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_seeds_stand_beside_what_another_system_reached() -> None:
    data = next(d for d in DATA_SETS if d.name == "titanic")
    runs = [
        {"test": test, "seconds": seconds, "peak_mb": 500.0}
        for test, seconds in ((0.82, 10.0), (0.84, 20.0))
    ]
    name, metric, mean, *others = against_autogluon.cells(data, runs)
    assert (name, metric, mean) == ("titanic → Survived", "accuracy", "0.8300 ± 0.0141")
    assert others[:3] == ["2", "15", "500"]
    assert others[3:] == ["0.8160", "138", "0.7821", "46", "+0.0140"]
    assert against_autogluon.cells(data, runs[:1])[2] == "0.8200"
