"""Columns held against each other and the target: copies, recodings, leaks, pins."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from autom3l.inference.columns import infer_columns
from autom3l.ir import Column, Decision
from autom3l.spec import ColumnPin, SpecSplit
from column_samples import Cell, cycle, draw, each, marked, spec_of, table_of, whole

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


def test_a_copy_of_another_column_goes() -> None:
    noise = _noise()
    shouted = [
        cell.upper() for cell in draw(lambda s: s.choice("abcdef"), ROWS, 3) if cell
    ]
    columns, why = _columns(
        {
            "first": noise,
            "letters": draw(lambda s: s.choice("abcdef"), ROWS, 3),
            "again": list(noise),
            "shouted": list(shouted),
            "y": _labels(),
        }
    )

    assert columns["first"].role == "feature"
    assert columns["again"].role == "duplicate"
    assert columns["again"].modality == "numeric"
    assert columns["shouted"].role == "duplicate"
    assert "'first'" in why["again"].reason
    assert "100.0%" in why["again"].evidence


def test_recodings_and_rescalings_go() -> None:
    codes = whole(1, 6, ROWS, 4)
    kelvin = draw(lambda s: round(s.uniform(250, 310), 2), ROWS, 5)
    columns, why = _columns(
        {
            "education": [f"step {code}" for code in codes],
            "education_num": codes,
            "kelvin": kelvin,
            "fahrenheit": [f"{n * 1.8 - 459.67:.3f}" for n in _numbers(kelvin)],
            "y": _labels(),
        }
    )

    assert columns["education_num"].role == "duplicate"
    assert columns["fahrenheit"].role == "duplicate"
    assert "0.999" in why["fahrenheit"].evidence


def test_alike_is_not_the_same() -> None:
    price = draw(lambda s: s.randint(100, 9000), ROWS, 6)
    source = random.Random(7)  # noqa: S311
    names = each(lambda row: f"small dog number {row} at play", ROWS)
    columns, _ = _columns(
        {
            "price": price,
            "discounted": [
                f"{n * source.uniform(0.6, 1):.0f}" for n in _numbers(price)
            ],
            "start": each(
                lambda row: f"2014-01-01 {row // 60:02d}:{row % 60:02d}:00", ROWS
            ),
            "stop": each(
                lambda row: f"2014-01-01 {row // 60:02d}:{row % 60:02d}:59", ROWS
            ),
            "name": names,
            "description": [f"{name} with old friends" for name in names],
            "y": _labels(),
        }
    )

    assert {c.role for c in columns.values()} == {"feature"}


def test_two_rare_flags_may_coincide() -> None:
    rare: list[Cell] = ["1" if row == 77 else "0" for row in range(ROWS)]
    columns, _ = _columns({"a": rare, "b": list(rare), "y": _labels()})

    assert columns["b"].role == "feature"


def test_of_two_equal_columns_the_fuller_one_stays() -> None:
    full = _noise()
    part = [cell if row % 150 else None for row, cell in enumerate(full)]
    columns, _ = _columns({"part": part, "full": full, "y": _labels()})

    assert columns["full"].role == "feature"
    assert columns["part"].role == "duplicate"


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


def test_mostly_zero_columns_are_no_copies() -> None:
    source = random.Random(16)  # noqa: S311

    def sparse(row: int) -> int:
        return source.randint(1, 9) if source.random() < 0.02 else row * 0

    columns, _ = _columns(
        {
            "a": each(sparse, 2000),
            "b": each(sparse, 2000),
            "y": draw(lambda s: s.choice("pq"), 2000),
        }
    )

    assert columns["b"].role == "feature"


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


def test_pins_win_and_remember_the_rules() -> None:
    labels = _labels()
    columns, why = _columns(
        {"code": list(labels), "zip": whole(1, 9, ROWS), "x": _noise(), "y": labels},
        columns={
            "code": ColumnPin(drop=False),
            "zip": ColumnPin(modality="ordinal", levels=("1", "2", "3")),
            "x": ColumnPin(drop=True),
        },
    )

    assert columns["code"].role == "feature"
    assert columns["zip"].modality == "ordinal"
    assert columns["zip"].levels == ("1", "2", "3")
    assert columns["x"].role == "unusable"
    assert {d.source for d in why.values()} == {"spec"}
    assert "drop (leak)" in why["code"].evidence
    assert why["code"].choice == "categorical"


def test_a_pinned_format_is_used() -> None:
    cells = draw(lambda s: f"{s.randint(1, 12)}/{s.randint(1, 12)}/2014", ROWS)
    columns, _ = _columns(
        {"d": cells, "y": _labels()}, columns={"d": ColumnPin(format="%d/%m/%Y")}
    )

    assert columns["d"].datetime is not None
    assert columns["d"].datetime.format == "%d/%m/%Y"


def test_the_copy_of_a_dropped_column_stays() -> None:
    noise = _noise()
    columns, _ = _columns(
        {"a": noise, "b": list(noise), "y": _labels()},
        columns={"a": ColumnPin(drop=True)},
    )

    assert columns["a"].role == "unusable"
    assert columns["b"].role == "feature"


def test_the_fold_column_splits() -> None:
    folds = cycle("train train validation test", ROWS)
    columns, _ = _columns(
        {"fold": folds, "x": _noise(), "y": _labels()},
        split=SpecSplit(kind="column", column="fold"),
    )

    assert columns["fold"].role == "split"


def test_types_do_not_depend_on_the_seed() -> None:
    table: dict[str, list[Cell]] = {
        "kind": [*["usual"] * 599, "rare"],
        "size": cycle("S M L", ROWS),
        "n": whole(0, 9, ROWS),
        "y": _labels(),
    }
    found = {
        infer_columns(replace(spec_of("y"), seed=seed), table_of(table))
        for seed in range(20)
    }

    assert len(found) == 1


@pytest.mark.parametrize("seed", ["1", "2"])
def test_types_do_not_depend_on_the_hash_seed_or_folder(
    seed: str, tmp_path: Path
) -> None:
    script = (
        "from column_samples import *\n"
        "from autom3l.inference.columns import infer_columns\n"
        "table = {'a': cycle('S M L'), 'b': marked(whole(1, 9), '?'),\n"
        "  'c': draw(lambda s: f'${s.randint(1, 9)} {s.choice([\"x\", \"y\"])}'),\n"
        "  'd': cycle('|'.join(['a;b', 'b;c']), separator='|'), 'y': cycle('p q r')}\n"
        "print(infer_columns(spec_of('y'), table_of(table)))"
    )
    tests = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(tests)}
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    table = {
        "a": cycle("S M L"),
        "b": marked(whole(1, 9), "?"),
        "c": draw(lambda s: f"${s.randint(1, 9)} {s.choice(['x', 'y'])}"),
        "d": cycle("a;b|b;c", separator="|"),
        "y": cycle("p q r"),
    }

    assert told == f"{infer_columns(spec_of('y'), table_of(table))}\n"
