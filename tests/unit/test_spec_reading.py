from __future__ import annotations

from pathlib import Path

import pytest
from autom3l.diagnostics import SpecError
from autom3l.spec import ColumnPin, Spec, SpecData, SpecSplit
from autom3l.spec_reading import load_spec
from hypothesis import given, settings
from hypothesis import strategies as st

SMALLEST = "data: {train: train.csv}\ntarget: price\n"


def load(folder: Path, text: str, name: str = "spec.yaml") -> Spec:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_spec(path)


def problems(folder: Path, text: str) -> list[str]:
    """What is wrong with a spec, without the folder."""
    with pytest.raises(SpecError) as caught:
        load(folder, text)
    return [str(d).removeprefix(f"{folder}/") for d in caught.value.diagnostics]


def test_the_smallest_spec_gets_every_default(tmp_path: Path) -> None:
    folder = tmp_path / "Pet Adoption (2)"
    folder.mkdir()
    assert load(folder, SMALLEST) == Spec(
        folder=str(folder),
        name="pet-adoption-2",
        data=SpecData(train="train.csv"),
        target=("price",),
    )


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("titanic.yaml", "titanic"),
        ("2024_sales.yml", "project-2024-sales"),
        ("Ünïcode.yaml", "n-code"),
        ("---.yaml", "project"),
        (f"{'long-' * 30}.yaml", "-".join(["long"] * 12)),
    ],
)
def test_a_project_is_named_after_its_spec(
    tmp_path: Path, file: str, name: str
) -> None:
    assert load(tmp_path, SMALLEST, file).name == name


def test_every_key_is_read(tmp_path: Path) -> None:
    for folder in ("weights", "project/photos"):
        (tmp_path / folder).mkdir(parents=True)
    spec = load(
        tmp_path / "project",
        """\
name: Flats_2
data: {train: rows/*.csv, validation: v.csv, test: t.csv, images: photos}
target: [warm, "new"]
task: multilabel
metric: macro_f1
directives: {features: Ignore the id.}
columns:
  id: drop
  state: {levels: [poor, good], missing: [unknown, NO, 2020-01-01]}
  heating: categorical
  tags: {modality: multi_category, separator: "|"}
  built: {modality: datetime, format: "%d.%m.%Y"}
  area: {drop: false}
  empty:
constraints: {offline: true, licences: [mit], max_parameters: 22.5M}
weights_dir: ../weights
seed: 7
""",
    )
    assert (spec.name, spec.seed, spec.weights_dir) == ("Flats_2", 7, "../weights")
    assert spec.data == SpecData("rows/*.csv", "v.csv", "t.csv", "photos")
    assert (spec.target, spec.task) == (("warm", "new"), "multilabel")
    assert spec.columns == {
        "id": ColumnPin(drop=True),
        "state": ColumnPin(
            levels=("poor", "good"), missing=("unknown", "NO", "2020-01-01")
        ),
        "heating": ColumnPin(modality="categorical"),
        "tags": ColumnPin(modality="multi_category", separator="|"),
        "built": ColumnPin(modality="datetime", format="%d.%m.%Y"),
        "area": ColumnPin(drop=False),
        "empty": ColumnPin(),
    }
    assert spec.constraints.max_parameters == 22_500_000
    assert spec.constraints.offline
    assert spec.directives == {"features": "Ignore the id."}


def test_numbers_and_text_are_those_of_yaml_1_2(tmp_path: Path) -> None:
    text = SMALLEST + "split: {validation: 3e-1, test: 1.5E-1}\nseed: 0x10\n"
    spec = load(tmp_path, text + "columns: {country: {missing: [NO, yes, 1:30]}}")
    assert spec.split == SpecSplit(validation=0.3, test=0.15)
    assert spec.seed == 16
    assert spec.columns["country"].missing == ("NO", "yes", "1:30")


@pytest.mark.parametrize(
    ("written", "count"),
    [("100k", 100_000), ("1.5B", 1_500_000_000), ("7m", 7_000_000), ("2e6", 2_000_000)],
)
def test_sizes_may_have_a_unit(tmp_path: Path, written: str, count: int) -> None:
    spec = load(tmp_path, SMALLEST + f"constraints: {{max_parameters: {written}}}")
    assert spec.constraints.max_parameters == count


def test_a_key_without_a_value_is_as_good_as_no_key(tmp_path: Path) -> None:
    keys = "name task metric directives columns split constraints weights_dir seed"
    empty = "".join(f"{key}:\n" for key in keys.split())
    text = "data:\n  train: train.csv\n  test:\n" + "target: price\n" + empty
    assert load(tmp_path, text) == load(tmp_path, SMALLEST)


