"""A compile of what was compiled before: nothing is built, tried or written anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from autom3l import building, driver
from autom3l.cli import app
from typer.testing import CliRunner

Change = Callable[[Path], object]
CSV = "size,price\n" + "".join(f"{i % 41}.5,{i % 7}\n" for i in range(200))


class Counted:
    """How often the project was built and tried."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.built = self.tried = 0
        build = building.build

        def building_(*arguments: object) -> object:
            self.built += 1
            return build(*arguments)  # type: ignore[arg-type]

        def trying(*_: object, **__: object) -> None:
            self.tried += 1

        patch.setattr(building, "build", building_)
        patch.setattr(driver, "run_trial", trying)


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """A project `out` in the current folder, compiled once."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "templates/project").mkdir(parents=True)
    (tmp_path / "templates/project/a.txt.jinja").write_text("{{ fusion.width }}\n")
    folder = tmp_path / "templates"
    monkeypatch.setattr("autom3l.resources.templates_dir", lambda: folder)
    Path("data.csv").write_text(CSV)
    Path("spec.yaml").write_text("data: {train: data.csv}\ntarget: price\n")
    counted = Counted(monkeypatch)
    compiled()
    assert (counted.built, counted.tried) == (1, 1)
    return counted


def compiled(*arguments: str) -> str:
    command = ["compile", "spec.yaml", "-o", "out", *arguments]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def states() -> dict[Path, tuple[int, int]]:
    paths = [Path("out"), *Path("out").rglob("*")]
    return {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in paths}


def test_nothing_is_built_tried_or_written(counted: Counted) -> None:
    before = states()
    for arguments in ((), ("--update",), ("--overwrite",)):
        said = compiled(*arguments)
        assert "1 files, 0 written" in said
        assert "these very files have passed theirs before" in said
    assert (counted.built, counted.tried) == (1, 1)
    assert states() == before


def test_a_check_believes_nothing(counted: Counted) -> None:
    compiled("--check")
    assert counted.built == 2


def newer(path: str) -> Change:
    def change(folder: Path) -> None:
        now = (folder / "out/.autom3l/manifest.json").stat().st_mtime_ns + 10**6
        os.utime(folder / path, ns=(now, now))

    return change


def replaced(path: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = (folder / path).read_text()
        assert old in text
        (folder / path).write_text(text.replace(old, new))

    return change


@pytest.mark.parametrize(
    "change",
    [
        replaced("spec.yaml", "price\n", "price\nmetric: mae\n"),
        newer("templates/project/a.txt.jinja"),
        newer("templates/project"),
        replaced("out/.autom3l/manifest.json", '"compiler": "', '"compiler": "9'),
        replaced("out/.autom3l/manifest.json", '"ruff": "', '"ruff": "9'),
        replaced("out/.autom3l/pipeline.json", "{", "{ "),
        replaced("out/.autom3l/base/a.txt", "\n", ""),
        lambda folder: (folder / "out/.autom3l/base/a.txt").unlink(),
        lambda folder: (folder / "out/.autom3lignore").write_text("b.txt\n"),
        lambda folder: (folder / "templates/project/b.jinja").write_text("b\n"),
        lambda folder: shutil.rmtree(folder / "out"),
    ],
)
def test_what_may_matter_is_built_anew(
    counted: Counted, tmp_path: Path, change: Change
) -> None:
    change(tmp_path)
    compiled()
    assert counted.built == 2
    compiled("--check")


def test_what_is_built_the_same_by_new_code_is_built_once(
    counted: Counted, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in files()}
    template = tmp_path / "templates/project/a.txt.jinja"
    made = Path("out/.autom3l/manifest.json").stat().st_mtime_ns
    os.utime(template, ns=(made, made))
    for _ in range(3):
        assert "1 files, 0 written" in compiled()
    assert counted.built == 2
    assert {path: path.read_bytes() for path in files()} == before


def files() -> list[Path]:
    return [path for path in Path("out").rglob("*") if path.is_file()]


def test_what_came_of_a_user_s_templates_is_not_taken_for_ours(
    counted: Counted, tmp_path: Path
) -> None:
    (tmp_path / "mine/project").mkdir(parents=True)
    (tmp_path / "mine/project/a.txt.jinja").write_text("mine\n")
    compiled("--template-dir", "mine")
    assert Path("out/a.txt").read_text() == "mine\n"
    compiled()
    assert Path("out/a.txt").read_text() != "mine\n"
    assert counted.built == 3


def test_other_files_or_other_data_are_tried_again(counted: Counted) -> None:
    Path("data.csv").write_text(CSV.replace("size,", "length,"))
    compiled()
    assert counted.tried == 2
    Path("templates/project/b.txt.jinja").write_text("b\n")
    compiled()
    assert counted.tried == 3
    compiled("--no-trial")
    compiled()
    assert counted.tried == 3
