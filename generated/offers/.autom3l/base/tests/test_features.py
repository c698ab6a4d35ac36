"""What is made of the cells of a row before the model sees them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from offers.columns import (
    CODE_OVERLAPS,
    FEATURES,
    LETTER_OVERLAPS,
    RELATIVE_DIFFERENCES,
    SAME,
    WORD_OVERLAPS,
)
from offers.config import Config
from offers.data import load_parts
from offers.derived import derive
from offers.features import Features
from offers.train import train


def test_only_training_rows_are_learnt_from(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(config, tmp_path / "a")
    parts = load_parts(config.data, config.train.seed)
    unknown = parts.test.copy()
    unknown[FEATURES] = None
    changed = replace(parts, test=unknown)
    monkeypatch.setattr("offers.train.load_parts", lambda *_: changed)
    train(config, tmp_path / "b")
    for name in ["features.json"]:
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


def test_case_and_blanks_make_no_difference() -> None:
    name, (first, second) = next(iter(SAME.items()))
    rows = unknown_rows(3)
    rows[first], rows[second] = ["One  Two", "one", "one"], ["one two ", "two", None]
    found = derive(rows)[name].tolist()
    assert found == pytest.approx([1.0, 0.0, np.nan], nan_ok=True)


def test_words_that_both_texts_have_are_a_share_of_all() -> None:
    name, (first, second) = next(iter(WORD_OVERLAPS.items()))
    rows = unknown_rows(3)
    rows[first], rows[second] = ["a b, C", "a", "..."], ["c b d", None, "."]
    found = derive(rows)[name].tolist()
    assert found == pytest.approx([0.5, np.nan, np.nan], nan_ok=True)


def test_letters_are_compared_whatever_stands_between_them() -> None:
    name, (first, second) = next(iter(LETTER_OVERLAPS.items()))
    rows = unknown_rows(3)
    rows[first], rows[second] = ["Wi-Fi", "abcd", "ab"], ["wi fi", "bcde", None]
    found = derive(rows)[name].tolist()
    assert found == pytest.approx([1.0, 1 / 3, np.nan], nan_ok=True)


def test_a_code_is_found_however_it_is_written() -> None:
    name, (first, second) = next(iter(CODE_OVERLAPS.items()))
    rows = unknown_rows(3)
    rows[first] = ["a black KDL-46V/B", "x100 y200", "no code"]
    rows[second] = ["sony kdl46vb", "an x100 of z300", "none here"]
    found = derive(rows)[name].tolist()
    assert found == pytest.approx([1.0, 0.5, np.nan], nan_ok=True)


def test_a_difference_is_relative_to_the_larger_number() -> None:
    name, (first, second) = next(iter(RELATIVE_DIFFERENCES.items()))
    rows = unknown_rows(3)
    rows[first], rows[second] = ["6", "0", "1"], ["8", "0", None]
    differences = derive(rows)[name].tolist()
    assert differences == pytest.approx([0.25, 0.0, np.nan], nan_ok=True)
