"""Derived numbers and filled holes, from the IR to what the templates see of them."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from functools import cache

import pytest
from autom3l.additions import derivation, filling
from autom3l.column import Column, DatetimeFormat, Derived, Impute, NumberFormat
from autom3l.context import context
from autom3l.encoders import Encoders
from autom3l.filetree import FileTree
from autom3l.ir import Decision, Pipeline
from autom3l.ir_json import from_json, to_json
from autom3l.rendering import render
from autom3l.resources import templates_dir
from autom3l.rewrites import rewrite
from autom3l.validation import verify
from mutations import ABOUT, AGE, TABULAR, TEXT, VALID

BORN = Column("born", "datetime", "unusable", datetime=DatetimeFormat("%d/%m/%Y", ()))
SEEN = Column("seen", "datetime", "unusable", datetime=DatetimeFormat("epoch_ms", ()))
LIVED = Derived("lived", "days_between", ("seen", "born"))
EXTRA = {"cells.py", "derived.py", "imputation.py", "test_features.py"}


def with_columns(*columns: Column, derived: tuple[Derived, ...] = ()) -> Pipeline:
    """A valid pipeline of these columns alone."""
    text = any(c.modality == "text" and c.role == "feature" for c in columns)
    changed = replace(VALID, columns=columns, derived=derived)
    tabular = bool(context(changed).has_tabular)
    encoders = Encoders(TABULAR if tabular else None, TEXT if text else None)
    pipeline = replace(changed, encoders=encoders)
    verify(pipeline, None, None)
    return pipeline


def filled(column: Column, strategy: str, **how: object) -> Column:
    return replace(column, impute=Impute(strategy, **how))  # type: ignore[arg-type]


@cache
def project(pipeline: Pipeline) -> FileTree:
    return rewrite(render(pipeline, [templates_dir()]))


def extras(pipeline: Pipeline) -> set[str]:
    """The modules that only what is derived or filled needs."""
    return {path.rpartition("/")[2] for path in project(pipeline)} & EXTRA


def constants(pipeline: Pipeline) -> dict[str, object]:
    """The literals of the emitted data contract."""
    tree = ast.parse(project(pipeline)["pets/columns.py"])
    pairs = [
        (ast.unparse(node.targets[0]), node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
    ]
    return {n: ast.literal_eval(v) for n, v in pairs if "*" not in ast.unparse(v)}


def test_what_is_neither_derived_nor_filled_leaves_no_trace() -> None:
    text = to_json(VALID)
    assert '"impute"' not in text
    assert '"derived"' not in text
    assert from_json(text) == VALID
    assert extras(VALID) == set()


def test_what_is_derived_and_filled_survives_json() -> None:
    pipeline = with_columns(filled(AGE, "mean"), BORN, SEEN, derived=(LIVED,))
    assert json.loads(to_json(pipeline))["derived"][0]["inputs"] == ["seen", "born"]
    assert from_json(to_json(pipeline)) == pipeline


def test_a_table_may_be_made_of_what_is_derived_alone() -> None:
    pipeline = with_columns(BORN, SEEN, derived=(LIVED,))
    assert pipeline.features() == ()
    scope = context(pipeline)
    assert scope.inputs == ("numbers",)
    assert scope.branches == ("tabular",)
    assert extras(pipeline) == EXTRA - {"imputation.py"}
    assert constants(pipeline)["SOURCES"] == ["born", "seen"]
    assert "from 2 columns" in project(pipeline)["README.md"]


def test_a_flag_of_a_text_is_a_number() -> None:
    told = filled(ABOUT, "constant", value="nothing", indicator=True)
    assert context(with_columns(told)).branches == ("tabular", "text")
    untold = filled(ABOUT, "constant", value="nothing")
    assert context(with_columns(untold)).branches == ("text",)
    assert extras(with_columns(untold)) == {"imputation.py", "test_features.py"}


@pytest.mark.parametrize(
    ("value", "form", "number"),
    [
        ("0", NumberFormat(), 0.0),
        ("$1,200", NumberFormat(("$",), ","), 1200.0),
        ("1.234,5 kg", NumberFormat((" kg",), ".", ","), 1234.5),
    ],
)
def test_a_constant_is_read_as_the_cells_are(
    value: str, form: NumberFormat, number: float
) -> None:
    column = filled(replace(AGE, number=form), "constant", value=value)
    pipeline = with_columns(column)
    assert filling(pipeline).constants == (("age", number),)
    assert constants(pipeline)["FILL_CONSTANT"] == {"age": number}


def test_a_group_is_filled_with_what_is_typical_of_its_modality() -> None:
    breed = Column("breed", "categorical")
    good = Column("good", "boolean", levels=("no", "yes"))
    columns = (filled(AGE, "group", by="breed"), filled(good, "group", by="breed"))
    found = filling(with_columns(*columns, breed))
    assert found.statistics == (("age", "median"), ("good", "most_frequent"))
    assert found.within == (("age", "breed"), ("good", "breed"))


def test_missing_texts_of_a_source_are_known() -> None:
    source = replace(AGE, role="duplicate", missing=("?",))
    pipeline = with_columns(ABOUT, source, derived=(Derived("a", "log1p", ("age",)),))
    assert constants(pipeline)["MISSING"] == {"age": ["?"]}


def test_dates_of_an_example_are_written_as_the_columns_are() -> None:
    example = derivation(with_columns(BORN, SEEN, derived=(LIVED,))).date_example
    assert example
    assert (example.end, example.start) == ("1704067200000", "01/01/2023")


def test_the_data_contract_gives_the_reasons() -> None:
    pipeline = replace(
        with_columns(filled(AGE, "mean"), BORN, SEEN, derived=(LIVED,)),
        decisions=(
            Decision("derived", "lived", "days_between", "Age matters.", "llm"),
            Decision("imputation", "age", "mean", "Few are missing.", "llm"),
        ),
    )
    readme = project(pipeline)["README.md"]
    assert "| `lived` | days from `born` to `seen` | Age matters. |" in readme
    assert "| `age` | the mean | Few are missing. |" in readme
    assert "- derived" not in readme
