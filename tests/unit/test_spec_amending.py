"""What is said later is written into a spec without touching anything else in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from autom3l.diagnostics import SpecError
from autom3l.spec_reading import amend, load_spec, read_document
from autom3l.spec_reading.loading import written_out
from case_files import read_case
from hypothesis import given
from hypothesis import strategies as st

CASES = sorted((Path(__file__).parent.parent / "cases").rglob("*.txt"))
BREED: dict[str, Any] = {"columns": {"Breed1": {"modality": "categorical"}}}

SPEC = """\
# Ours.
data: {train: t.csv}   # a table
target: 'y'

columns:  # facts
  # of the shelter
  Age: drop

# how it is judged
metric: accuracy   # for now
directives: |
  Be quick.

seed: 3
"""


def test_a_pin_comes_first_among_its_like_and_nothing_else_moves() -> None:
    amended = amend(SPEC, BREED)
    added = "  Breed1: {modality: categorical}\n"
    assert amended == SPEC.replace("  Age: drop\n", f"{added}  Age: drop\n")


def test_a_value_is_replaced_where_it_stands() -> None:
    assert amend(SPEC, {"metric": "macro_f1"}) == SPEC.replace("accuracy", "macro_f1")


def test_one_directive_becomes_several() -> None:
    amended = amend(SPEC, {"directives": {"features": "Drop: Age"}})
    both = '{all: "Be quick.\\n", features: "Drop: Age"}\n\n'
    assert amended == SPEC.replace("|\n  Be quick.\n\n", both)


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("columns:", BREED, "columns: {Breed1: {modality: categorical}}"),
        ("columns: # c", BREED, "columns: {Breed1: {modality: categorical}} # c"),
        ("columns: {}", BREED, "columns: {Breed1: {modality: categorical}}"),
        (
            "columns: {a: drop}",
            BREED,
            "columns: {Breed1: {modality: categorical}, a: drop}",
        ),
        (
            "columns:\n  Breed1: {missing: ['?']} # c",
            BREED,
            "columns:\n  Breed1: {modality: categorical, missing: ['?']} # c",
        ),
        (
            "columns:\n  Breed1:\n    missing: # c\n    - '?' # d\n# e",
            {"columns": {"Breed1": {"missing": None}}},
            "columns:\n  Breed1:\n    missing: null # c # d\n# e",
        ),
        (
            "columns: {Breed1: numeric}",
            {"columns": {"Breed1": {"missing": ["-", "#"]}}},
            'columns: {Breed1: {modality: numeric, missing: ["-", "#"]}}',
        ),
        (
            "columns: {Breed1: drop}",
            {"columns": {"Breed1": {"drop": None, "modality": "text"}}},
            "columns: {Breed1: {modality: text}}",
        ),
        (
            "constraints: {max_parameters: 22M}",
            {"constraints": {"offline": True}},
            "constraints: {offline: true, max_parameters: 22M}",
        ),
        ("", {"split": {"test": 0.2}}, "split:\n  test: 0.2"),
        ("", {"metric": "mae"}, "metric: mae"),
        (
            "constraints:\n  licences:\n    - mit\n\n# d\nseed: 1",
            {"constraints": {"licences": ["MIT"]}},
            "constraints:\n  licences: [MIT]\n\n# d\nseed: 1",
        ),
        (
            "columns: {columns: drop}",
            {"columns": {"metric": {"drop": True}}},
            "columns: {metric: {drop: true}, columns: drop}",
        ),
    ],
)
def test_each_way_of_writing_is_kept(
    before: str, change: dict[str, Any], after: str
) -> None:
    start = "data: {train: t.csv}\ntarget: y\n"
    amended = amend(start + before, change)
    assert amended.removesuffix("\n") == start + after


def test_a_spec_on_one_line_stays_on_one() -> None:
    one = '{"data": {"train": "t.csv"}, "target": "y"}'
    both = '{columns: {Breed1: {modality: categorical}}, "data"'
    assert amend(one, BREED) == one.replace('{"data"', both)


@pytest.mark.parametrize(
    "text",
    [
        "data: {train: t.csv}\ntarget: y\n...\n",
        "data: {train: t.csv}\ntarget: y\ncolumns: {a: &x {drop: true}, Breed1: *x}\n",
        "data: {train: t.csv}\ntarget: y\ncolumns:\n  ? a\n  : drop\n",
    ],
)
def test_what_would_change_its_meaning_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="written in a way"):
        amend(text, BREED)


def specs() -> list[str]:
    """Every spec of the cases that can be read."""
    found = []
    for path in CASES:
        if path.parent.name not in ("spec", "data", "plan"):
            continue
        for header, text in read_case(path).files:
            if header == "spec.yaml" and "columns" in text:
                found.append(text)
    return found


@pytest.mark.parametrize("text", specs())
def test_all_lines_of_a_spec_survive_a_pin(text: str) -> None:
    try:
        amended = amend(text, BREED)
    except (SpecError, ValueError) as error:
        pytest.skip(f"no spec to begin with: {error}")
    left = iter(amended.splitlines())
    for line in text.splitlines():
        if "columns:" not in line and "Breed1:" not in line:
            assert line in left


@given(
    name=st.text(min_size=1, max_size=30).filter(str.isprintable),
    wish=st.text(max_size=60).filter(lambda t: all(c.isprintable() for c in t)),
)
def test_whatever_is_said_stays_one_value(name: str, wish: str) -> None:
    change = {"columns": {name: {"missing": [wish]}}, "directives": {"features": wish}}
    data = written_out(read_document(Path("spec"), amend(SPEC, change)).data)
    assert data["columns"][name] == {"missing": [wish]} | (
        {"drop": True} if name == "Age" else {}
    )
    assert data["directives"] == {"all": "Be quick.\n", "features": wish}
    assert data["seed"] == 3


def test_the_text_stands_for_the_file(tmp_path: Path) -> None:
    assert load_spec(tmp_path / "a.yaml", text=SPEC).seed == 3
