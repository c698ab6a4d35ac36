"""What is made of the cells of a row before the model sees them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from clinic.columns import (
    DAYS_BETWEEN,
    DIFFERENCES,
    FEATURES,
    FILL_CONSTANT,
    FILL_STATISTIC,
    FILL_WITHIN,
    GROUP_COUNTS,
    GROUP_MEANS,
    ITEM_COUNTS,
    LISTS,
    LOGARITHMS,
    NUMERIC,
    PRODUCTS,
    RATIOS,
    WORD_COUNTS,
)
from clinic.config import Config
from clinic.data import load_parts
from clinic.derived import derive, fit_groups
from clinic.features import Features
from clinic.imputation import Imputer, missing_flags
from clinic.train import train


def test_only_training_rows_are_learnt_from(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(config, tmp_path / "a")
    parts = load_parts(config.data, config.train.seed)
    unknown = parts.test.copy()
    unknown[FEATURES] = None
    changed = replace(parts, test=unknown)
    monkeypatch.setattr("clinic.train.load_parts", lambda *_: changed)
    train(config, tmp_path / "b")
    for name in ["features.json", "imputation.json", "donors.safetensors"]:
        a, b = tmp_path / "a" / name, tmp_path / "b" / name
        assert a.read_bytes() == b.read_bytes()


def test_what_was_learnt_is_the_same_when_loaded(
    config: Config, rows: pd.DataFrame, tmp_path: Path
) -> None:
    features = Features.fit(rows.iloc[::2], config)
    features.save(tmp_path)
    loaded = Features.load(tmp_path, config).transform(rows)
    for name, tensor in features.transform(rows).items():
        torch.testing.assert_close(loaded[name], tensor, rtol=0, atol=0, equal_nan=True)


def unknown_rows(count: int) -> pd.DataFrame:
    return pd.DataFrame(index=range(count), columns=FEATURES, dtype="str")


def test_a_ratio_is_missing_where_it_would_divide_by_zero() -> None:
    name, (above, below) = next(iter(RATIOS.items()))
    rows = unknown_rows(3)
    rows[above], rows[below] = ["6", "6", None], ["3", "0", "3"]
    ratios = derive(rows, fit_groups(rows))[name].tolist()
    assert ratios == pytest.approx([2.0, np.nan, np.nan], nan_ok=True)


def test_a_difference_needs_both_numbers() -> None:
    name, (first, second) = next(iter(DIFFERENCES.items()))
    rows = unknown_rows(2)
    rows[first], rows[second] = ["6", "6"], ["8", None]
    differences = derive(rows, fit_groups(rows))[name].tolist()
    assert differences == pytest.approx([-2.0, np.nan], nan_ok=True)


def test_a_product_needs_both_numbers() -> None:
    name, (first, second) = next(iter(PRODUCTS.items()))
    rows = unknown_rows(2)
    rows[first], rows[second] = ["6", None], ["2", "2"]
    products = derive(rows, fit_groups(rows))[name].tolist()
    assert products == pytest.approx([12.0, np.nan], nan_ok=True)


def test_a_logarithm_is_missing_where_there_is_none() -> None:
    name, column = next(iter(LOGARITHMS.items()))
    rows = unknown_rows(3)
    rows[column] = ["0", "1", "-1"]
    logarithms = derive(rows, fit_groups(rows))[name].tolist()
    assert logarithms == pytest.approx([0.0, np.log(2), np.nan], nan_ok=True)


def test_days_are_counted_from_the_second_date_to_the_first() -> None:
    end, start = DAYS_BETWEEN["age"]
    rows = unknown_rows(2)
    rows[end], rows[start] = ["2024-01-01T00:00:00+00:00"] * 2, ["01.01.2023", None]
    days = derive(rows, fit_groups(rows))["age"].tolist()
    assert days == pytest.approx([365.0, np.nan], nan_ok=True)


def test_words_are_counted() -> None:
    name, column = next(iter(WORD_COUNTS.items()))
    rows = unknown_rows(2)
    rows[column] = ["three  small words", None]
    counts = derive(rows, fit_groups(rows))[name].tolist()
    assert counts == pytest.approx([3.0, np.nan], nan_ok=True)


def test_items_are_counted() -> None:
    name, column = next(iter(ITEM_COUNTS.items()))
    rows = unknown_rows(2)
    rows[column] = [LISTS[column].join(["one", "two"]), None]
    counts = derive(rows, fit_groups(rows))[name].tolist()
    assert counts == pytest.approx([2.0, np.nan], nan_ok=True)


def test_a_level_never_seen_has_the_mean_of_all() -> None:
    name, (column, level) = next(iter(GROUP_MEANS.items()))
    rows = unknown_rows(4)
    rows[level], rows[column] = ["a", "a", "b", None], ["1", "3", "8", None]
    groups = fit_groups(rows)
    rows[level] = ["a", "b", "a level nobody knows", None]
    assert derive(rows, groups)[name].tolist() == [2.0, 8.0, 4.0, 4.0]


def test_training_rows_of_a_level_are_counted() -> None:
    name, level = next(iter(GROUP_COUNTS.items()))
    rows = unknown_rows(4)
    rows[level] = ["a", "a", "b", None]
    groups = fit_groups(rows)
    rows[level] = ["a", "b", "a level nobody knows", None]
    assert derive(rows, groups)[name].tolist() == [2.0, 1.0, 0.0, 0.0]


def test_what_is_filled_has_no_hole(rows: pd.DataFrame) -> None:
    imputer = Imputer.fit(rows)
    numbers = imputer.numbers(rows)
    for column in ["weight", "height", "pulse", "pressure", "visits"]:
        assert np.isfinite(numbers[:, NUMERIC.index(column)]).all()
    assert imputer.cells(rows)[["smoker", "pain", "diet"]].notna().all(axis=None)


def test_constants_fill_what_nothing_is_known_of(rows: pd.DataFrame) -> None:
    imputer = Imputer.fit(rows)
    for column, value in FILL_CONSTANT.items():
        if column in NUMERIC:
            assert imputer.numbers(rows)[0, NUMERIC.index(column)] == value
        else:
            assert imputer.cells(rows)[column].iloc[0] == value


def test_numbers_are_filled_with_what_is_typical(rows: pd.DataFrame) -> None:
    column, typical = "height", {"mean": 2.0, "median": 1.0, "most_frequent": 1.0}
    few = rows.head(4).copy()
    few[column] = ["1", "1", "4", None]
    filled = Imputer.fit(few).numbers(few)[3, NUMERIC.index(column)]
    assert filled == typical[FILL_STATISTIC[column]]


def test_holes_are_filled_within_their_group(rows: pd.DataFrame) -> None:
    column, level = "weight", FILL_WITHIN["weight"]
    few = rows.head(5).copy()
    few[level] = ["a", "a", "b", "b", "a level nobody knows"]
    few[column] = ["1", "1", "8", None, None]
    imputer = Imputer.fit(few)
    filled = imputer.numbers(few)[:, NUMERIC.index(column)].tolist()
    assert filled == [1.0, 1.0, 8.0, 8.0, 1.0]


def test_a_flag_tells_which_cells_were_missing(rows: pd.DataFrame) -> None:
    flags = missing_flags(rows)
    assert flags[0].all()  # nothing is known of the first row
    assert not flags[1:].any()
