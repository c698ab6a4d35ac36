"""What stands in for missing cells; where nothing does, the model learns what they mean."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save_file
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer
from sklearn.preprocessing import StandardScaler

from clinic.cells import number_table, parse_number
from clinic.columns import (
    FILL_CONSTANT,
    FILL_ITERATIVE,
    FILL_NEIGHBOURS,
    FILL_STATISTIC,
    FILL_WITHIN,
    NUMERIC,
    TELL_MISSING,
)

DONORS = 1000  # training rows that missing numbers are predicted from
Fills = dict[str, float | str]


@dataclass(frozen=True)
class Imputer:
    """What fills the holes of each column; `fit` looks at training rows only."""

    fills: Fills
    group_fills: dict[str, Fills]  # for each level of another column
    donors: np.ndarray  # numbers of training rows

    @classmethod
    def fit(cls, rows: pd.DataFrame) -> "Imputer":
        fills: Fills = {**FILL_CONSTANT}
        for column, statistic in FILL_STATISTIC.items():
            known = _values(rows, column).dropna()
            if len(known):
                fills[column] = _typical(known, statistic)
        group_fills: dict[str, Fills] = {}
        for column, level in FILL_WITHIN.items():
            groups = _values(rows, column).dropna().groupby(rows[level])
            statistic = FILL_STATISTIC[column]
            group_fills[column] = {g: _typical(v, statistic) for g, v in groups}
        some = rows.sample(min(len(rows), DONORS), random_state=0)
        return cls(fills=fills, group_fills=group_fills, donors=number_table(some))

    @classmethod
    def load(cls, folder: Path) -> "Imputer":
        """What `save` wrote."""
        donors = load_file(folder / "donors.safetensors")["numbers"]
        fitted = json.loads((folder / "imputation.json").read_text(encoding="utf-8"))
        return cls(**fitted, donors=donors)

    def save(self, folder: Path) -> None:
        fitted = {"fills": self.fills, "group_fills": self.group_fills}
        text = json.dumps(fitted, ensure_ascii=False, indent=1)
        (folder / "imputation.json").write_text(text, encoding="utf-8")
        save_file({"numbers": self.donors}, folder / "donors.safetensors")

    def cells(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows, holes filled in all columns but the numeric ones."""
        filled = rows.copy()
        for column in self.fills.keys() - set(NUMERIC):
            filled[column] = self._filled(rows[column], rows)
        return filled

    def numbers(self, rows: pd.DataFrame) -> np.ndarray:
        """The number table, holes filled."""
        table = number_table(self.cells(rows))
        known = number_table(rows)
        nearest = self._predicted(KNNImputer(keep_empty_features=True), known)
        for place in map(NUMERIC.index, FILL_NEIGHBOURS):
            table[:, place] = nearest[:, place]
        model = IterativeImputer(keep_empty_features=True, random_state=0)
        regressed = self._predicted(model, known)
        for place in map(NUMERIC.index, FILL_ITERATIVE):
            table[:, place] = regressed[:, place]
        for place, column in enumerate(NUMERIC):
            if column in self.fills:
                values = pd.Series(table[:, place], rows.index, name=column)
                table[:, place] = self._filled(values, rows)
        return table

    def _filled(self, values: pd.Series, rows: pd.DataFrame) -> pd.Series:
        column = str(values.name)
        if column in FILL_WITHIN:
            fills = rows[FILL_WITHIN[column]].map(self.group_fills[column])
            values = values.where(values.notna(), fills)
        return values.fillna(self.fills[column])

    def _predicted(self, model: Any, table: np.ndarray) -> np.ndarray:
        """The table, its holes filled by a model that learns from the donors."""
        if not len(table):
            return table
        scaler = StandardScaler().fit(self.donors)  # no column is nearer for its unit
        model.fit(scaler.transform(self.donors))
        guesses = scaler.inverse_transform(model.transform(scaler.transform(table)))
        return np.where(np.isnan(table), guesses, table)


def missing_flags(rows: pd.DataFrame) -> np.ndarray:
    """1 where a cell that may be filled was missing: (rows, columns that tell)."""
    flags = [_values(rows, column).isna() for column in TELL_MISSING]
    return np.stack(flags, axis=1, dtype=np.float64)


def _values(rows: pd.DataFrame, column: str) -> pd.Series:
    """Numbers where the column has them, texts elsewhere."""
    return parse_number(rows[column]) if column in NUMERIC else rows[column]


def _typical(values: pd.Series, statistic: str) -> Any:
    if statistic == "most_frequent":
        return values.mode().iloc[0]  # the first in order of those that are as frequent
    return values.median()
