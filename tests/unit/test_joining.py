"""Two tables of things and a list of pairs, as one table."""

from __future__ import annotations

from pathlib import Path

import pytest
from autom3l.diagnostics import DataError
from autom3l.joining import join_tables


def tables(folder: Path, pairs: str, left: str, right: str) -> list[Path]:
    paths = [folder / f"{name}.csv" for name in ("pairs", "left", "right")]
    for path, text in zip(paths, (pairs, left, right), strict=True):
        path.write_text(text)
    return paths


@pytest.mark.parametrize(
    ("keys", "columns"),
    [
        ("left_id,right_id", "left_id,right_id,left_name,right_name,right_maker"),
        ("ltable_id,rtable_id", "ltable_id,rtable_id,ltable_name,rtable_name,"),
        ("id_a,id_b", "id_a,id_b,name_a,name_b,maker_b"),
        ("id1,id2", "id1,id2,name1,name2,maker2"),
    ],
)
def test_things_stand_beside_each_pair(keys: str, columns: str, tmp_path: Path) -> None:
    pairs = f"{keys},match\n1,8,0\n2,8,1\n1,9,0\n"
    left = 'id,name\n1,chair\n2,"a, lamp"\n'
    right = "name,maker,id\nlamp,Ardo,8\ndesk,,9\n"
    header, *rows = join_tables(*tables(tmp_path, pairs, left, right)).splitlines()
    assert header.startswith(columns)
    assert header.endswith(",match")
    assert rows == [
        "1,8,chair,lamp,Ardo,0",
        '2,8,"a, lamp",lamp,Ardo,1',
        "1,9,chair,desk,,0",
    ]


def test_tables_may_be_written_in_different_ways(tmp_path: Path) -> None:
    pairs, left, _ = tables(
        tmp_path, "left_id,right_id,match\n1,2,1\n", "id;name\n1;chair\n", "-\n"
    )
    right = tmp_path / "right.jsonl"
    right.write_text('{"id": 2, "name": "a chair"}\n')
    joined = join_tables(pairs, left, right)
    assert joined.splitlines()[1] == "1,2,chair,a chair,1"


def test_a_name_is_given_once(tmp_path: Path) -> None:
    pairs = "left_id,right_id,left_name\n1,2,x\n"
    paths = tables(tmp_path, pairs, "id,name\n1,a\n", "id,name\n2,b\n")
    said = "'left_id' and 'left_name' may each name the things of a table"
    with pytest.raises(DataError, match=said):
        join_tables(*paths)


def test_a_list_without_pairs_is_told(tmp_path: Path) -> None:
    paths = tables(tmp_path, "left_id,right_id\n", "id\n1\n", "id\n2\n")
    with pytest.raises(DataError, match="no rows"):
        join_tables(*paths)
