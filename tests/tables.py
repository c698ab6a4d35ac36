"""Small tables, their specs and their default pipelines."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from autom3l.defaults import default_pipeline
from autom3l.diagnostics import PlanError
from autom3l.ir import Decision, Pipeline
from autom3l.profiling import profile_data
from autom3l.resources import zoo_dir
from autom3l.spec import Spec, SpecData
from autom3l.validation import verify
from autom3l.zoo import Zoo, load_zoo

Table = Mapping[str, Sequence[object]]
Target = str | tuple[str, ...]
ROWS = 120
AGES: tuple[object, ...] = tuple(20 + (37 * i) % 50 for i in range(ROWS))


def cycle(*values: object, rows: int = ROWS) -> list[object]:
    """The values over and over, in an order that other columns do not share."""
    return [values[(i * 7 + i // 11) % len(values)] for i in range(rows)]


SPEED = cycle(0, 1, 2, 3, 4)
ENGLISH = [
    f"This is the story of a small dog which was found in street {i} and has a home."
    for i in range(ROWS)
]


def plan(
    folder: Path, table: Table, target: str | tuple[str, ...], **spec: Any
) -> Pipeline:
    """The verified default pipeline of a table."""
    with (folder / "train.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    for name in ("valid.csv", "test.csv"):
        shutil.copy(folder / "train.csv", folder / name)
    targets = (target,) if isinstance(target, str) else target
    spec = {"name": "pets", "data": SpecData("train.csv"), **spec}
    asked = Spec(folder=str(folder), target=targets, **spec)
    profile, zoo = profile_data(asked), shipped_zoo()
    pipeline = default_pipeline(asked, profile, zoo, root="..", weights="w")
    verify(pipeline, profile, zoo, asked.constraints)
    return pipeline


@cache
def shipped_zoo() -> Zoo:
    """The cards of the compiler, read once."""
    return load_zoo([zoo_dir()])


def decision(pipeline: Pipeline, section: str, subject: str) -> Decision:
    """The one decision on a subject of a section."""
    sought = (section, subject)
    (found,) = [d for d in pipeline.decisions if (d.section, d.subject) == sought]
    return found


def problems(
    folder: Path, table: Table, target: str | tuple[str, ...], **spec: Any
) -> list[str]:
    """The diagnostics of a table that allows no pipeline."""
    with pytest.raises(PlanError) as caught:
        plan(folder, table, target, **spec)
    return [str(problem) for problem in caught.value.diagnostics]
