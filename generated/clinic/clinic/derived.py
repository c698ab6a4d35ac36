"""Further numbers, made of several cells of a row; missing where one of them is."""

import numpy as np
import pandas as pd

from clinic.cells import parse_datetime, parse_number, split_items
from clinic.columns import (
    DATETIME_FORMAT,
    DAYS_BETWEEN,
    DIFFERENCES,
    GROUP_COUNTS,
    GROUP_MEANS,
    ITEM_COUNTS,
    LOGARITHMS,
    PRODUCTS,
    RATIOS,
    WORD_COUNTS,
)

Groups = dict[str, dict[str, float]]


def fit_groups(rows: pd.DataFrame) -> Groups:
    """What each number is for each level of its column, from the training rows."""
    groups: Groups = {}
    for name, (column, level) in GROUP_MEANS.items():
        numbers = parse_number(rows[column])
        means = numbers.groupby(rows[level]).mean()
        means[""] = numbers.mean()  # for levels never seen; no level is an empty text
        groups[name] = {str(key): mean for key, mean in means.dropna().items()}
    for name, level in GROUP_COUNTS.items():
        counts = rows[level].value_counts()
        groups[name] = {str(key): float(count) for key, count in counts.items()}
    return groups


def derive(rows: pd.DataFrame, groups: Groups) -> pd.DataFrame:
    """The derived numbers, a column each."""
    numbers: dict[str, pd.Series] = {}
    for name, (above, below) in RATIOS.items():
        divisor = parse_number(rows[below])
        numbers[name] = parse_number(rows[above]) / divisor.where(divisor != 0)
    for name, (first, second) in DIFFERENCES.items():
        numbers[name] = parse_number(rows[first]) - parse_number(rows[second])
    for name, (first, second) in PRODUCTS.items():
        numbers[name] = parse_number(rows[first]) * parse_number(rows[second])
    for name, column in LOGARITHMS.items():
        number = parse_number(rows[column])
        numbers[name] = np.log1p(number.where(number > -1))
    for name, (end, start) in DAYS_BETWEEN.items():
        ended = parse_datetime(rows[end], DATETIME_FORMAT[end])
        started = parse_datetime(rows[start], DATETIME_FORMAT[start])
        numbers[name] = (ended - started).dt.total_seconds() / (24 * 3600)
    for name, column in WORD_COUNTS.items():
        numbers[name] = rows[column].str.count(r"\S+")
    for name, column in ITEM_COUNTS.items():
        count = split_items(rows[column]).map(len)
        numbers[name] = count.where(rows[column].notna())
    for name, (_, level) in GROUP_MEANS.items():
        means = groups[name]
        known = rows[level].where(rows[level].isin(list(means)), "")
        numbers[name] = known.map(means)
    for name, level in GROUP_COUNTS.items():
        seen = rows[level].map(groups[name]).astype("float64")
        numbers[name] = seen.fillna(0)
    table = pd.DataFrame(numbers).astype("float64")
    return table.where(np.isfinite(table))
