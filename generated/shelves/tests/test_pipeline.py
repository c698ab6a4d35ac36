"""The whole way: rows in, a run on disk, an index of it, items found."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from shelves import metrics, retrieve, target
from shelves.batches import Batches
from shelves.blend import blend, fit_share
from shelves.checkpoint import load_run
from shelves.columns import IMAGE, ITEM, QUERY, SPLIT
from shelves.config import PROJECT, Config, load_config
from shelves.data import load_parts, read_table, with_sides
from shelves.errors import InputError
from shelves.evaluate import evaluate
from shelves.index import Index
from shelves.progress import Progress
from shelves.train import train
from tests.conftest import ROWS, write_table


def test_trains_evaluates_and_finds(
    config: Config, table: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    train(config, run)
    scores = evaluate(run)["metrics"]
    assert all(m["low"] <= m["value"] <= m["high"] for m in scores.values())
    rows = read_table(table)
    Index.build(load_run(run), rows, table.parent).save(run)
    index = Index.load(run)
    found = index.find(rows, top=3)
    count = min(3, len(index.items))
    assert set(found["item"].astype(int)) <= set(range(ROWS))
    assert found["query"].tolist() == [n for n in range(ROWS) for _ in range(count)]
    named = set(found["item product_photo"]) - {""}
    assert named and all((table.parent / name).exists() for name in named)
    likeness = found["likeness"].to_numpy().reshape(ROWS, count)
    assert (np.diff(likeness) <= 0).all()  # best first


def test_rows_with_an_empty_side_are_left_out(rows: pd.DataFrame) -> None:
    rows = rows.iloc[1:4].astype(object)
    rows.loc[1, QUERY] = None
    rows.loc[2, ITEM] = None
    assert with_sides(rows).index.tolist() == [3]


def test_one_query_finds_what_its_row_finds(
    config: Config,
    rows: pd.DataFrame,
    table: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = tmp_path / "run"
    train(config, run)
    items = read_table(table)
    index = Index.build(load_run(run), items, table.parent)
    index.save(run)
    cells = rows[QUERY].iloc[1].to_dict()
    for column in IMAGE:
        if column in cells:
            cells[column] = str(table.parent / cells[column])
    query = [f"--query={name}={text}" for name, text in cells.items()]
    monkeypatch.setattr("sys.argv", ["retrieve", str(run), "--top=3", *query])
    capsys.readouterr()  # what training tells
    retrieve.main()
    _, *found, told = capsys.readouterr().out.splitlines()
    assert told.startswith(f"{len(index.items)} items searched in ")
    expected = index.find(items, 3).query("query == 1")["likeness"].tolist()
    likeness = [float(line.split()[1]) for line in found]
    assert likeness == pytest.approx(expected, abs=1e-4)


def test_a_query_of_another_column_is_an_error() -> None:
    with pytest.raises(ValueError, match="nobody knows it"):
        retrieve.one_row(["nobody knows it=1"])


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
        patch.setattr("shelves.train.Progress", Interrupted)
        train(config, tmp_path / "parts")
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


def test_an_index_belongs_to_the_run_that_made_it(
    config: Config, table: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    train(config, run)
    Index.build(load_run(run), read_table(table), table.parent).save(run)
    file = run / "index" / "items.csv"
    whole = file.read_text("utf-8")
    file.write_text(whole[: whole.rstrip().rindex("\n") + 1], "utf-8")
    with pytest.raises(ValueError, match="items, "):
        Index.load(run)
    train(config, run)  # anew, in place of the first
    with pytest.raises(FileNotFoundError, match="no index"):
        Index.load(run)


@pytest.mark.filterwarnings("error")
def test_neither_side_needs_the_columns_of_the_other(
    config: Config, rows: pd.DataFrame, table: Path, tmp_path: Path
) -> None:
    train(config, tmp_path / "run")
    whole = read_table(table)
    run = load_run(tmp_path / "run")
    items = read_table(write_table(rows[ITEM], tmp_path / "items"))
    queries = read_table(write_table(rows[QUERY], tmp_path / "queries"))
    found = Index.build(run, items, table.parent).find(queries, 3)
    expected = Index.build(run, whole, table.parent).find(whole, 3)
    pd.testing.assert_frame_equal(found[expected.columns], expected)


def test_what_belongs_together_is_read_from_the_rows(rows: pd.DataFrame) -> None:
    rows = rows.iloc[1:9]
    targets = target.encode(rows)
    together = target.related(targets, targets).numpy()
    for side in (QUERY, ITEM):
        same = rows[side].astype(str).fillna("").agg(" | ".join, axis=1).to_numpy()
        assert together[same[:, None] == same].all()
    assert not together.all()


def test_the_loss_is_lower_where_what_belongs_together_is_alike() -> None:
    right = torch.eye(4)[:, None].expand(4, 2, 4)
    targets = torch.arange(4)[:, None]
    wrong = torch.stack([torch.eye(4), torch.eye(4).roll(1, 0)], dim=1)
    scale = torch.tensor(3.0)
    assert target.loss(right, targets, scale) < target.loss(wrong, targets, scale)


def test_scores_of_a_search_are_those_of_the_definition() -> None:
    # Ranks of what is relevant: 2 and 3 of one query, 1 of another, none of a third.
    hits = np.array([[False, True, True], [True, False, False], [False, False, False]])
    scores = metrics.scores(hits, np.array([2, 1, 1]))
    assert scores["map_at_100"] == pytest.approx(((1 / 2 + 2 / 3) / 2 + 1 + 0) / 3)
    assert scores["mrr"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert scores["recall_at_1"] == pytest.approx(1 / 3)
    assert scores["recall_at_10"] == pytest.approx(2 / 3)


def test_a_query_searches_once_and_finds_all_its_items() -> None:
    pairs = torch.tensor([[0, 0], [1, 0], [1, 1]])  # items 0 and 1 answer query 1
    vectors = torch.eye(3)[:, None].repeat(1, 2, 1)
    hits, relevant = metrics.judge(vectors, {"target": pairs})
    assert relevant.tolist() == [1, 2]
    assert hits[0].tolist() == [True, False]
    assert hits[1].all()


@pytest.mark.parametrize("hard", [False, True])
def test_every_row_comes_in_one_batch(hard: bool) -> None:
    batches = Batches(21, batch_size=8)
    if hard:
        batches.vectors = torch.randn(21, 4)
    drawn = list(batches)
    assert [len(batch) for batch in drawn].count(8) == 2
    assert len(drawn) == len(batches) == 3
    assert sorted(row for batch in drawn for row in batch) == list(range(21))


def test_what_is_alike_comes_in_one_batch() -> None:
    torch.manual_seed(0)
    batches = Batches(64, batch_size=8)
    batches.vectors = torch.tensor([[1.0], [-1.0]]).repeat(32, 1)
    assert all(len({row % 2 for row in batch}) == 1 for batch in batches)


def test_who_finds_better_counts_more() -> None:
    rows = {"target": torch.arange(6)[:, None].repeat(1, 3)}
    right = torch.eye(6).repeat_interleave(2, dim=0)
    wrong = right.roll(1, dims=0)
    assert fit_share(right, wrong, rows) == 0.0
    assert fit_share(wrong, right, rows) > 0.0
    assert blend(wrong, right, 0.25).square().sum(dim=1).tolist() == pytest.approx(
        [1.0] * len(right)
    )


def test_a_photo_that_does_not_open_counts_as_missing(
    config: Config, rows: pd.DataFrame, table: Path, tmp_path: Path
) -> None:
    train(config, tmp_path / "run")
    before = evaluate(tmp_path / "run", table)["cells without a photo"]
    (tmp_path / rows[IMAGE[0]][1]).write_bytes(b"not a photo")
    (tmp_path / rows[IMAGE[0]][2]).unlink()
    assert evaluate(tmp_path / "run", table)["cells without a photo"] == before + 2


def test_the_parts_share_no_row(config: Config) -> None:
    parts = load_parts(config.data, seed=0)
    groups = [set(part[SPLIT]) for part in (parts.train, parts.validation, parts.test)]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]


def test_an_unknown_configuration_key_is_an_error() -> None:
    with pytest.raises(InputError, match="train.learning_rate"):
        load_config(PROJECT / "configs/base.toml", ["train.learning_rate=1"])


def test_values_keep_their_kind_when_they_are_overridden() -> None:
    config = load_config(PROJECT / "configs/base.toml", ["train.seed=7"])
    assert config.train.seed == 7
    for text in ("true", "False"):
        override = [f"train.hard_negatives={text}"]
        config = load_config(PROJECT / "configs/base.toml", override)
        assert config.train.hard_negatives is (text == "true")
    with pytest.raises(ValueError, match="hard_negatives: 'maybe' is no bool"):
        load_config(PROJECT / "configs/base.toml", ["train.hard_negatives=maybe"])


def assert_same_weights(a: Path, b: Path) -> None:
    left, right = (load_file(run / "model.safetensors") for run in (a, b))
    assert left.keys() == right.keys()
    assert all(torch.equal(left[name], right[name]) for name in left)
