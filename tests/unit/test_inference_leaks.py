"""Columns that give the target away, and honest ones that must not be blamed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from autom3l.column import Column
from autom3l.inference.columns import infer_columns
from autom3l.ir import Decision
from column_samples import Cell, cycle, draw, spec_of, table_of, whole

ROWS = 600


def _columns(
    table: dict[str, list[Cell]], **spec: object
) -> tuple[dict[str, Column], dict[str, Decision]]:
    asked = replace(spec_of("y"), **spec)  # type: ignore[arg-type]
    columns, decisions = infer_columns(asked, table_of(table))
    assert [c.name for c in columns] == [name for name in table if name != "y"]
    assert [d.subject for d in decisions] == [c.name for c in columns]
    return {c.name: c for c in columns}, {d.subject: d for d in decisions}


def _labels(seed: int = 1) -> list[Cell]:
    return draw(lambda s: s.choice(["up", "down"]), ROWS, seed)


def _noise(seed: int = 2) -> list[Cell]:
    return draw(lambda s: round(s.gauss(0, 1), 4), ROWS, seed)


def _numbers(cells: list[Cell]) -> list[float]:
    return [float(cell) for cell in cells if cell is not None]


@pytest.mark.parametrize(
    ("name", "leak"),
    [
        ("copy", lambda label, row: label.upper()),
        ("code", lambda label, row: {"up": 7, "down": 3}[label]),
        ("path", lambda label, row: f'["{label} >> part {row % 50} >> {row}"]'),
        ("route", lambda label, row: f"{label[:1]}{row % 211:03d}"),
        ("share", lambda label, row: (0.6 if label == "up" else 0.2) + row / 10**4),
        ("outcome", lambda label, row: f"was {label} in {row % 70}"),
    ],
)
def test_a_column_that_gives_the_label_away(name: str, leak: object) -> None:
    labels = _labels()
    assert callable(leak)
    cells: list[Cell] = [str(leak(label, row)) for row, label in enumerate(labels)]

    columns, why = _columns({"noise": _noise(), name: cells, "y": labels})

    assert columns["noise"].role == "feature"
    assert columns[name].role == "leak"
    assert "'y'" in why[name].reason
    assert "threshold 98%" in why[name].evidence


def test_strong_honest_columns_stay() -> None:
    labels = _labels()
    source = random.Random(8)  # noqa: S311
    flips = [source.random() for _ in labels]
    hint: list[Cell] = [
        str(label == "up") if flip > 0.04 else str(label != "up")
        for label, flip in zip(labels, flips, strict=True)
    ]
    telling: list[Cell] = [
        f"this one goes {label} and so on {row}" for row, label in enumerate(labels)
    ]
    columns, _ = _columns({"hint": hint, "telling": telling, "y": labels})

    assert columns["hint"].role == "feature"
    assert columns["telling"].role == "feature"
    assert columns["telling"].modality == "text"


def test_a_cell_filled_only_for_one_label_tells_it() -> None:
    labels = _labels()
    reasons: list[Cell] = [
        None if label == "up" else f"because {row % 9}"
        for row, label in enumerate(labels)
    ]
    columns, why = _columns({"reason": reasons, "y": labels})

    assert columns["reason"].role == "leak"
    assert "Whether there is a value" in why["reason"].reason


def test_a_coarser_class_follows_from_the_target() -> None:
    fine = whole(0, 39, 1600, 9)
    columns, why = _columns(
        {
            "coarse": [f"group {int(cell) // 3}" for cell in fine if cell],
            "colour": draw(lambda s: s.choice(["red", "green", "blue"]), 1600, 10),
            "y": [f"kind {cell}" for cell in fine],
        }
    )

    assert columns["coarse"].role == "leak"
    assert "coarser class" in why["coarse"].reason
    assert columns["colour"].role == "feature"


def test_a_number_that_gives_a_number_away() -> None:
    price = draw(lambda s: round(s.lognormvariate(5, 1), 2), ROWS, 11)
    source = random.Random(12)  # noqa: S311
    columns, _ = _columns(
        {
            "log_price": [f"{n ** 0.5:.5f}" for n in _numbers(price)],
            "area": [f"{n * source.uniform(0.5, 1.5):.2f}" for n in _numbers(price)],
            "y": price,
        }
    )

    assert columns["log_price"].role == "leak"
    assert columns["area"].role == "feature"


@pytest.mark.parametrize(
    ("sign", "make"),
    [
        ("'a' + 'b'", lambda a, b: a + b),
        ("'a' - 'b'", lambda a, b: a - b),
        ("'a' * 'b'", lambda a, b: a * b),
        ("'a' / 'b'", lambda a, b: a / b),
    ],
)
def test_two_columns_that_make_up_the_target(sign: str, make: object) -> None:
    assert callable(make)
    first = draw(lambda s: round(s.uniform(10, 500), 3), ROWS, 13)
    second = draw(lambda s: round(s.uniform(10, 500), 3), ROWS, 14)
    whole_ = [
        make(a, b) for a, b in zip(_numbers(first), _numbers(second), strict=True)
    ]
    columns, why = _columns(
        {"a": first, "b": second, "other": _noise(), "y": [f"{n:.6f}" for n in whole_]}
    )

    assert columns["a"].role == columns["b"].role == "leak"
    assert columns["other"].role == "feature"
    assert sign in why["a"].evidence


def test_the_end_of_a_span_gives_its_length_away() -> None:
    start = datetime(2016, 1, 1)
    begun = [start + timedelta(minutes=97 * row) for row in range(ROWS)]
    lengths = [int(n) for n in _numbers(whole(60, 6000, ROWS, 15))]
    ended = [a + timedelta(seconds=n) for a, n in zip(begun, lengths, strict=True)]
    columns, why = _columns(
        {
            "pickup": [f"{when:%Y-%m-%d %H:%M:%S}" for when in begun],
            "dropoff": [f"{when:%Y-%m-%d %H:%M:%S}" for when in ended],
            "y": [str(n) for n in lengths],
        }
    )

    assert columns["pickup"].role == "feature"
    assert columns["dropoff"].role == "leak"
    assert "'dropoff' - 'pickup' in seconds" in why["dropoff"].evidence


def test_every_target_is_held_against_the_columns() -> None:
    table = {"copy": _labels(5), "y": _labels(), "z": _labels(5)}
    columns, _ = infer_columns(
        replace(spec_of("y"), target=("y", "z")), table_of(table)
    )

    assert [c.name for c in columns] == ["copy"]
    assert columns[0].role == "leak"


def test_few_rows_convict_no_column() -> None:
    labels = cycle("up down", 20)
    columns, _ = _columns({"code": cycle("1 2", 20), "y": labels})

    assert columns["code"].role == "feature"
