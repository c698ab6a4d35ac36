"""What nothing was touched of since the last compile is not computed again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from autom3l import plan, profiling, settled
from autom3l.cli import app
from autom3l.llm.endpoint import KEYS
from PIL import Image
from typer.testing import CliRunner, Result

ROWS = 120


class Planned:
    """How often a table was read."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        profile = profiling.profile_data

        def counting(spec: object) -> object:
            self.count += 1
            return profile(spec)  # type: ignore[arg-type]

        patch.setattr(plan, "profile_data", counting)


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planned:
    """A project `work/out` of a table beside the work, compiled once."""
    templates = tmp_path / "templates" / "project"
    templates.mkdir(parents=True)
    (templates / "a.txt.jinja").write_text("{{ fusion.width }}\n")
    folder = tmp_path / "templates"
    monkeypatch.setattr("autom3l.resources.templates_dir", lambda: folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    photos = tmp_path / "data" / "photos"
    photos.mkdir(parents=True)
    for number in range(4):
        Image.new("RGB", (4, 4)).save(photos / f"{number}.png")
    lines = [f"{n % 41}.5,photos/{n % 5}.png,{n % 7}\n" for n in range(ROWS)]
    (tmp_path / "data/data.csv").write_text("".join(["size,photo,price\n", *lines]))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    spec = "data: {train: ../data/data.csv}\ntarget: price\n"
    Path("spec.yaml").write_text(f"{spec}constraints: {{offline: true}}\n")
    time.sleep(0.02)  # the clock of files is a coarse one
    planned = Planned(monkeypatch)
    assert compiled().exit_code == 0
    assert planned.count == 1
    return planned


def compiled(*arguments: str) -> Result:
    command = ["compile", "spec.yaml", "-o", "out", "--no-trial", *arguments]
    return CliRunner().invoke(app, command)


def records() -> list[Path]:
    return sorted(Path("../cache/autom3l/settled").glob("*"))


def told(result: Result) -> list[str]:
    """What it said, without the seconds of its stages."""
    lines = [line for line in result.stderr.splitlines() if not line.endswith(" s")]
    return [*lines, result.stdout]


def test_the_same_is_said_without_reading_the_table(planned: Planned) -> None:
    again = compiled()
    assert (again.exit_code, planned.count) == (0, 1)
    assert "0 written" in again.stdout
    for record in records():
        record.unlink()
    anew = compiled()
    assert planned.count == 2
    assert told(anew) == told(again)
    data = json.loads(compiled("--format", "json").stdout)
    assert planned.count == 2
    for record in records():
        record.unlink()
    computed = json.loads(compiled("--format", "json").stdout)
    assert planned.count == 3
    assert data | {"seconds": 0} == computed | {"seconds": 0}


def rewritten(path: str) -> Callable[[], object]:
    def change() -> None:
        text = Path(path).read_bytes()
        Path(path).write_bytes(text)

    return change


def put_back(path: str) -> None:
    """Another content with the time and the size of the old."""
    text, facts = Path(path).read_bytes(), Path(path).stat()
    Path(path).write_bytes(text.replace(b"1.5", b"2.5"))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def linked(path: str) -> None:
    """The same, behind a link."""
    Path(path).rename("../elsewhere")
    Path(path).symlink_to(Path("../elsewhere").absolute())


CHANGES: dict[str, Callable[[], object]] = {
    "spec": rewritten("spec.yaml"),
    "table": rewritten("../data/data.csv"),
    "table with an old time": lambda: put_back("../data/data.csv"),
    "photo": lambda: Path("../data/photos/3.png").write_bytes(b""),
    "photo that lacks": lambda: Path("../data/photos/4.png").write_bytes(b""),
    "link to the project": lambda: linked("out"),
    "link in place of a file": lambda: linked("out/a.txt"),
    "journal": lambda: Path(".out.autom3l").mkdir(),
    "transcript": lambda: Path("spec.transcript.jsonl").write_text(""),
    "file of the compiler": rewritten("out/.autom3l/pipeline.json"),
    "base": lambda: Path("out/.autom3l/base/a.txt").unlink(),
    "managed file": lambda: Path("out/a.txt").unlink(),
    "ignored files": lambda: Path("out/.autom3lignore").write_text(""),
    "template": rewritten("../templates/project/a.txt.jinja"),
    "key": lambda: os.environ.update(AUTOM3L_API_KEY="sk-1"),
    "record": lambda: records()[0].write_text("{"),
    "record of another kind": lambda: records()[0].write_text("[]"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_was_touched_is_looked_at(
    planned: Planned, change: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOM3L_API_KEY", "")  # given back afterwards
    assert compiled().exit_code == 0
    count = planned.count
    change()
    assert compiled().exit_code != 0 or planned.count == count + 1


@pytest.mark.parametrize(
    "flags", [["--no-llm"], ["--strict"], ["--verbose"], ["--check"], ["--dry-run"]]
)
def test_another_question_gets_its_own_answer(
    planned: Planned, flags: list[str]
) -> None:
    compiled(*flags)
    assert planned.count == 2


def test_an_edit_is_refused_as_ever(planned: Planned) -> None:
    Path("out/a.txt").write_text("mine\n")
    first, second = compiled(), compiled()
    assert first.exit_code == second.exit_code != 0
    assert told(first) == told(second)


def test_what_changes_meanwhile_is_read_again(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = vars(plan)["profile_data"]

    def overtaken(spec: object) -> object:
        found: object = profile(spec)
        rewritten("../data/data.csv")()
        return found

    monkeypatch.setattr(plan, "profile_data", overtaken)
    rewritten("spec.yaml")()
    time.sleep(0.02)
    before = planned.count
    assert compiled().exit_code == compiled().exit_code == 0
    assert planned.count == before + 2


def test_where_a_glob_finds_tables_it_is_asked_again(planned: Planned) -> None:
    spec = Path("spec.yaml")
    spec.write_text(spec.read_text().replace("data.csv", "*.csv"))
    assert compiled().exit_code == compiled().exit_code == 0
    assert planned.count == 3


def test_no_home_is_no_problem(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert compiled().exit_code == compiled().exit_code == 0
    assert planned.count == 3


def test_every_variable_that_leads_to_a_model_counts() -> None:
    assert {*settled.VARIABLES} == {*KEYS, "OPENAI_BASE_URL"}


def test_nobody_else_reads_a_record(planned: Planned) -> None:
    (record,) = records()
    assert record.stat().st_mode & 0o777 == 0o600
    assert record.parent.stat().st_mode & 0o777 == 0o700


def test_no_key_is_kept(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    assert compiled().exit_code == 0
    assert all("secret" not in record.read_text() for record in records())


def test_a_cache_that_is_none_is_no_problem(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path("file").absolute()))
    assert compiled().exit_code == compiled().exit_code == 0
    assert planned.count == 3


def test_nothing_that_reads_tables_is_loaded(planned: Planned) -> None:
    """As a command: what this process has loaded already would hide it."""
    script = (
        "import sys\nfrom autom3l.cli import compile_app\n"
        "sys.argv = ['c', 'spec.yaml', '-o', 'out', '--no-trial']\n"
        "try:\n    compile_app()\nexcept SystemExit as end:\n    assert not end.code\n"
        "slow = {'pandas', 'pyarrow', 'numpy', 'libcst'} & {*sys.modules}\n"
        "print('loaded:', sorted(slow))\n"
    )
    command = [sys.executable, "-c", script]
    outputs = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for _ in range(3)
    ]
    assert "loaded: ['" in outputs[0]  # for it is another process, of other templates
    assert "0 written" in outputs[-1]
    assert "loaded: []" in outputs[-1]