def test_anchors_spare_repetition(tmp_path: Path) -> None:
    spec = load(
        tmp_path,
        SMALLEST + "columns:\n  a: &scale {levels: [low, high]}\n  b: *scale\n",
    )
    assert spec.columns["a"] == spec.columns["b"] == ColumnPin(levels=("low", "high"))


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff" + SMALLEST).target == ("price",)


def test_absolute_paths_become_relative_to_the_real_folder(tmp_path: Path) -> None:
    real = tmp_path / "deep" / "er" / "project"
    for folder in (real / "photos", tmp_path / "weights"):
        folder.mkdir(parents=True)
    (tmp_path / "link").symlink_to(real)
    text = f"data: {{train: {tmp_path}/rows/*.csv, images: photos}}\ntarget: price\n"
    spec = load(tmp_path / "link", text + f"weights_dir: {tmp_path}/weights")
    assert spec.data.train == "../../../rows/*.csv"
    assert spec.data.images == "photos"
    assert spec.weights_dir == "../../../weights"
    assert (Path(spec.folder) / spec.weights_dir).resolve() == tmp_path / "weights"


def test_each_directive_is_said_to_be_unread(tmp_path: Path) -> None:
    wishes = "directives:\n  all: Small, please.\n  features: No photos.\n  search:\n"
    spec = load(tmp_path, SMALLEST + wishes)
    tail = "can't be read without a language model: nothing changes "
    tail += "(say it with columns, split or constraints) [S029]"
    assert [warning.removeprefix(f"{tmp_path}/") for warning in spec.warnings] == [
        f"spec.yaml:4: directives.all: 'Small, please.' {tail}",
        f"spec.yaml:5: directives.features: 'No photos.' {tail}",
    ]
    (short,) = load(tmp_path, SMALLEST + "directives: Small, please.").warnings
    assert "directives.all: 'Small, please.'" in short


def test_problems_of_every_kind_come_at_once_in_the_order_of_lines(
    tmp_path: Path,
) -> None:
    found = problems(
        tmp_path,
        """\
data: {train: train.csv}
target: [price, price]
metric: r3
columns:
  price: text
  price: drop
  a: {modalty: text}
  2019: drop
split: {kind: group}
tusk: binary
""",
    )
    where = [problem.split(": ")[0].removeprefix("spec.yaml:") for problem in found]
    codes = [problem[-5:-1] for problem in found]
    assert list(zip(where, codes, strict=True)) == [
        ("2", "S015"),
        ("3", "S006"),
        ("5", "S016"),
        ("6", "S007"),
        ("7", "S003"),
        ("8", "S009"),
        ("9", "S020"),
        ("10", "S003"),
    ]


def test_a_section_of_wrong_form_brings_no_second_complaint(tmp_path: Path) -> None:
    (only,) = problems(tmp_path, SMALLEST + "split: {kind: group, colum: house}\n")
    assert "unknown key 'colum' (did you mean 'column'?)" in only


def test_values_in_messages_are_cut(tmp_path: Path) -> None:
    (only,) = problems(tmp_path, SMALLEST + f"task: {'x' * 100_000}\n")
    assert len(only) < 250
    (only,) = problems(tmp_path, SMALLEST + f"seed: {'9' * 4000}\n")
    assert len(only) < 250


def test_a_name_too_long_for_a_folder_is_one_that_is_missing(tmp_path: Path) -> None:
    for name in ("x" * 900, "x/" * 400):
        (only,) = problems(tmp_path, SMALLEST + f"weights_dir: {name}")
        assert only.endswith("[S030]")


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 500,
        "a: &a [*a]",
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 10)}]\n"
            for i in range(9)
        ),
    ],
    ids=["deep", "endless", "laughs"],
)
def test_bombs_are_refused_quickly(tmp_path: Path, bomb: str) -> None:
    (only,) = problems(tmp_path, bomb)
    assert only.endswith("nested too deeply, or its aliases unfold without end [S012]")


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
        st.text("{}[]:,&*!|>-?'\"%@` \n\tab1.#<=~", max_size=40).map(str.encode),
    )
)
def test_whatever_a_file_holds_is_a_spec_or_a_spec_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    with pytest.raises(SpecError) as caught:
        load_spec(path)  # so little text never names a table and a target
    for diagnostic in caught.value.diagnostics:
        assert diagnostic.code.startswith("S0")
        assert str(path) in diagnostic.where
