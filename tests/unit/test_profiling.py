"""Facts of a table: exact where promised, bounded in memory, the same every time."""

from __future__ import annotations

import csv
import json
import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from autom3l import profiling, sketches
from autom3l.diagnostics import DataError
from autom3l.profile import ColumnProfile, DataProfile
from autom3l.profiling import profile_data
from autom3l.sketches import DistinctCount, Histogram, TopCount
from autom3l.spec import Spec, SpecData
from autom3l.tables import delimited
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def profile_of(
    folder: Path,
    rows: Mapping[str, Sequence[str | None]],
    target: str = "y",
) -> DataProfile:
    """The profile of a CSV file with these columns."""
    with (folder / "t.csv").open("w", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(rows)
        writer.writerows(zip(*rows.values(), strict=True))
    return profile_data(spec(folder, target=target))


def spec(
    folder: Path,
    train: str = "t.csv",
    target: str = "y",
    test: str | None = None,
    validation: str | None = None,
) -> Spec:
    data = SpecData(train=train, test=test, validation=validation)
    return Spec(folder=str(folder), name="x", data=data, target=(target,))


def problems(request: Spec) -> list[str]:
    with pytest.raises(DataError) as caught:
        profile_data(request)
    folder = f"{request.folder}/"
    return [str(d).replace(folder, "") for d in caught.value.diagnostics]


def filler(rows: int) -> list[str]:
    """A target that raises no warning."""
    return [str(i) for i in range(rows)]


# Facts of one column


def test_facts_of_a_numeric_column(tmp_path: Path) -> None:
    cells = [
        "3",
        " 2.5",
        "+1e1",
        "-.5",
        "",
        "7.",
        "1,000",
        "nan",
        "inf",
        "1e999",
        "0x1",
    ]
    column = profile_of(tmp_path, {"x": cells, "y": filler(11)}).column("x")
    numbers = [3, 2.5, 10, -0.5, 7]
    assert (column.rows, column.missing, column.present) == (11, 1, 10)
    assert (column.numeric, column.integer, column.distinct) == (5, 3, 10)
    assert (column.minimum, column.maximum) == (-0.5, 10)
    assert column.mean == pytest.approx(statistics.mean(numbers))
    assert column.std == pytest.approx(statistics.pstdev(numbers))


def test_facts_of_a_text_column(tmp_path: Path) -> None:
    texts = ["one", "two  words", " and\nthree wörds\there ", "one", ""]
    column = profile_of(tmp_path, {"x": texts, "y": filler(5)}).column("x")
    assert column.words_mean == (1 + 2 + 4 + 1) / 4
    assert column.words_p95 == 4
    assert column.chars_mean == (3 + 10 + 22 + 3) / 4
    assert column.top[0] == ("one", 2)
    assert column.values == ("one", "two  words", " and\nthree wörds\there ", "one")
    assert (column.numeric, column.minimum, column.mean) == (0, None, None)


def test_an_empty_column(tmp_path: Path) -> None:
    profile = profile_of(tmp_path, {"x": [""] * 3, "y": filler(3)})
    column = profile.column("x")
    assert (column.missing, column.distinct, column.top) == (3, 0, ())
    assert (column.values, column.words_mean, column.std) == ((), 0, None)
    assert profile.sample["x"] == (None, None, None)


_cells = st.sampled_from(["", "a", "b b", "1", "2.0", "-3", "NA", "é ü", "1e3", " 4"])
_tables = st.lists(st.tuples(_cells, _cells), min_size=1, max_size=40)


@given(table=_tables, block=st.integers(min_value=300, max_value=600))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_facts_are_those_counted_by_hand_whatever_the_blocks(
    tmp_path: Path, table: list[tuple[str, str]], block: int
) -> None:
    columns: dict[str, list[str]] = {
        "a": [a for a, _ in table],
        "b": [b for _, b in table],
        "y": filler(len(table)),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "BLOCK_BYTES", (block,))
        profile = profile_of(tmp_path, columns)
    assert profile.rows == len(table)
    for name, cells in columns.items():
        check_by_hand(profile.column(name), cells)
        assert profile.sample[name] == tuple(cell or None for cell in cells)


def check_by_hand(column: ColumnProfile, cells: Sequence[str]) -> None:
    present = [cell for cell in cells if cell]
    counts = Counter(present)
    numbers = [float(c) for c in present if c.strip().lstrip("-")[:1].isdigit()]
    assert column.missing == len(cells) - len(present)
    assert column.distinct == len(counts)
    assert column.top == tuple(sorted(counts.items(), key=lambda i: (-i[1], i[0])))
    assert column.values == tuple(present)
    assert column.numeric == len(numbers)
    assert column.integer == sum(n.is_integer() for n in numbers)
    assert column.chars_mean == pytest.approx(
        sum(map(len, present)) / max(1, len(present))
    )
    words = sorted(len(cell.split()) for cell in present)
    assert column.words_mean == pytest.approx(sum(words) / max(1, len(words)))
    assert column.words_p95 == (words[math.ceil(0.95 * len(words)) - 1] if words else 0)
    if numbers:
        assert column.mean == pytest.approx(statistics.mean(numbers))
        assert column.std == pytest.approx(statistics.pstdev(numbers), abs=1e-9)
        assert (column.minimum, column.maximum) == (min(numbers), max(numbers))


def test_a_spread_far_from_zero_keeps_its_precision(tmp_path: Path) -> None:
    epochs = [str(1_700_000_000_000 + i % 2) for i in range(1000)]
    column = profile_of(tmp_path, {"x": epochs, "y": filler(1000)}).column("x")
    assert column.std == pytest.approx(0.5)


# The sample


def test_the_sample_is_bounded_aligned_and_repeatable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiling, "SAMPLE_ROWS", 500)
    columns = {"x": [f"v{i}" for i in range(3000)], "y": filler(3000)}
    first = profile_of(tmp_path, columns)
    monkeypatch.setattr(delimited, "BLOCK_BYTES", (4000,))
    second = profile_of(tmp_path, columns)
    assert len(first.sample["x"]) == 500
    assert first.sample["x"] == tuple(f"v{i}" for i in first.sample["y"])
    assert list(first.sample["y"]) == sorted(
        first.sample["y"], key=lambda i: int(i or 0)
    )
    assert first == second


