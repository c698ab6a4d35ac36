"""A table that changed since the last compile: it is told, and stops a locked one."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from autom3l.cli import app
from typer.testing import CliRunner, Result

Table = dict[str, list[str]]
ROWS = 300


def drawn() -> Table:
    random = Random(0)  # noqa: S311
    return {
        "size": [f"{random.uniform(1, 900):.1f}" for _ in range(ROWS)],
        "colour": [random.choice(["red", "blue", "green"]) for _ in range(ROWS)],
        "owner": [f"Zoë {random.randint(1, 10**9)}" for _ in range(ROWS)],
        "sold": [random.choice(["yes", "no", "later"]) for _ in range(ROWS)],
    }


def write(table: Table) -> None:
    with Path("data.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Table:
    """What `out` was compiled from, in the current folder."""
    monkeypatch.chdir(tmp_path)
    templates = tmp_path / "templates"
    (templates / "project").mkdir(parents=True)
    (templates / "project/README.md.jinja").write_text(
        "{% for c in read %}\n{{ c.name | code }} {{ c.modality }}\n{% endfor %}\n"
    )
    monkeypatch.setattr("autom3l.resources.templates_dir", lambda: templates)
    Path("spec.yaml").write_text("data: {train: data.csv}\ntarget: sold\n")
    table = drawn()
    write(table)
    assert compiled().exit_code == 0
    return table


def compiled(*arguments: str) -> Result:
    command = ["compile", "spec.yaml", "-o", "out", "--no-trial", *arguments]
    return CliRunner().invoke(app, command)


def changes(*arguments: str) -> list[dict[str, Any]]:
    result = compiled("--format", "json", *arguments)
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)["data_changes"]
    return found


def change(column: str, what: str, before: str = "", after: str = "") -> dict[str, str]:
    return {"column": column, "change": what, "before": before, "after": after}


def test_what_is_remembered_holds_no_cell(table: Table) -> None:
    text = Path("out/.autom3l/data.json").read_text("utf-8")
    columns = json.loads(text)["columns"]
    assert {name: c["kind"] for name, c in columns.items()} == {
        "size": "numeric",
        "colour": "categorical",
        "owner": "text",
        "sold": "target",
    }
    digits = [level for c in columns.values() for level in c.get("levels", ())]
    assert len(digits) == 6
    assert {len(level) for level in digits} == {4}
    assert not any(cell in text for column in table.values() for cell in column)


def test_more_of_the_same_is_no_change(table: Table) -> None:
    write({name: cells + cells[:50] for name, cells in table.items()})
    before = Path("out/.autom3l/data.json").read_bytes()
    assert changes("--locked") == []
    assert Path("out/.autom3l/data.json").read_bytes() == before


def test_columns_that_come_go_or_are_read_otherwise(table: Table) -> None:
    del table["owner"]
    table["size"] = ["large and heavy " + cell for cell in table["size"]]
    table["weight"] = [f"{i % 97}.5" for i in range(ROWS)]
    write(table)
    told = compiled("--quiet")
    assert told.stderr == ""
    write(drawn())
    assert [c["change"] for c in changes()] == [
        "read otherwise",
        "new column",
        "vanished",
    ]
    write(table)
    assert changes() == [
        change("size", "read otherwise", "numeric", "text"),
        change("weight", "new column", after="numeric"),
        change("owner", "vanished", "text"),
    ]
    assert changes("--locked") == [], "what was compiled is what is known"


def test_it_is_told_in_one_table_before_anything_is_planned(table: Table) -> None:
    table["weight"] = [f"{i % 97}.5" for i in range(ROWS)]
    write(table)
    said = compiled().stderr
    assert "The data changed since the last compile:" in said
    assert "│ weight │ new column │        │ numeric │" in said
    assert said.index("weight") < said.index("render")


def test_locked_fails_and_writes_nothing(table: Table) -> None:
    table["colour"][:30] = ["purple"] * 30
    del table["owner"]
    write(table)
    before = {p: p.read_bytes() for p in Path("out").rglob("*") if p.is_file()}
    result = compiled("--locked", "--quiet")
    hint = "compile without --locked, and review what changes"
    assert result.exit_code == 3
    assert result.stderr == (
        "error: 'colour': the data is not as at the last compile: new categories: "
        f"10.0% of the cells ({hint}) [L025]\n"
        "error: 'owner': the data is not as at the last compile: vanished: text "
        f"({hint}) [L025]\n"
    )
    assert {p: p.read_bytes() for p in Path("out").rglob("*") if p.is_file()} == before
    assert compiled("--check", "--quiet").exit_code == 1


def test_few_cells_of_a_new_category_add_up_until_they_are_told(table: Table) -> None:
    table["colour"][:2] = ["purple"] * 2
    write(table)
    assert changes("--locked") == []
    table["colour"][:4] = ["purple"] * 4
    write(table)
    assert changes() == [change("colour", "new categories", after="1.3% of the cells")]


def test_a_new_class_is_told_however_rare(table: Table) -> None:
    table["sold"][:2] = ["perhaps"] * 2
    write(table)
    assert changes() == [change("sold", "new categories", after="0.7% of the cells")]


def test_a_pin_is_no_change_of_the_data(table: Table) -> None:
    with Path("spec.yaml").open("a") as spec:
        spec.write("columns: {size: categorical}\n")
    assert changes("--locked") == []


@pytest.mark.parametrize("text", ["", "{}", '{"version": 1, "columns": {"a": 1}}'])
def test_what_is_remembered_and_damaged_is_told(table: Table, text: str) -> None:
    Path("out/.autom3l/data.json").write_text(text)
    result = compiled()
    assert (result.exit_code, "[E023]" in result.stderr) == (2, True)


def test_an_older_project_remembers_nothing_and_then_does(table: Table) -> None:
    known = Path("out/.autom3l/data.json")
    before = known.read_bytes()
    known.unlink()
    assert changes("--locked") == []
    assert known.read_bytes() == before
