"""What a prompt tells of a table: enough for a reader to judge what the rules did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from llm_server import Body
from test_planning import (
    WHY,
    column,
    name_of,
    planned,
    prompt_of,
    run,
    server,
    spec_file,
)

ROWS = 120
LEVELS = ("low", "mid", "high")
HEAD = "key,seen_on,grade,tags,stars,stars_again,note,remark,label"


def listing(number: int) -> str:
    """One row; most have no stars yet, and every fourth no word at all."""
    day = f"{1 + number % 9:02d}/{1 + number // 12 % 9:02d}/2021"
    tags = ";".join(("red", "blue", "green")[: 1 + number % 3])
    stars = f"{1 + number % 5}.5" if number % 6 == 0 else "No rating yet"
    note = f"it is word{number} and more" + " of the same" * (number % 7)
    texts = f"{note},and then word{number * 7} again" if number % 4 else ","
    label = "yes" if number % 3 else "no"
    cells = (f"K{number:05d}", day, LEVELS[number % 3], tags, stars, stars, texts)
    return ",".join((*cells, label))


def told(folder: Path, share: str, **given: Any) -> tuple[Path, list[Body]]:
    """The spec, and the requests of one planning."""
    rows = [HEAD, *map(listing, range(ROWS))]
    (folder / "train.csv").write_text("\n".join(rows) + "\n")
    with server(**given) as script:
        spec = spec_file(
            folder,
            script,
            target="label",
            columns={"grade": {"drop": True}},
            llm={"share": share},
        )
        result = run(spec)
    assert result.exit_code == 0, result.stderr
    return spec, [b for b in script.requests if "messages" in b]


def columns_in(requests: list[Body], name: str) -> dict[str, Any]:
    """The lines of the columns in the prompt of one pass."""
    [prompt] = [prompt_of(b) for b in requests if name_of(b) == name]
    lines = [line for line in prompt.splitlines() if line.startswith('{"column"')]
    found = [json.loads(line) for line in lines]
    return {line["column"]: line for line in found if "now" in line}


def test_why_a_column_is_dropped_is_told(tmp_path: Path) -> None:
    _, requests = told(tmp_path, "statistics")
    lines = columns_in(requests, "select_features")
    assert lines["key"]["because"] == "Near-unique codes: a row has its own."
    again = lines["stars_again"]
    assert again["now"].startswith("dropped as duplicate; else")
    assert again["because"] == "The column says what 'stars' says already."
    assert lines["grade"]["now"].startswith("dropped by the user; else")
    assert "because" not in lines["grade"]
    assert "because" not in lines["stars"]


def test_a_schema_tells_no_reasons(tmp_path: Path) -> None:
    _, requests = told(tmp_path, "schema")
    for line in columns_in(requests, "select_features").values():
        assert line.keys() == {"column", "now"}


def test_words_that_mean_missing_count_as_missing(tmp_path: Path) -> None:
    _, requests = told(tmp_path, "statistics")
    stars = columns_in(requests, "infer_modalities")["stars"]
    assert stars["missing"] == "83.3%"
    assert stars["range"] == [1.5, 5.5]
    assert "not numbers" not in stars
    assert "words" not in stars


def test_long_texts_are_told(tmp_path: Path) -> None:
    _, requests = told(tmp_path, "statistics")
    note = columns_in(requests, "infer_modalities")["note"]
    assert note["words"] < 20 < note["in long cells"]


@pytest.mark.parametrize("share", ["statistics", "samples"])
def test_how_cells_are_read_is_told(tmp_path: Path, share: str) -> None:
    _, requests = told(tmp_path, share)
    lines = columns_in(requests, "infer_modalities")
    assert lines["seen_on"]["format"] == "%m/%d/%Y"
    assert ("separator" in lines["tags"]) is (share == "samples")
    assert lines["grade"].get("levels", []) == ([*LEVELS] if share == "samples" else [])


def test_rows_without_a_text_are_told(tmp_path: Path) -> None:
    _, requests = told(tmp_path, "statistics")
    [prompt] = [prompt_of(b) for b in requests if name_of(b) == "assemble_pipeline"]
    assert '## Rows that lack all of a modality\n{"text": "25.0%"}' in prompt


def test_a_date_written_otherwise_than_the_rules_take_it(tmp_path: Path) -> None:
    european = {
        "column": "seen_on",
        "modality": "datetime",
        "levels": [],
        "separator": "",
        "format": "%d/%m/%Y",
        **WHY,
    }
    spec, _ = told(tmp_path, "samples", infer_modalities={"changes": [european]})
    assert column(planned(spec), "seen_on").datetime.format == "%d/%m/%Y"


def test_a_loss_of_logarithms_and_derived_numbers_are_told(tmp_path: Path) -> None:
    rows = [f"{n % 17},{n % 5 + 1},{10 ** (n % 7)}" for n in range(ROWS)]
    (tmp_path / "train.csv").write_text("\n".join(["size,rooms,label", *rows]) + "\n")
    per_room = {"name": "per_room", "kind": "ratio", "by": "", **WHY}
    derived = [{**per_room, "inputs": ["size", "rooms"]}]
    given = {"drops": [], "keeps": [], "derived": derived}
    with server(select_features=given) as script:
        spec = spec_file(tmp_path, script, target="label", metric="rmsle")
        assert run(spec).exit_code == 0
    [prompt] = [
        prompt_of(b) for b in script.requests if name_of(b) == "assemble_pipeline"
    ]
    assert "what is minimised, of the target's logarithm" in prompt
    assert '"derived": 1' in prompt