def test_a_wide_table_keeps_less_of_each_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiling, "SAMPLE_CELLS", 1000)
    columns = {f"x{i}": filler(300) for i in range(9)} | {"y": filler(300)}
    profile = profile_of(tmp_path, columns)
    assert len(profile.sample["y"]) == 100
    assert len(profile.column("y").top) == 100
    assert profile.column("y").distinct == 300


def test_long_texts_leave_fewer_rows_in_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiling, "SAMPLE_BYTES", 100_000)
    columns = {"x": ["long " * 200] * 300, "y": filler(300)}
    assert 50 < len(profile_of(tmp_path, columns).sample["y"]) < 100


# Counting in bounded memory


def test_distinct_hashes_are_exact_below_the_cap_and_close_above() -> None:
    hashes = np.random.default_rng(0).integers(0, 2**64, 500_000, np.uint64)
    count = DistinctCount()
    count.add(hashes[:60_000])
    count.add(hashes[:30_000])
    assert count.estimate(at_most=90_000) == 60_000
    for start in range(0, 500_000, 50_000):
        count.add(hashes[start : start + 50_000])
    assert count.estimate(at_most=10**9) == pytest.approx(500_000, rel=0.015)
    assert count.estimate(at_most=400_000) == 400_000


def test_distinct_texts_of_a_column_beyond_the_cap(tmp_path: Path) -> None:
    rows = sketches.DISTINCT_CAP * 2
    columns = {"x": [f"{i % 100_000}" for i in range(rows)], "y": ["1"] * rows}
    profile = profile_of(tmp_path, columns)
    assert profile.column("x").distinct == pytest.approx(100_000, rel=0.015)
    assert len(profile.column("x").top) <= sketches.TOP_CAP
    assert any(
        w.endswith("of the rows repeat an earlier row.") for w in profile.warnings
    )


def test_frequent_texts_outlive_a_flood_of_rare_ones() -> None:
    top = TopCount()
    for batch in range(20):
        rare = [f"rare {batch} {i}" for i in range(3000)]
        values = pa.array([*rare, "often", "x" * 5000])
        top.add(values, np.array([1] * 3000 + [50, 99]))
    ranked = top.ranked()
    assert ranked[0] == ("often", 1000)
    assert ranked[1][1] == 1
    assert len(ranked) <= sketches.TOP_CAP


