"""What changed from one plan to another, and what is said of it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from autom3l.compiled import Compiled
from autom3l.diagnostics import UserError
from autom3l.diffing import diff_as_markdown, diff_as_text, diff_plans
from autom3l.ir import IR_VERSION, Decision, Pipeline
from autom3l.ir_json import to_json
from autom3l.pipeline_file import MIGRATIONS, parse_pipeline, read_pipeline
from autom3l.plan_diff import Change, plan_changes

GENERATED = Path(__file__).resolve().parents[2] / "generated"
TREES = sorted(path.name for path in GENERATED.iterdir() if path.is_dir())


def plan_of(name: str) -> Pipeline:
    return read_pipeline(GENERATED / name / ".autom3l/pipeline.json")


@pytest.fixture(scope="module")
def clinic() -> Pipeline:
    return plan_of("clinic")


def test_the_same_plan_has_no_changes(clinic: Pipeline) -> None:
    assert plan_changes(clinic, clinic) == ()
    same = Compiled(clinic, {"a.py": "1"})
    assert diff_as_text(diff_plans(same, same)) == "The plan is the same."


@pytest.mark.parametrize("old", TREES)
@pytest.mark.parametrize("new", TREES)
def test_any_two_plans_are_compared(old: str, new: str) -> None:
    changes = plan_changes(plan_of(old), plan_of(new))
    assert bool(changes) == (old != new)
    back = plan_changes(plan_of(new), plan_of(old))
    key = {(c.section, c.subject, c.before, c.after) for c in changes}
    assert {(c.section, c.subject, c.after, c.before) for c in back} == key


def test_every_part_of_a_plan_is_compared() -> None:
    offers = plan_of("offers")
    apart = {"version", "decisions"}  # what reads it; why it is so
    found = [plan_changes(plan_of("songs"), plan_of(n)) for n in ("offers", "shelves")]
    sections = {change.section for changes in found for change in changes}
    named = {"name": "project", "package": "project"}
    assert {named.get(f.name, f.name) for f in fields(Pipeline)} - apart <= sections
    fewer = replace(offers, pairs=offers.pairs[1:])
    (change,) = plan_changes(fewer, offers)
    assert (change.section, change.before) == ("pairs", "")
    assert change.after == f"{offers.pairs[0].left} and {offers.pairs[0].right}"


def test_a_column_that_is_new_gone_or_read_otherwise(clinic: Pipeline) -> None:
    columns = {column.name: column for column in clinic.columns}
    weight = replace(columns.pop("weight"), name="mass", impute=None)
    columns["diet"] = replace(columns["diet"], role="leak")
    because = Decision("columns", "diet", "leak", "It tells the target.", "rule")
    new = replace(
        clinic,
        columns=(*columns.values(), weight),
        decisions=(*clinic.decisions, because),
    )
    changes = [c for c in plan_changes(clinic, new) if c.section == "columns"]
    cells = "The cells are quantities."
    assert changes[0].reason.endswith("It tells the target.")
    assert [replace(c, reason="") for c in changes[:1]] + changes[1:] == [
        Change("columns", "diet: role", "feature", "leak"),
        Change("columns", "mass", "", "numeric"),
        Change("columns", "weight", "numeric", "", cells),
    ]


def test_a_value_of_a_section_is_told_with_what_was_decided_there(
    clinic: Pipeline,
) -> None:
    metric = Decision("task", "metric", "f1", "The rare class counts.", "llm")
    fusion = Decision("fusion", "fusion", "4 members", "Rows are many.", "rule")
    kept = [d for d in clinic.decisions if d.subject not in ("metric", "fusion")]
    new = replace(
        clinic,
        task=replace(clinic.task, metric="f1"),
        fusion=replace(clinic.fusion, members=4, dropout=0.25),
        decisions=(*kept, metric, fusion),
    )
    assert plan_changes(clinic, new) == (
        Change("task", "metric", "roc_auc", "f1", "The rare class counts."),
        Change("fusion", "members", "8", "4", "Rows are many."),
        Change("fusion", "dropout", "0.2", "0.25", "Rows are many."),
    )


def test_a_tuning_is_told_with_its_own_reason() -> None:
    adverts = plan_of("adverts")
    text = adverts.encoders.text
    assert text
    card = Decision("encoders", "text", text.card, "Good for names.", "rule")
    tuning = Decision("encoders", "text tuning", "full", "A GPU is there.", "rule")
    new = replace(
        adverts,
        encoders=replace(adverts.encoders, text=replace(text, tuning="full")),
        decisions=(card, tuning),
    )
    old = replace(
        adverts,
        encoders=replace(adverts.encoders, text=replace(text, tuning="frozen")),
        decisions=(card,),
    )
    (change,) = (c for c in plan_changes(old, new) if c.section == "encoders")
    assert change == Change(
        "encoders", "text: tuning", "frozen", "full", "A GPU is there."
    )


def test_a_limit_of_ngrams_is_told_with_its_own_reason() -> None:
    new = plan_of("listings")
    text = new.encoders.text
    assert text
    few = replace(new.encoders, text=replace(text, ngrams=512))
    (change,) = plan_changes(replace(new, encoders=few), new)
    reasons = [d.reason for d in new.decisions if d.subject == "n-grams"]
    assert [change.reason] == reasons


def test_a_search_is_compared_by_what_it_searches(clinic: Pipeline) -> None:
    search = clinic.search
    assert search
    kept = [d for d in search.dimensions if d.key != "train.lr"]
    new = replace(clinic, search=replace(search, trials=7, dimensions=tuple(kept)))
    changes = [(c.subject, c.before, c.after) for c in plan_changes(clinic, new)]
    before = next(d.text() for d in search.dimensions if d.key == "train.lr")
    assert changes == [("trials", "20", "7"), ("train.lr", before, "")]


def test_markdown_holds_names_of_the_table_as_text(clinic: Pipeline) -> None:
    column = replace(clinic.columns[4], name="a|b`<img src=x>\n# c")
    new = replace(clinic, columns=(*clinic.columns, column))
    page = diff_as_markdown(diff_plans(Compiled(clinic, None), Compiled(new, None)))
    (row,) = [line for line in page.splitlines() if "img" in line]
    assert row.startswith("| columns | `` a\\|b`<img src=x> # c `` |  | `numeric` |")
    assert "files" not in page


def test_a_pipeline_of_a_newer_version_is_told_as_such(clinic: Pipeline) -> None:
    newer = to_json(clinic).replace('"version": 1', '"version": 2', 1)
    with pytest.raises(UserError) as error:
        parse_pipeline(newer, "p.json")
    assert str(error.value) == (
        "p.json: a pipeline of version 2; this autom3l reads 1 (upgrade autom3l) [C011]"
    )


def test_a_pipeline_of_before_fields_were_added_is_read(clinic: Pipeline) -> None:
    data = json.loads(to_json(clinic))
    for later in ("ensemble", "derived", "search"):
        del data[later]
    for column in data["columns"]:
        column.pop("impute", None)
    read = parse_pipeline(json.dumps(data), "p.json")
    assert (read.search, read.derived, read.ensemble.folds) == (None, (), 1)


def test_each_earlier_version_has_its_migration() -> None:
    assert len(MIGRATIONS) == IR_VERSION - 1
