"""The whole way: rows in, a run on disk, predictions out."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from leaves import target
from leaves.checkpoint import load_run
from leaves.columns import FEATURES, IMAGE, TARGET
from leaves.config import PROJECT, Config, load_config
from leaves.data import load_parts, read_table
from leaves.errors import InputError
from leaves.evaluate import evaluate
from leaves.predict import predict
from leaves.progress import Progress
from leaves.train import train
from tests.conftest import ROWS, write_table


def test_trains_evaluates_and_predicts(
    config: Config, rows: pd.DataFrame, table: Path, tmp_path: Path
) -> None:
    train(config, tmp_path / "run")
    metrics = evaluate(tmp_path / "run")["metrics"]
    assert all(m["low"] <= m["value"] <= m["high"] for m in metrics.values())
    predicted = predict(tmp_path / "run", table, table.parent)
    assert len(predicted) == ROWS
    probabilities = predicted.iloc[:, -target.OUTPUTS :].to_numpy()
    assert probabilities.sum(axis=1) == pytest.approx(1.0)
    nothing = write_table(rows.head(0), tmp_path / "nothing")
    assert predict(tmp_path / "run", nothing, table.parent).empty


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
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("leaves.train.Progress", Interrupted)
        train(config, tmp_path / "parts", resume=True)  # where nothing was begun
    assert (tmp_path / "parts/config.toml").exists()  # with what it may be resumed
    train(config, tmp_path / "parts", resume=True)
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")
    histories = [
        (tmp_path / n / "metrics.jsonl").read_text() for n in ("whole", "parts")
    ]
    assert histories[0] == histories[1]


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
    table = write_table(new, tmp_path / "new")
    predicted = predict(tmp_path / "run", table, table.parent)
    assert len(predicted) == len(new)


def test_another_table_is_refused(tmp_path: Path) -> None:
    other = pd.DataFrame({"a column nobody knows": ["?"]})
    path = tmp_path / "other.csv"
    other.to_csv(path, index=False, encoding="utf-8")
    with pytest.raises(ValueError, match="none of the columns"):
        read_table(path, tmp_path)


def test_a_photo_that_does_not_open_counts_as_missing(
    config: Config, rows: pd.DataFrame, tmp_path: Path
) -> None:
    train(config, tmp_path / "run")
    table = write_table(rows.iloc[1:9], tmp_path / "new")
    (tmp_path / rows[IMAGE[0]][1]).write_bytes(b"not a photo")
    (tmp_path / rows[IMAGE[0]][2]).unlink()
    assert evaluate(tmp_path / "run", table)["cells without a photo"] == 2


def test_the_parts_share_no_row(config: Config) -> None:
    parts = load_parts(config.data, seed=0)
    assert not set(parts.train.index) & set(parts.validation.index)
    assert not set(parts.train.index) & set(parts.test.index)
    assert not set(parts.validation.index) & set(parts.test.index)


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
    left, right = (load_file(run / "model.safetensors") for run in (a, b))
    assert left.keys() == right.keys()
    assert all(torch.equal(left[name], right[name]) for name in left)
