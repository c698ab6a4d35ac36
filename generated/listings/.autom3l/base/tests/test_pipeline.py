"""The whole way: rows in, a run on disk, predictions out."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from listings import target
from listings.boosting import blend, fit_share
from listings.checkpoint import load_run
from listings.columns import CATEGORICAL, FEATURES, IMAGE, TARGET
from listings.config import PROJECT, Config, load_config
from listings.data import assign_folds, load_parts, read_table
from listings.errors import InputError
from listings.evaluate import evaluate
from listings.features import Features, both_spellings, parse_number
from listings.predict import predict
from listings.progress import Progress
from listings.train import train
from tests.conftest import ROWS, write_table


def test_trains_evaluates_and_predicts(
    config: Config, rows: pd.DataFrame, table: Path, tmp_path: Path
) -> None:
    train(config, tmp_path / "run")
    metrics = evaluate(tmp_path / "run")["metrics"]
    assert all(m["low"] <= m["value"] <= m["high"] for m in metrics.values())
    predicted = predict(tmp_path / "run", table)
    assert len(predicted) == ROWS
    probabilities = predicted.iloc[:, -target.OUTPUTS :].to_numpy()
    assert probabilities.sum(axis=1) == pytest.approx(1.0)
    nothing = write_table(rows.head(0), tmp_path / "nothing")
    assert predict(tmp_path / "run", nothing).empty


@pytest.mark.parametrize(("level", "other"), [("3", "3.0"), ("3.0", "3"), ("a", "a.0")])
def test_a_level_is_known_in_both_spellings(level: str, other: str) -> None:
    assert both_spellings({level: 2, "4": 3})[other] == 2


def test_levels_beside_holes_are_the_same(config: Config, rows: pd.DataFrame) -> None:
    rows[CATEGORICAL[0]] = "3"
    features = Features.fit(rows, config)
    codes = features.transform(rows)["codes"]
    assert (codes[:, 0] > 1).all()
    floats = rows.assign(**{CATEGORICAL[0]: "3.0"})
    torch.testing.assert_close(features.transform(floats)["codes"], codes)


def test_same_seed_same_weights(config: Config, tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(config, tmp_path / name)
    assert_same_weights(tmp_path / "a", tmp_path / "b")


def test_resumed_run_equals_an_uninterrupted_one(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(config, tmp_path / "whole")

    class Interrupted(Progress):
        def update(self, entry: dict[str, float], write: bool) -> None:
            super().update(entry, write)
            if self.out.name == "1":  # the second fold
                raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("listings.train.Progress", Interrupted)
        train(config, tmp_path / "parts", resume=True)  # where nothing was begun
    assert (tmp_path / "parts/config.toml").exists()  # with what it may be resumed
    train(config, tmp_path / "parts", resume=True)
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")
    for fold in ("folds/0", "folds/1"):
        files = [tmp_path / n / fold / "metrics.jsonl" for n in ("whole", "parts")]
        assert files[0].read_text() == files[1].read_text()


def test_resuming_a_finished_run_changes_nothing(
    config: Config, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    scores = train(config, run)
    files = {path: path.read_bytes() for path in run.rglob("*.*")}
    assert train(config, run, resume=True) == scores
    assert files == {path: path.read_bytes() for path in run.rglob("*.*")}


def test_a_run_is_not_resumed_with_other_values(config: Config, tmp_path: Path) -> None:
    train(config, tmp_path / "run")
    other = replace(config, train=replace(config.train, lr=0.5))
    with pytest.raises(ValueError, match="other values"):
        train(other, tmp_path / "run", resume=True)


def test_a_loss_that_is_not_finite_stops_the_run(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss = target.loss
    monkeypatch.setattr(target, "loss", lambda *given: loss(*given) * torch.nan)
    with pytest.raises(FloatingPointError, match="epoch 0"):
        train(config, tmp_path / "run")
    with pytest.raises(FileNotFoundError, match="no finished run"):
        load_run(tmp_path / "run")


def test_predicts_a_table_with_other_columns(
    config: Config, rows: pd.DataFrame, tmp_path: Path
) -> None:
    train(config, tmp_path / "run")
    new = rows[FEATURES].head(6).iloc[:, ::-1]
    new["a column nobody knows"] = "?"
    new[CATEGORICAL] = "a level nobody knows"
    new = new.drop(columns=FEATURES[0])
    table = write_table(new, tmp_path / "new")
    with pytest.warns(UserWarning, match="has no column"):
        predicted = predict(tmp_path / "run", table)
    assert len(predicted) == len(new)


def test_another_table_is_refused(tmp_path: Path) -> None:
    other = pd.DataFrame({"a column nobody knows": ["?"]})
    path = tmp_path / "other.csv"
    other.to_csv(path, index=False, encoding="utf-8")
    with pytest.raises(ValueError, match="none of the columns"):
        read_table(path)


def test_a_photo_that_does_not_open_counts_as_missing(
    config: Config, rows: pd.DataFrame, tmp_path: Path
) -> None:
    train(config, tmp_path / "run")
    table = write_table(rows.iloc[1:9], tmp_path / "new")
    (tmp_path / rows[IMAGE[0]][1]).write_bytes(b"not a photo")
    (tmp_path / rows[IMAGE[0]][2]).unlink()
    assert evaluate(tmp_path / "run", table)["cells without a photo"] == 2


def test_no_row_is_trained_on_and_tested(config: Config) -> None:
    parts = load_parts(config.data, seed=0)
    assert not set(parts.train.index) & set(parts.test.index)


def test_folds_differ_by_one_row_at_most(config: Config) -> None:
    rows = load_parts(config.data, seed=0).train
    folds = assign_folds(rows, 3, seed=0)
    assert np.ptp(np.bincount(folds)) <= 1
    counts = pd.crosstab(rows[TARGET].to_numpy(), folds.numpy())
    assert (np.ptp(counts.to_numpy(), axis=1) <= 1).all()


def test_who_predicts_better_counts_more() -> None:
    truth = torch.arange(target.OUTPUTS)
    right = 0.8 * torch.eye(target.OUTPUTS) + 0.2 / target.OUTPUTS
    wrong = right.roll(1, dims=0)
    assert fit_share(wrong, right, truth) == 1.0
    assert fit_share(right, wrong, truth) == 0.0
    torch.testing.assert_close(blend(wrong, right, 1.0), right)


def test_who_is_sure_orders_the_rows() -> None:
    network = torch.tensor([[0.999, 0.001], [0.9999, 0.0001]])
    trees = torch.tensor([[0.52, 0.48], [0.5, 0.5]])
    less, more = blend(network, trees, 0.05)[:, 0]
    assert less < more


def test_numbers_are_read_as_they_are_written() -> None:
    cells = pd.Series(["$1,234.5", "nothing"], name="price")
    assert parse_number(cells).tolist() == pytest.approx([1234.5, np.nan], nan_ok=True)


def test_an_unknown_label_is_an_error() -> None:
    with pytest.raises(ValueError, match="a label nobody knows"):
        target.encode(pd.DataFrame({TARGET: ["a label nobody knows"]}))


def test_an_unknown_configuration_key_is_an_error() -> None:
    with pytest.raises(InputError, match="train.learning_rate"):
        load_config(PROJECT / "configs/base.toml", ["train.learning_rate=1"])


def test_what_is_no_value_is_an_error() -> None:
    with pytest.raises(ValueError, match="train.lr: 'fast' is no float"):
        load_config(PROJECT / "configs/base.toml", ["train.lr=fast"])


def test_a_whole_number_can_stand_for_any(tmp_path: Path) -> None:
    text = (PROJECT / "configs/base.toml").read_text("utf-8")
    file = tmp_path / "base.toml"
    file.write_text(re.sub(r"(?m)^dropout = .*$", "dropout = 0", text), "utf-8")
    dropout = load_config(file).model.dropout
    assert isinstance(dropout, float) and not dropout
    assert load_config(file, ["model.dropout=0.1"]).model.dropout == 0.1


def assert_same_weights(a: Path, b: Path) -> None:
    for fold in ("folds/0", "folds/1"):
        left, right = (load_file(run / fold / "model.safetensors") for run in (a, b))
        assert left.keys() == right.keys()
        assert all(torch.equal(left[name], right[name]) for name in left)
        trees = [(run / fold / "booster.txt").read_text() for run in (a, b)]
        assert trees[0] == trees[1]
