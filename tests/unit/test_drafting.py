from __future__ import annotations

import re
from pathlib import Path

import pytest
from autom3l.diagnostics import DataError
from autom3l.drafting import Wish, draft_spec
from autom3l.inference.columns import infer_columns
from autom3l.profiling import profile_data
from autom3l.spec_reading import load_spec
from autom3l.yaml_text import yaml_comment, yaml_text
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from ruamel.yaml import YAML

HEADER = "id,built,rooms,state,heated,tags,note,price\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """300 flats in data/train.csv, with a test.csv and other files beside it."""
    path = tmp_path / "data" / "train.csv"
    path.parent.mkdir()
    path.write_text(HEADER + "".join(map(row, range(300))))
    for name in ("test.csv", "valid.csv", "train.json", "notes.txt"):
        (path.parent / name).write_text(HEADER + row(1))
    return path


def row(i: int) -> str:
    built = f"{i % 28 + 1:02}.{i % 12 + 1:02}.{1950 + i % 70}"
    state = ("poor", "fair", "good")[i % 3]
    tags = ("garden|lift", "lift", "garden|cellar|lift", "cellar")[i % 4]
    words = f"a flat number {i} with a view of house {i * 7} and a long hall"
    heated = ("yes", "no")[i % 2]
    price = 1000.5 + i * 37 % 291
    return f"flat-{i:05},{built},{i % 9},{state},{heated},{tags},{words},{price}\n"


def uncommented(draft: str) -> str:
    """The draft with every commented setting, but for other tables, in force."""
    lines = [line for line in draft.splitlines() if not re.match(r"# \S", line)]
    settings = [line.removeprefix("#") for line in lines]
    return "\n".join(s for s in settings if not re.match(r"  (test|validation):", s))


def test_only_the_table_and_the_target_are_in_force(
    table: Path, tmp_path: Path
) -> None:
    draft = draft_spec(table, Wish(("price",)), tmp_path / "flats.yaml")
    assert "\t" not in draft
    live = [line for line in draft.splitlines() if line and not line.startswith("#")]
    assert live == [
        "name: flats",
        "data:",
        "  train: data/train.csv  # 300 rows, 8 columns",
        "target: price",
    ]


def test_the_draft_is_a_spec_with_and_without_its_comments(
    table: Path, tmp_path: Path
) -> None:
    spec = tmp_path / "flats.yaml"
    draft = draft_spec(table, Wish(("price",)), spec)
    spec.write_text(draft)
    drafted = load_spec(spec)
    profile = profile_data(drafted)
    by_rules, _ = infer_columns(drafted, profile)
    spec.write_text(uncommented(draft))
    pinned = load_spec(spec)
    assert (pinned.task, pinned.metric, pinned.split.kind) == (
        "regression",
        "r2",
        "random",
    )
    assert set(pinned.columns) == {column.name for column in by_rules}
    by_pins, _ = infer_columns(pinned, profile)
    used = [column for column in by_rules if column.role == "feature"]
    assert [column for column in by_pins if column.role == "feature"] == used
    assert len(used) < len(by_pins)


def test_each_column_stands_with_its_reason(table: Path, tmp_path: Path) -> None:
    draft = draft_spec(table, Wish(("price",)), tmp_path / "spec.yaml")
    columns = draft.split("#columns:")[1]
    for name in HEADER.strip().split(",")[:-1]:
        assert re.search(rf"^#  {name}: \S.*  # \S", columns, re.MULTILINE)
    assert re.search(r"^#  id: drop +# identifier: ", columns, re.MULTILINE)
    assert re.search(r"modality: datetime.*format: \"%d.%m.%Y\"", columns)
    assert re.search(r"levels: \[poor, fair, good\]", columns)


def test_other_tables_beside_it_are_mentioned(table: Path, tmp_path: Path) -> None:
    draft = draft_spec(table, Wish(("price",)), tmp_path / "spec.yaml")
    assert "\n#  validation: data/valid.csv  # " in draft
    assert "\n#  test: data/test.csv  # " in draft
    renamed = table.rename(table.with_name("flats_train.csv"))
    table.with_name("test.csv").rename(table.with_name("flats_test.csv"))
    draft = draft_spec(renamed, Wish(("price",)), tmp_path / "spec.yaml")
    assert "\n#  test: data/flats_test.csv  # " in draft


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("spec.yaml", "data/train.csv"),
        ("data/spec.yaml", "train.csv"),
        ("specs/deep/a.yaml", "../../data/train.csv"),
    ],
)
def test_paths_start_from_the_folder_of_the_spec(
    table: Path, tmp_path: Path, place: str, path: str
) -> None:
    spec = tmp_path / place
    spec.parent.mkdir(parents=True, exist_ok=True)
    draft = draft_spec(table, Wish(("price",)), spec)
    assert f"\n  train: {path}  # " in draft
    assert str(tmp_path) not in draft
    spec.write_text(draft)
    assert profile_data(load_spec(spec)).rows == 300


def test_without_a_file_paths_start_from_the_current_folder(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "\n  train: data/train.csv  # " in draft_spec(table, Wish(("price",)))


def test_several_targets_make_a_list(tmp_path: Path) -> None:
    rows = (f"{i % 2},{i // 2 % 2},{i * 37 % 101}.5\n" for i in range(120))
    table = tmp_path / "labels.csv"
    table.write_text("a b,c: d,size\n" + "".join(rows))
    draft = draft_spec(table, Wish(("a b", "c: d")), tmp_path / "spec.yaml")
    assert '\ntarget: [a b, "c: d"]\n' in draft
    assert "\n#task: multilabel  # " in draft


def test_the_folder_of_photos_is_found_beside_the_table(tmp_path: Path) -> None:
    for i in range(40):
        image = tmp_path / "photos" / f"{i}.png"
        image.parent.mkdir(exist_ok=True)
        Image.new("RGB", (4, 4), (i, i, i)).save(image)
    (tmp_path / "empty").mkdir()
    table = tmp_path / "train.csv"
    rows = (f"{i}.png,{i % 2}\n" for i in range(40))
    table.write_text("photo,label\n" + "".join(rows))
    draft = draft_spec(table, Wish(("label",)), tmp_path / "spec.yaml")
    assert "\n  images: photos  # " in draft
    (tmp_path / "photos").rename(tmp_path / ".photos")
    with pytest.raises(DataError, match=r"do not open .* \[D018\]"):
        draft_spec(table, Wish(("label",)), tmp_path / "spec.yaml")


def test_a_wrong_target_comes_with_a_suggestion(table: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no column 'prise' \(did you mean 'price'"):
        draft_spec(table, Wish(("prise",)), tmp_path / "spec.yaml")


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    st.sampled_from(["no", "NULL", "~", "1e3", "- a", "a: b", "a #b", "#", "'", "a b"]),
)


@given(TEXTS)
def test_any_text_survives_yaml(text: str) -> None:
    written = f"{yaml_text(text)}: [{yaml_text(text)}]  # {yaml_comment(text)}\n"
    assert YAML(typ="safe", pure=True).load(written) == {text: [text]}