def test_all_classes_of_a_wide_label_are_counted(tmp_path: Path) -> None:
    labels = [f"class {i % 3000:04}" for i in range(9000)]
    top = profile_of(tmp_path, {"y": labels}).column("y").top
    assert top == tuple((f"class {i:04}", 3) for i in range(3000))


def test_numbers_beyond_a_histogram_count_as_its_limit() -> None:
    histogram = Histogram(10)
    assert histogram.quantile(0.95) == 0
    histogram.add(np.array([1, 500]), np.array([90, 10]))
    assert (histogram.quantile(0.9), histogram.quantile(0.95)) == (1, 10)


# Several files and formats


def test_a_key_that_comes_late_is_missing_before_and_after(tmp_path: Path) -> None:
    files: dict[str, list[dict[str, object]]] = {
        "1.jsonl": [{"y": 1}, {"y": 2, "late": "a"}],
        "2.jsonl": [{"y": 3, "other": 0.5}],
    }
    for name, rows in files.items():
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)))
    profile = profile_data(spec(tmp_path, train="*.jsonl"))
    assert profile.rows == 3
    assert [(c.name, c.rows, c.missing) for c in profile.columns] == [
        ("y", 3, 0),
        ("late", 3, 2),
        ("other", 3, 2),
    ]
    assert profile.sample == {
        "y": ("1", "2", "3"),
        "late": (None, "a", None),
        "other": (None, None, "0.5"),
    }


def test_a_table_for_testing_is_read_as_the_training_table_is(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\na,1\n")
    (tmp_path / "test.csv").write_text("x,y\né,1\n", encoding="utf-8-sig")
    profile = profile_data(spec(tmp_path, test="test.csv"))
    assert profile.source.paths == (str(tmp_path / "t.csv"),)
    assert profile.source.encoding == "utf-8-sig"
    assert profile.rows == 1


# Warnings


def test_a_sound_table_has_no_warnings(tmp_path: Path) -> None:
    assert profile_of(tmp_path, {"x": ["a"] * 200, "y": filler(200)}).warnings == ()


def test_what_the_user_should_know_is_said(tmp_path: Path) -> None:
    body = b",x,caf\xe9\n0,,1\n" + b"1,a,\n" * 3
    (tmp_path / "t.csv").write_bytes(body)
    assert profile_data(spec(tmp_path, target="café")).warnings == (
        "The table has only 4 rows: scores will vary by chance.",
        "Rows without a target, left out in training: 3 of 4.",
        "50% of the rows repeat an earlier row.",
        "The table is not UTF-8; it is read as cp1252.",
        "Column 1 has no name; it is read as 'Unnamed: 0'.",
        "Column 'café' is empty in 75% of the rows.",
    )


# What is refused


def test_a_header_without_rows(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n")
    assert problems(spec(tmp_path)) == [
        "t.csv: the table has a header and no rows [D004]"
    ]


@pytest.mark.parametrize(
    ("name", "content"), [("t.csv", "x,yy\n1,2\n"), ("t.jsonl", '{"x": 1, "yy": 2}')]
)
def test_a_target_that_the_table_lacks(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert problems(spec(tmp_path, train=name)) == [
        "target: the table has no column 'y' (did you mean 'yy'?) [D014]"
    ]


def test_a_target_without_any_value(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,\n2,\n")
    assert problems(spec(tmp_path)) == ["t.csv: no row has a value in 'y' [D017]"]


def test_missing_tables_for_validation_and_testing_are_named_at_once(
    tmp_path: Path,
) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,2\n")
    assert problems(spec(tmp_path, test="test.csv", validation="t2.csv")) == [
        "data.validation: there is no file 't2.csv' (did you mean 't.csv'?) [D001]",
        "data.test: there is no file 'test.csv' (did you mean 't.csv'?) [D001]",
    ]


def test_a_table_for_testing_needs_the_target(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,2\n")
    (tmp_path / "test.csv").write_text("x\n1\n")
    assert problems(spec(tmp_path, test="test.csv")) == [
        "test.csv: has no target column 'y' (leave it out) [D016]"
    ]
