"""The sample table: drawn the same each time, with signal and holes where it says."""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def make_sample(root: Path) -> ModuleType:
    path = root / "examples" / "make_sample.py"
    spec = importlib.util.spec_from_file_location("make_sample", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_sample"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(make_sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> _Rows:
    table = make_sample.make_sample(tmp_path_factory.mktemp("plants"))
    return _Rows(table)


class _Rows(list[dict[str, str]]):
    """The rows of a table, and the folder that it lies in."""

    def __init__(self, table: Path) -> None:
        with table.open(encoding="utf-8", newline="") as file:
            super().__init__(csv.DictReader(file))
        self.folder = table.parent


def test_same_arguments_give_the_same_files(sample_table: Path, tmp_path: Path) -> None:
    script = Path(__file__).resolve().parent.parent / "examples" / "make_sample.py"
    command = [sys.executable, str(script), str(tmp_path), "--rows", "60"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "60 rows" in out
    again = {p.relative_to(tmp_path): p.read_bytes() for p in _files(tmp_path)}
    first = sample_table.parent
    assert again == {p.relative_to(first): p.read_bytes() for p in _files(first)}


def test_a_longer_table_begins_with_the_shorter_one(
    rows: _Rows, sample_table: Path
) -> None:
    assert rows[:60] == list(_Rows(sample_table))


def test_another_seed_gives_other_rows(make_sample: ModuleType, tmp_path: Path) -> None:
    one = make_sample.make_sample(tmp_path / "one", rows=5, seed=1)
    two = make_sample.make_sample(tmp_path / "two", rows=5, seed=2)
    assert one.read_text() != two.read_text()


def test_every_diagnosis_is_common_enough_to_learn(rows: _Rows) -> None:
    counts = Counter(row["diagnosis"] for row in rows)
    assert len(counts) == 6
    assert min(counts.values()) >= 40


def test_no_two_modalities_tell_the_diagnosis(make_sample: ModuleType) -> None:
    """Any one of the three facts taken away leaves at best three in four right."""
    for hidden in range(3):
        best: dict[tuple[str, ...], Counter[str]] = {}
        for facts, diagnosis in make_sample.DIAGNOSES.items():
            known = facts[:hidden] + facts[hidden + 1 :]
            best.setdefault(known, Counter())[diagnosis] += 1
        right = sum(max(counts.values()) for counts in best.values())
        assert right / len(make_sample.DIAGNOSES) <= 0.75


def test_notes_tell_the_watering_and_nothing_else(
    rows: _Rows, make_sample: ModuleType
) -> None:
    watered = {"root rot", "nutrient deficiency", "leaf fungus"}
    sparing = make_sample.NOTES["sparing"]
    agrees = [
        any(s in row["owner_note"] for s in sparing) != (row["diagnosis"] in watered)
        for row in rows
    ]
    assert sum(agrees) / len(rows) > 0.95


def test_photos_tell_yellow_from_spotted(rows: _Rows) -> None:
    spotted = {"leaf fungus", "spider mites"}
    right = total = 0
    for row in rows:
        path = rows.folder / row["photo"]
        if path.is_file():
            with Image.open(path) as image:
                red, green, blue = np.asarray(image.convert("RGB"), dtype=int).T
            leaves = np.sum((green > red + 40) & (green > blue + 40))
            right += bool(leaves > 350) == (row["diagnosis"] in spotted)
            total += 1
    assert right / total > 0.9


def test_cells_photos_and_readings_are_missing_as_in_life(rows: _Rows) -> None:
    named = [row["photo"] for row in rows if row["photo"]]
    lost = [photo for photo in named if not (rows.folder / photo).exists()]
    assert 0 < len(lost) < 20
    assert 0 < len(rows) - len(named) < 30
    assert 0 < sum(row["light_lux"] == "-999" for row in rows) < 80
    assert any(row["price_paid"].startswith("$1,") for row in rows)
    assert all(any(not row[c] for row in rows) for c in ("vigour", "pot_diameter"))
    assert len({row["clinic"] for row in rows}) == 1
    assert len({row["intake_id"] for row in rows}) == len(rows)


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())
