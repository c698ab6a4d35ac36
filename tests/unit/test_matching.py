"""Two sides of a table: which columns are a pair, how both are read and compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from autom3l.column import Column, Derived, Pair
from autom3l.defaults.metric import choose_metric
from autom3l.defaults.pairs import choose_comparisons
from autom3l.defaults.split import choose_split
from autom3l.defaults.task import infer_task
from autom3l.diagnostics import DataError
from autom3l.drafting import Wish, draft_spec
from autom3l.inference.columns import infer_columns
from autom3l.inference.sides import find_pairs, guess_sides
from autom3l.ir import Decision, Split
from autom3l.profile import DataProfile
from autom3l.spec import ColumnPin, Spec
from column_samples import Cell, spec_of, table_of

ROWS = 600
TEXT = "red blue small large round lamp chair table steel wood old new"
WORDS = TEXT.split()


def drawn(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (no secret)


def things(count: int = 120) -> list[dict[str, str]]:
    source = drawn(3)
    return [
        {
            "title": " ".join(source.choices(WORDS, k=5)) + f" m-{n}",
            "price": f"{source.uniform(5, 900):.2f}",
            "maker": source.choice(["Ardo", "Bexo", "Cilla"]),
        }
        for n in range(count)
    ]


def table(**more: list[Cell]) -> dict[str, list[Cell]]:
    """Rows of left and right things, `more` columns and whether both are the same."""
    source, known = drawn(4), things()
    columns: dict[str, list[Cell]] = {}
    for _ in range(ROWS):
        left, other = source.choices(range(len(known)), k=2)
        right = left if source.random() < 0.3 else other
        row = {
            **{f"left_{key}": value for key, value in known[left].items()},
            **{f"right_{key}": value for key, value in known[right].items()},
            "left_entry": f"{left:05d}",
            "right_entry": f"{right:05d}",
            "y": str(int(left == right)),
        }
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return {**columns, **more}


def without_keys(columns: dict[str, list[Cell]]) -> dict[str, list[Cell]]:
    return {name: cells for name, cells in columns.items() if "entry" not in name}


def asked(**spec: Any) -> Spec:
    return replace(spec_of("y"), **{"task": "matching", **spec})


def columns_of(
    cells: dict[str, list[Cell]], **spec: Any
) -> tuple[dict[str, Column], dict[str, Decision]]:
    found, why = infer_columns(asked(**spec), table_of(cells))
    return {c.name: c for c in found}, {d.subject: d for d in why}


def comparisons(columns: dict[str, list[Cell]], **spec: Any) -> dict[str, Derived]:
    profile, wanted = table_of(columns), asked(**spec)
    found, _ = infer_columns(wanted, profile)
    _, derived, _ = choose_comparisons(find_pairs(wanted, profile), found, profile)
    return {item.name: item for item in derived}


@pytest.mark.parametrize(
    ("names", "sides"),
    [
        (["left_a", "right_a", "left_b", "right_b"], ("left_", "right_")),
        (["ltable_name", "rtable_name", "id"], ("ltable_", "rtable_")),
        (["name_1", "name_2", "city_1", "city_2"], ("_1", "_2")),
        (["name_a", "city_a", "name_b", "city_b"], ("_a", "_b")),
        (["question1", "question2"], ("1", "2")),
        (["age", "income", "city"], None),
        (["left_a", "right_a", "b", "c", "d", "e"], None),
    ],
)
def test_names_tell_the_sides(names: list[str], sides: tuple[str, str] | None) -> None:
    assert guess_sides(names) == sides


def pairs_of(names: list[str], **spec: Any) -> tuple[Pair, ...]:
    columns: dict[str, list[Cell]] = {name: ["a", "b"] for name in (*names, "y")}
    return find_pairs(asked(**spec), table_of(columns))


def test_sides_are_named_by_what_names_have_or_by_lists() -> None:
    names = ["a name", "b name", "a town", "extra"]
    expected = (Pair("name", "a name", "b name"),)
    assert pairs_of(names, left=("a ",), right=("b ",)) == expected
    lists = {"left": ("a name", "a town"), "right": ("b name", "extra")}
    assert pairs_of(names, **lists) == (
        Pair("a name", "a name", "b name"),
        Pair("a town", "a town", "extra"),
    )


def test_a_column_is_in_one_pair() -> None:
    with pytest.raises(DataError, match="D021"):
        pairs_of(["a", "b"], left=("a", "b"), right=("b", "a"))


def test_no_other_task_has_sides() -> None:
    profile = table_of(table())
    assert find_pairs(spec_of("y"), profile) == ()


def test_a_matching_is_scored_by_the_f1_of_its_matches() -> None:
    spec, profile = asked(), table_of(table())
    task, _ = infer_task(spec, profile)
    assert (task.kind, task.metric, task.classes) == ("binary", "f1", ("0", "1"))
    assert choose_metric(replace(spec, metric="roc_auc"), "binary")[0] == "roc_auc"


def test_both_sides_are_read_alike() -> None:
    source = drawn(5)
    few: list[Cell] = [source.choice(["north", "south"]) for _ in range(ROWS)]
    many: list[Cell] = [" ".join(source.choices(WORDS, k=6)) for _ in range(ROWS)]
    columns, why = columns_of(table(left_place=few, right_place=many))
    assert columns["left_place"].modality == columns["right_place"].modality == "text"
    assert "other side" in why["left_place"].reason
    pin = {"right_place": ColumnPin(modality="categorical")}
    pinned, _ = columns_of(table(left_place=few, right_place=many), columns=pin)
    assert pinned["left_place"].modality == "categorical"


def test_levels_that_differ_are_no_ranks() -> None:
    source = drawn(6)
    grades: list[Cell] = [source.choice(["low", "medium", "high"]) for _ in range(ROWS)]
    marks: list[Cell] = [source.choice(["small", "medium", "large"]) for _ in grades]
    columns, _ = columns_of(table(left_grade=grades, right_grade=marks))
    assert columns["left_grade"].modality == columns["right_grade"].modality
    assert columns["left_grade"].levels == columns["right_grade"].levels == ()


def test_what_is_equal_on_both_sides_is_no_duplicate() -> None:
    same = [WORDS[n % 7] for n in range(ROWS)]
    columns, _ = columns_of(table(left_ward=[*same], right_ward=[*same]))
    assert {columns[n].role for n in ("left_ward", "right_ward")} == {"feature"}


def test_keys_of_things_are_found_by_name_and_feed_nothing() -> None:
    renamed = {n.replace("entry", "id"): cells for n, cells in table().items()}
    renamed["right_id"] = [f"{int(c or 0) + 500:05d}" for c in renamed["right_id"]]
    columns, _ = columns_of(renamed)
    assert {columns[n].role for n in ("left_id", "right_id")} == {"identifier"}


def test_what_gives_the_match_away_by_being_equal_is_a_leak() -> None:
    columns, why = columns_of(table())
    assert {columns[n].role for n in ("left_entry", "right_entry")} == {"leak"}
    assert "equal gives it away" in why["left_entry"].reason
    kept, _ = columns_of(
        table(),
        columns={n: ColumnPin(drop=False) for n in ("left_entry", "right_entry")},
    )
    assert "leak" not in {column.role for column in kept.values()}


def test_each_modality_is_compared_in_its_own_way() -> None:
    kinds = {n: d.kind for n, d in comparisons(without_keys(table())).items()}
    assert kinds == {
        "title_word_overlap": "word_overlap",
        "title_letter_overlap": "letter_overlap",
        "title_code_overlap": "code_overlap",
        "price_relative_difference": "relative_difference",
        "maker_same": "same",
    }


def test_codes_are_compared_where_there_are_some() -> None:
    plain = without_keys(table())
    for name in ("left_title", "right_title"):
        plain[name] = [str(cell).rpartition(" m-")[0] for cell in plain[name]]
    assert "title_code_overlap" not in comparisons(plain)


def test_keys_are_compared_where_both_sides_share_a_system() -> None:
    source = drawn(8)
    columns = without_keys(table())
    codes: list[Cell] = [f"x{n:04d}" for n in range(ROWS)]
    shared = [c if source.random() < 0.4 else f"y{c}" for c in codes]
    foreign: list[Cell] = [f"z{c}" for c in codes]
    compared = comparisons({**columns, "left_sku": codes, "right_sku": shared})
    assert compared["sku_same"] == Derived(
        "sku_same", "same", ("left_sku", "right_sku")
    )
    apart = comparisons({**columns, "left_sku": codes, "right_sku": foreign})
    assert "sku_same" not in apart


def test_numbers_of_one_system_are_compared_as_keys() -> None:
    source, columns = drawn(10), without_keys(table())
    codes: list[Cell] = [str(1000 + n % 150) for n in range(ROWS)]
    shared = [c if source.random() < 0.4 else str(int(str(c)) + 500) for c in codes]
    cells = {**columns, "left_upc": codes, "right_upc": shared}
    assert comparisons(cells)["upc_same"].kind == "same"
    read, _ = columns_of(cells)
    assert {read[n].modality for n in ("left_upc", "right_upc")} == {"categorical"}
    assert {read[n].role for n in ("left_upc", "right_upc")} == {"identifier"}


def test_names_of_comparisons_are_free() -> None:
    taken: list[Cell] = [str(n % 9) for n in range(ROWS)]
    derived = comparisons(without_keys(table(maker_same=taken)))
    assert "maker_same_2" in derived


def split_of(
    columns: dict[str, list[Cell]], **spec: Any
) -> tuple[Split, tuple[Decision, ...]]:
    wanted, profile = asked(**spec), table_of(columns)
    found, _ = infer_columns(wanted, profile)
    task, _ = infer_task(wanted, profile)
    return choose_split(wanted, profile, task, found, pairs=find_pairs(wanted, profile))


def keyed() -> dict[str, list[Cell]]:
    """With keys of either side, each in a system of its own."""
    columns = table()
    left, right = columns.pop("left_entry"), columns.pop("right_entry")
    return {**columns, "left_id": left, "right_id": [f"r{cell}" for cell in right]}


def test_no_thing_is_in_two_parts_where_keys_tell() -> None:
    split, why = split_of(keyed())
    assert (split.kind, split.column) == ("group", "left_id")
    assert "new things" in why[0].reason.lower()


def test_a_split_of_the_spec_wins_and_without_keys_classes_divide() -> None:
    chosen = replace(asked().split, kind="random")
    assert split_of(keyed(), split=chosen)[0].kind == "random"
    assert split_of(without_keys(table()))[0].kind == "stratified"


def draft(tmp_path: Path, profile: DataProfile) -> str:
    names = [column.name for column in profile.columns]
    rows = zip(*(profile.sample[name] for name in names), strict=True)
    lines = [",".join(map(str, row)) for row in (names, *rows)]
    path = tmp_path / "train.csv"
    path.write_text("\n".join(lines) + "\n")
    return draft_spec(path, Wish(("y",)), tmp_path / "spec.yaml")


def test_a_draft_sees_two_sides(tmp_path: Path) -> None:
    text = draft(tmp_path, table_of(keyed()))
    live = [line.partition("  #")[0] for line in text.splitlines()]
    assert live[live.index('target: "y"') :][:4] == [
        'target: "y"',
        "task: matching",
        "left: left_",
        "right: right_",
    ]
    assert "kind: group, column: left_id" in text


def test_a_draft_takes_no_numbers_for_sides(tmp_path: Path) -> None:
    source = drawn(9)
    numbers = {
        name: [f"{source.gauss(0, 1):.3f}" for _ in range(ROWS)]
        for name in ("x1", "x2", "z1", "z2")
    }
    labels: list[Cell] = [source.choice("01") for _ in range(ROWS)]
    assert "matching" not in draft(tmp_path, table_of({**numbers, "y": labels}))
