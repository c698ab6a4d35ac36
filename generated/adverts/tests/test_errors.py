"""What the user of a command can mend is told in one line, and costs no run."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from adverts import evaluate
from adverts.columns import TARGET
from adverts.config import PROJECT, Config, load_config
from adverts.errors import InputError, told_in_a_line
from adverts.train import train
from tests.conftest import write_table


def test_wrong_input_ends_a_command_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["evaluate", str(tmp_path)])
    with pytest.raises(SystemExit, match="^error: .* holds no finished run$"):
        evaluate.main()


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ValueError, match="^a bug$"), told_in_a_line():
        raise ValueError("a bug")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    script = "from adverts.errors import told_in_a_line as t\nwith t(): print(1)"
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=PROJECT, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("text", ["[data]\nnoise = 1", "[data", "[train]\nlr = 1"])
def test_what_is_no_configuration_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"other\.toml: "):
        load_config(file)


@pytest.mark.parametrize("value", ["0", "2.5", "true", "[1]", '"two"'])
@pytest.mark.parametrize("in_file", [True, False])
def test_a_value_that_is_none_is_told(
    value: str, in_file: bool, tmp_path: Path
) -> None:
    lines = (PROJECT / "configs/base.toml").read_text("utf-8").splitlines()
    file = tmp_path / "other.toml"
    changed = (
        f"epochs = {value}" if line.startswith("epochs = ") else line for line in lines
    )
    file.write_text("\n".join(changed if in_file else lines), "utf-8")
    with pytest.raises(InputError, match="^train.epochs: "):
        load_config(file, [] if in_file else [f"train.epochs={value}"])


@pytest.mark.parametrize("rate", ["-1.0", "2.0", "nan", "inf"])
def test_a_rate_that_is_none_is_told(rate: str) -> None:
    with pytest.raises(InputError, match=f"^train.lr: {rate} is not from 0 to 1"):
        load_config(PROJECT / "configs/base.toml", [f"train.lr={rate}"])


def test_wrong_input_spares_a_run(
    config: Config, rows: pd.DataFrame, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    train(config, run)
    files = {path: path.read_bytes() for path in run.rglob("*.*")}
    wrong = rows.head(0)
    table = write_table(wrong, tmp_path / "wrong")
    data = replace(config.data, train=table.name)
    with pytest.raises(InputError, match="wrong"):
        train(replace(config, data=data), run)
    assert files == {path: path.read_bytes() for path in run.rglob("*.*")}


def test_a_table_without_the_target_is_told(
    config: Config, rows: pd.DataFrame, tmp_path: Path
) -> None:
    unlabelled = rows.drop(columns=TARGET)
    table = write_table(unlabelled, tmp_path / "unlabelled")
    data = replace(config.data, train=table.name)
    with pytest.raises(InputError, match="unlabelled.* has no column"):
        train(replace(config, data=data), tmp_path / "run")


def test_a_file_that_is_no_text_is_told(config: Config, tmp_path: Path) -> None:
    table = tmp_path / "bytes.csv"
    table.write_bytes(b"\xff\xfe\x00\xd8" * 9)
    data = replace(config.data, train=table.name)
    with pytest.raises(InputError, match="bytes"):
        train(replace(config, data=data), tmp_path / "run")


def test_a_file_with_nothing_in_it_is_told(config: Config, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("", "utf-8")
    data = replace(config.data, train="empty.csv")
    with pytest.raises(InputError, match=r"empty\.csv"):
        train(replace(config, data=data), tmp_path / "run")
