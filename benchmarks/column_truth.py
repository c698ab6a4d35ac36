"""What a table's columns are, as a person has written down, against what a plan says.

`columns.json` beside a table has for each column a modality in its own words and a
role: feature, target, or why it is to be left out. It knows the table, not what a spec
says of it: a column that only a description rules out counts as a feature here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from autom3l.ir import Pipeline

# Its words that are not ours. Keys and links have no reading: they are to be dropped.
_READINGS = {
    "categorical (binary)": ("categorical", "boolean"),
    "image path": ("image",),
    "list (multi-valued)": ("multi_category",),
}
_DROPPED = ("identifier", "url")


@dataclass(frozen=True)
class Truth:
    """One column as a person sees it."""

    modality: str
    role: str

    @property
    def useful(self) -> bool:
        """Whether it should feed a model."""
        return self.role == "feature"


@dataclass(frozen=True)
class Hits:
    """How a plan agrees with the truth about `total` columns, by the names that differ.

    `misread`: names with what they were read as; `dropped` and `useless`: how many
    columns the plan and the truth leave out.
    """

    total: int
    misread: Mapping[str, str]
    dropped: int
    useless: int
    wrongly_dropped: tuple[str, ...]
    wrongly_kept: tuple[str, ...]

    @property
    def read(self) -> int:
        """Columns with the right modality."""
        return self.total - len(self.misread)

    @property
    def found(self) -> int:
        """Columns that are rightly dropped."""
        return self.dropped - len(self.wrongly_dropped)


def load_truth(path: Path) -> dict[str, Truth]:
    """The columns that a person has described, by name."""
    columns = json.loads(path.read_text("utf-8"))["columns"]
    return {n: Truth(c["modality"], c["role"]) for n, c in columns.items()}


def compare(
    pipeline: Pipeline, truth: Mapping[str, Truth], settled: Collection[str]
) -> Hits:
    """Every described column but targets and those that the spec has `settled`."""
    columns = {
        c.name: c
        for c in pipeline.columns
        if c.name in truth and c.name not in settled and truth[c.name].role != "target"
    }
    dropped = {name for name, c in columns.items() if c.role != "feature"}
    useless = {name for name in columns if not truth[name].useful}
    misread = {
        name: column.modality
        for name, column in columns.items()
        if not _right(column.modality, truth[name].modality, name in dropped)
    }
    return Hits(
        total=len(columns),
        misread=misread,
        dropped=len(dropped),
        useless=len(useless),
        wrongly_dropped=tuple(sorted(dropped - useless)),
        wrongly_kept=tuple(sorted(useless - dropped)),
    )


def _right(reading: str, wanted: str, dropped: bool) -> bool:
    if wanted in _DROPPED:
        return dropped
    return reading in _READINGS.get(wanted, (wanted,))
