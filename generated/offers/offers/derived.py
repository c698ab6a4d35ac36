"""Further numbers, made of several cells of a row; missing where one of them is."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from offers.cells import parse_number
from offers.columns import (
    CODE_OVERLAPS,
    LETTER_OVERLAPS,
    RELATIVE_DIFFERENCES,
    SAME,
    WORD_OVERLAPS,
)

WORD = re.compile(r"\w+")
CODE = re.compile(r"\S*\d\S*")  # a word with a digit
SIGNS = re.compile(r"[\W_]+")


def derive(rows: pd.DataFrame) -> pd.DataFrame:
    """The derived numbers, a column each."""
    numbers: dict[str, pd.Series] = {}
    for name, (first, second) in RELATIVE_DIFFERENCES.items():
        a, b = parse_number(rows[first]), parse_number(rows[second])
        larger = np.maximum(a.abs(), b.abs())
        numbers[name] = ((a - b).abs() / larger).mask(a == b, 0.0)
    for name, columns in SAME.items():
        numbers[name] = compare(rows, columns, same)
    for name, columns in WORD_OVERLAPS.items():
        numbers[name] = compare(rows, columns, word_overlap)
    for name, columns in LETTER_OVERLAPS.items():
        numbers[name] = compare(rows, columns, letter_overlap)
    for name, columns in CODE_OVERLAPS.items():
        numbers[name] = compare(rows, columns, code_overlap)
    table = pd.DataFrame(numbers).astype("float64")
    return table.where(np.isfinite(table))


def compare(
    rows: pd.DataFrame, columns: tuple[str, str], how: Callable[[str, str], float]
) -> pd.Series:
    """What `how` says of two cells of each row, missing where one of them is."""
    first, second = (rows[column].fillna("").str.lower() for column in columns)
    alike = [how(a, b) if a and b else np.nan for a, b in zip(first, second)]
    return pd.Series(alike, rows.index)


def same(first: str, second: str) -> float:
    return float(first.split() == second.split())


def word_overlap(first: str, second: str) -> float:
    """The share of their words that both have."""
    return shared({*WORD.findall(first)}, {*WORD.findall(second)})


def letter_overlap(first: str, second: str) -> float:
    """The share of their groups of three letters that both have."""
    return shared(*(letter_groups(SIGNS.sub("", text)) for text in (first, second)))


def letter_groups(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(max(len(text) - 2, 1))}


def shared(first: set[str], second: set[str]) -> float:
    """The share of all that are in both (Jaccard)."""
    every = first | second
    return len(first & second) / len(every) if every else np.nan


def code_overlap(first: str, second: str) -> float:
    """The share of the codes of one text that the other has; the larger of both ways.

    However it is written: `KDL-46V/B` of one is in `sony kdl46vb` of the other.
    """
    return np.fmax(codes_found(first, second), codes_found(second, first))


def codes_found(text: str, other: str) -> float:
    """The share of the codes of a text, of three signs or more, that the other has."""
    codes = {SIGNS.sub("", word) for word in CODE.findall(text)}
    long = [code for code in codes if len(code) >= 3]
    within = SIGNS.sub("", other)
    return sum(code in within for code in long) / len(long) if long else np.nan
