"""Columns held against each other: copies, recodings; what pins change."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from autom3l.column import Column
from autom3l.inference.columns import infer_columns
from autom3l.ir import Decision
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
    assert columns["x"].role == "irrelevant"
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

    assert columns["a"].role == "irrelevant"
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
