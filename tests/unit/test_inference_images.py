"""Image columns: the files decide, and where they are looked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from autom3l.column import Column, ListFormat
from autom3l.diagnostics import DataError
from autom3l.inference.columns import infer_columns
from autom3l.ir import Decision
from autom3l.spec import ColumnPin, SpecData
from column_samples import Cell, spec_of, table_of
from PIL import Image


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with `images/0.jpg` to `images/19.jpg`."""
    (tmp_path / "images").mkdir()
    for number in range(20):
        Image.new("RGB", (4, 4)).save(tmp_path / "images" / f"{number}.jpg")
    return tmp_path


def _infer(
    folder: Path, cells: list[Cell], images: str | None = None
) -> tuple[Column, Decision]:
    spec = replace(spec_of("y", folder), data=SpecData("train.csv", images=images))
    labels: list[Cell] = [str(row % 2) for row in range(len(cells))]
    columns, why = infer_columns(spec, table_of({"photo": cells, "y": labels}, folder))
    return columns[0], why[0]


def test_paths_start_from_the_folder_of_the_table(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells: list[Cell] = [f"images/{n % 20}.jpg" for n in range(60)]
    here = _infer(photos, cells)
    monkeypatch.chdir("/")

    assert here[0].modality == "image"
    assert here[0].items is None
    assert "20 of 20 sampled files open" in here[1].evidence
    assert _infer(photos, cells) == here


def test_paths_start_from_the_images_folder_of_the_spec(photos: Path) -> None:
    cells: list[Cell] = [f"{n}.jpg" for n in range(20)]

    assert _infer(photos, cells, "images")[0].modality == "image"


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("{0}|{1}", ListFormat("|")),
        ("{0}; {1}", ListFormat(";")),
        ("{0},{1}", ListFormat(",")),
        ("{0} {1}", ListFormat(" ")),
        ('["{0}", "{1}"]', ListFormat(",", brackets=True)),
        ("['{0}', '{1}']", ListFormat(",", brackets=True)),
    ],
)
def test_several_images_in_one_cell(photos: Path, cell: str, items: ListFormat) -> None:
    cells: list[Cell] = [
        cell.format(f"images/{n}.jpg", f"images/{19 - n}.jpg") for n in range(20)
    ]
    column, why = _infer(photos, cells)

    assert column.modality == "image"
    assert column.items == items
    assert "Several images" in why.reason


def test_lists_of_names_are_images_only_where_there_are_files(photos: Path) -> None:
    cells: list[Cell] = [f'["gone/{n % 5}.jpg", "gone/{n % 3}.jpg"]' for n in range(40)]
    column, _ = _infer(photos, cells)
    assert (column.modality, column.items) == (
        "multi_category",
        ListFormat(",", brackets=True),
    )
    few: list[Cell] = ["[]", *(f'["images/{n % 20}.jpg"]' for n in range(40))]
    assert _infer(photos, few)[0].modality == "image"


def test_some_absent_and_corrupt_files_are_counted(photos: Path) -> None:
    for number in range(3):
        (photos / "images" / f"{number}.jpg").write_bytes(b"no image")
    cells: list[Cell] = [f"images/{n}.jpg" for n in range(22)]

    column, why = _infer(photos, cells)

    assert column.role == "feature"
    assert "17 of 22 sampled files open, 2 absent, 3 corrupt" in why.evidence


def test_mostly_absent_files_are_an_error(photos: Path) -> None:
    cells: list[Cell] = [f"img/{n}.jpg" for n in range(20)]

    with pytest.raises(DataError) as caught:
        _infer(photos, cells)

    message = str(caught.value)
    assert "column 'photo'" in message
    assert "20 of 20 sampled image files do not open" in message
    assert "'img/0.jpg'" in message
    assert "data.images" in message
    assert "[D018]" in message


def test_a_pin_says_that_file_names_are_no_images(photos: Path) -> None:
    names: list[Cell] = [f"scan{n % 7}.png" for n in range(40)]
    table: dict[str, list[Cell]] = {"photo": names, "y": ["0", "1"] * 20}
    spec = spec_of("y", photos)
    for pin in (ColumnPin(drop=True), ColumnPin(modality="categorical")):
        columns, _ = infer_columns(
            replace(spec, columns={"photo": pin}), table_of(table, photos)
        )

        assert columns[0].modality == (pin.modality or "image")


def test_links_to_images_are_links(photos: Path) -> None:
    cells: list[Cell] = [f"https://example.org/{n}.jpg" for n in range(40)]

    assert _infer(photos, cells)[0].role == "unusable"
