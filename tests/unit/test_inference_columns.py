"""What single columns are taken for: name, cells, what comes out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from autom3l.inference.judging import judge
from column_cases import CASES
from column_samples import Cell, cycle, draw, profile_of, whole


@pytest.mark.parametrize(
    ("name", "cells", "outcome"),
    CASES,
    ids=[f"{number}-{name or 'nameless'}" for number, (name, _, _) in enumerate(CASES)],
)
def test_column_is_taken_for(name: str, cells: list[Cell], outcome: str) -> None:
    verdict = judge(profile_of(name, cells))

    assert (verdict.modality if verdict.role == "feature" else verdict.role) == outcome
    assert 0 <= verdict.confidence <= 1
    assert verdict.reason.endswith(".")
    assert verdict.evidence


def test_order_of_rows_changes_no_verdict() -> None:
    for name, cells, _ in CASES:
        known = [cell for cell in cells if cell is not None]
        if name in ("date", "dteday"):
            continue  # Sorted dates may settle which of day and month comes first.
        first, last = judge(profile_of(name, cells)), judge(
            profile_of(name, cells[::-1])
        )
        assert first.modality == last.modality, (name, known[:3])
        assert first.role == last.role, (name, known[:3])


def test_cuts_scale_with_the_rows() -> None:
    few = profile_of("kind", cycle("red green blue grey black", 30))
    many = profile_of("kind", cycle(" ".join(f"level{i}" for i in range(30)), 300))

    assert judge(few).modality == judge(many).modality == "categorical"
    assert judge(few).role == judge(many).role == "feature"


def test_a_mix_of_units_is_no_number() -> None:
    cells = draw(lambda s: f"{s.randint(1, 900)} {s.choice(['g', 'kg'])}")
    verdict = judge(profile_of("weight", cells))

    assert verdict.modality == "categorical"
    assert "several units ('g', 'kg')" in verdict.reason


def test_levels_stand_from_low_to_high() -> None:
    sizes = judge(profile_of("size", cycle("Large Small Medium")))
    ages = judge(profile_of("age_group", cycle("55+ 18-24 45-54 25-34 <18")))
    hours = judge(profile_of("hour", whole(0, 23, 900)))

    assert sizes.levels == ("Small", "Medium", "Large")
    assert ages.levels == ("<18", "18-24", "25-34", "45-54", "55+")
    assert all(int(a) < int(b) for a, b in pairwise(hours.levels))


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("yes no", ("no", "yes")),
        ("True False", ("False", "True")),
        ("Y N", ("N", "Y")),
        ("1 0", ("0", "1")),
        ("2 1", ("1", "2")),
        ("Ja Nein", ("Nein", "Ja")),
    ],
)
def test_levels_of_a_boolean_are_false_then_true(
    text: str, levels: tuple[str, str]
) -> None:
    assert judge(profile_of("answer", cycle(text))).levels == levels


@pytest.mark.parametrize(
    ("name", "cells", "shape"),
    [
        ("rescuer_id", [f"Kay-{i:03}" for i in range(200)], "'Aaa-999'"),
        ("contact", [f"a{i:03}@mail.com" for i in range(200)], "'a999@aaaa.aaa'"),
        ("ssn", [f"{i:03}-45-{7 * i:04}" for i in range(200)], "'999-99-9999'"),
    ],
)
def test_evidence_quotes_no_cell_that_names_a_row(
    name: str, cells: list[str], shape: str
) -> None:
    verdict = judge(profile_of(name, cells))
    assert verdict.role == "identifier"
    expected = f"200 different values in 200 cells, 100% look like {shape}"
    assert verdict.evidence == expected


def test_evidence_quotes_no_address() -> None:
    cells = [f"{'ab'[i % 2]}.smith@mail.com" for i in range(200)]
    assert "smith" not in judge(profile_of("seller", cells)).evidence


KEYS: list[tuple[str, list[Cell]]] = [
    *((name, cells) for name, cells, outcome in CASES if outcome == "identifier"),
    ("member_id", [*(str(n) for n in range(70_000, 70_400)), "A-7", "B-9"]),
    (
        "user",
        [f"नमस्ते{chr(0x0915 + n % 30)}{chr(0x0915 + n // 30)}" for n in range(300)],
    ),
]


@pytest.mark.parametrize(("name", "cells"), KEYS)
def test_no_key_of_a_row_is_quoted(name: str, cells: list[Cell]) -> None:
    verdict = judge(profile_of(name, cells))
    assert verdict.role == "identifier"
    told = f"{verdict.reason} {verdict.evidence}"
    counts = {"200", "240", "300", "400", "402"}
    for cell in {cell.strip() for cell in cells if cell} - counts:
        assert len(cell) < 2 or cell not in told.split(), told
        assert len(cell) < 4 or cell not in told, told


@pytest.mark.parametrize(
    ("cells", "looks"),
    [
        ([f"{n * 7919 % 10**9:012x}" for n in range(1, 200)], "of 12 hex digits"),
        ([f"{n:08x}-0000-4000-8000-{n:012x}" for n in range(200)], "UUIDs"),
        ([f"{n * 7919 % 10**6:09}" for n in range(1, 200)], "of 9 digits"),
        ([f"Ä{n:03}" for n in range(200)], "100% look like 'A999'"),
    ],
)
def test_the_look_of_keys_is_told(cells: list[Cell], looks: str) -> None:
    assert judge(profile_of("row_id", cells)).evidence.endswith(looks)


def test_a_sample_of_signs_for_missing_values_alone_is_judged() -> None:
    profile = profile_of(
        "remark", [f"Ä{2 * n // 3:03}" for n in range(300)] + ["?"] * 60
    )
    verdict = judge(replace(profile, values=("?",) * 5))
    assert verdict.evidence.endswith("none of them in the sample")
