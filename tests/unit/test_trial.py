"""The trial of tiny stand-in projects: good, failing, hanging, babbling ones."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from autom3l.column import Column, ListFormat
from autom3l.diagnostics import DataError, TrialError
from autom3l.encoders import Encoders, TextEncoder
from autom3l.filetree import FileTree
from autom3l.ir import Data, Fusion, Pipeline, Split, Task, Training
from autom3l.retrieval import Retrieval
from autom3l.trial import run_trial
from autom3l.trial.checks import wrong_metrics, wrong_predictions, wrong_reload
from autom3l.trial.data import Rows, link_images, trial_rows, write_table
from autom3l.trial.environment import trial_environment

pytestmark = pytest.mark.slow  # each starts processes

PIPELINE = Pipeline(
    version=1,
    name="pets",
    package="pets",
    data=Data(root="../data", train="pets.csv", format="csv", images="photos"),
    task=Task("binary", ("sold",), "roc_auc", classes=("no", "yes")),
    split=Split(kind="random", validation=0.1, test=0.1),
    columns=(Column("age", "numeric"), Column("photo", "image")),
    encoders=Encoders(),
    fusion=Fusion(2, 1, 8, 0.1, 0.0, 4, 0.5),
    training=Training(1, 8, 1e-3, 0.0, 0.1, 1, 1),
)
TRAIN = """
import argparse, csv, json, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("config", type=pathlib.Path)
parser.add_argument("--out", type=pathlib.Path)
parser.add_argument("--set", action="append")
args = parser.parse_args()
values = dict(setting.split("=", 1) for setting in args.set)
assert args.config.exists() and values["train.epochs"] == "1"
root = pathlib.Path(values["data.root"])
with open(root / values["data.train"], newline="") as file:
    rows = list(csv.DictReader(file))
assert {row["sold"] for row in rows} == {"yes", "no"}
for row in rows:
    photo = root / values["data.images"] / row["photo"]
    assert photo.read_text() == row["age"][-1]
args.out.mkdir(parents=True)
(args.out / "model.json").write_text(json.dumps({"rows": len(rows)}))
"""
EVALUATE = """
import pathlib, sys
pathlib.Path(sys.argv[1], "metrics.json").write_text('{"test": {"roc_auc": 0.75}}')
"""
PREDICT = """
import csv, pathlib, sys
run, table, out = map(pathlib.Path, sys.argv[1:])
assert (run / "model.json").exists()
with open(table, newline="") as file:
    rows = list(csv.DictReader(file))
assert "sold" not in rows[0]
out.write_text("prediction,p_yes\\n" + "yes,0.5\\n" * len(rows))
"""
GOOD = {
    "configs/base.toml": "",
    "pets/__init__.py": "",
    "pets/train.py": TRAIN,
    "pets/evaluate.py": EVALUATE,
    "pets/predict.py": PREDICT,
    "tests/test_pets.py": "import pets\n\ndef test_import():\n    assert pets\n",
}


FOUND = {
    "pets/index.py": "import pathlib, sys; pathlib.Path(sys.argv[1], 'i').touch()",
    "pets/retrieve.py": """
import csv, pathlib, sys
run, table, out, top = sys.argv[1:]
assert pathlib.Path(run, "i").exists() and top == "--top=1"
with open(table, newline="") as file:
    rows = list(csv.DictReader(file))
lines = [f"{n},1,LIKENESS,{n},{'' if n else 3}" for n in range(len(rows))]
header = "query,rank,likeness,item,item age"
pathlib.Path(out).write_text("\\n".join([header, *lines]) + "\\n")
""",
}
SEARCH = replace(
    PIPELINE,
    task=Task("retrieval", ("sold",), "map_at_100"),
    retrieval=Retrieval(("age", "photo"), ("age", "photo")),
)


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A target that does not exist yet, beside data; temporary folders inside."""
    data = tmp_path / "data"
    (data / "photos").mkdir(parents=True)
    lines = [
        f"{i},{i % 10}.jpg,{'yes' if i % 50 == 0 else 'no'}\n" for i in range(1000)
    ]
    (data / "pets.csv").write_text("age,photo,sold\n" + "".join(lines) + "7,7.jpg,\n")
    for i in range(10):
        (data / "photos" / f"{i}.jpg").write_text(str(i))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    return tmp_path / "project"


def kept(target: Path) -> list[Path]:
    """The folders that trials have left behind."""
    return list((target.parent / "scratch").iterdir())


def failure(target: Path, tree: FileTree, seconds: float = 3600.0) -> str:
    """The message of a trial that fails, whose folder must then be kept and named."""
    with pytest.raises(TrialError) as caught:
        run_trial(tree, PIPELINE, target, seconds=seconds)
    assert caught.value.exit_code == 4
    (folder,) = kept(target)
    message = str(caught.value)
    assert message.startswith(f"{folder / 'project'}: ")
    assert (folder / "project" / "pets" / "train.py").exists()
    assert not target.exists()
    return message


@pytest.mark.parametrize(
    ("likeness", "problem"), [("0.5", ""), ("nan", "no finite numbers: 'likeness'")]
)
def test_what_is_found_may_have_holes(
    target: Path, likeness: str, problem: str
) -> None:
    """An item has what its table has of it."""
    find = FOUND["pets/retrieve.py"].replace("LIKENESS", likeness)
    tree = {**GOOD, **FOUND, "pets/retrieve.py": find}
    if not problem:
        steps = [name for name, _ in run_trial(tree, SEARCH, target).steps]
        assert steps[-3:] == ["index", "retrieve", "reload"]
        return
    with pytest.raises(TrialError, match=problem):
        run_trial(tree, SEARCH, target)


def test_a_good_project_passes_and_leaves_nothing(target: Path) -> None:
    told: list[str] = []
    report = run_trial(GOOD, PIPELINE, target, tell=told.append)
    assert told == [name for name, _ in report.steps]
    assert [name for name, _ in report.steps] == [
        "test",
        "train",
        "evaluate",
        "predict",
        "reload",
    ]
    assert report.metrics == {"test": {"roc_auc": 0.75}}
    assert report.seconds > 0
    assert kept(target) == []
    assert not target.exists()


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "tests/test_pets.py",
            "def test_no():\n    assert 0, 'broken'\n",
            "the step 'test' ended with exit code 1",
        ),
        ("tests/test_pets.py", "", "the step 'test' ended with exit code 5"),
        ("pets/train.py", "1 / 0\n", "ZeroDivisionError: division by zero"),
        ("pets/evaluate.py", "", "the step 'evaluate' left no readable metrics.json"),
        (
            "pets/predict.py",
            PREDICT.replace("len(rows)", "3"),
            "the step 'predict' wrote 3 predictions for 50 rows",
        ),
        (
            "pets/predict.py",
            "import os\n" + PREDICT.replace('"yes,0.5', 'f"yes,0.{os.getpid()}'),
            "the step 'reload' predicted something else for the same rows",
        ),
        (
            "pets/train.py",
            "import os\nos.kill(os.getpid(), 9)\n",
            "the step 'train' was killed by SIGKILL",
        ),
        ("pets/train.py", "raise SystemExit(2)\n", "(it printed nothing)"),
    ],
)
def test_a_failing_project(target: Path, path: str, text: str, expected: str) -> None:
    message = failure(target, GOOD | {path: text})
    assert expected in message
    assert message.endswith("[T001]")


def test_a_hanging_project_is_stopped(target: Path) -> None:
    hang = "import time\ntime.sleep(600)\n"
    start = time.monotonic()
    message = failure(target, GOOD | {"tests/test_pets.py": hang}, seconds=1.0)
    assert "the step 'test' did not end in time" in message
    assert time.monotonic() - start < 300


def test_a_grandchild_that_is_deaf_to_signals_is_killed(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The size of the output, and no clock, says when the grandchild is there.
    monkeypatch.setattr("autom3l.trial.processes.OUTPUT_LIMIT", 2**20)
    pid_file = target.parent / "pid"
    deaf = (
        "import os, pathlib, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))\n"
        "print('x' * 2**21, flush=True)\n"
        "time.sleep(600)\n"
    )
    hang = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {deaf!r}])\n"
    message = failure(target, GOOD | {"pets/train.py": hang})
    assert "the step 'train' printed more than 1 MiB" in message
    assert_gone(int(pid_file.read_text()))


def test_what_a_step_leaves_running_is_killed(target: Path) -> None:
    pid_file = target.parent / "pid"
    leave = (
        "import pathlib, subprocess\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(pid_file)!r}).write_text(str(child.pid))\n"
    )
    run_trial(GOOD | {"pets/train.py": TRAIN + leave}, PIPELINE, target)
    assert_gone(int(pid_file.read_text()))


def assert_gone(pid: int) -> None:
    """The process ends soon; one that is dead but not yet waited for has ended."""
    for _ in range(600):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} still runs")


def test_garbage_is_shown_without_control_characters(target: Path) -> None:
    garbage = (
        "import sys\n"
        "sys.stdout.buffer.write(b'\\x1b[31mred\\x1b[0m \\xff\\x07\\n')\n"
        "sys.stdout.buffer.write(b'step 1\\rstep 2\\r\\n' + b'x' * 10**4 + b'\\n')\n"
        "sys.exit(3)\n"
    )
    message = failure(target, GOOD | {"pets/train.py": garbage})
    assert "exit code 3" in message
    output = message.split("the end of the output:\n")[1]
    assert output.splitlines()[:2] == ["    red \ufffd", "    step 2"]
    assert all(len(line) < 200 for line in output.splitlines())


def test_endless_output_is_stopped(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autom3l.trial.processes.OUTPUT_LIMIT", 2**20)
    babble = "while True:\n    print('babble' * 1000)\n"
    message = failure(target, GOOD | {"pets/train.py": babble})
    assert "the step 'train' printed more than 1 MiB" in message


def test_only_the_last_lines_are_shown(target: Path) -> None:
    lines = "for i in range(99):\n    print(i)\nraise SystemExit(1)\n"
    message = failure(target, GOOD | {"pets/train.py": lines})
    shown = message.split("the end of the output:\n")[1].split()[:-1]
    assert shown == [str(i) for i in range(84, 99)]


def test_an_interrupt_removes_the_folder(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("autom3l.trial.processes._watch", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_trial(GOOD, PIPELINE, target)
    assert kept(target) == []


def test_a_missing_table_is_an_error_of_the_data(target: Path) -> None:
    missing = replace(PIPELINE, data=replace(PIPELINE.data, train="no.csv"))
    with pytest.raises(DataError, match=r"no\.csv"):
        run_trial(GOOD, missing, target)
    assert kept(target) == []


def test_a_table_that_has_changed_is_an_error_of_the_data(target: Path) -> None:
    task = Task("regression", ("price", "age"), "r2")
    split = Split("group", 0.1, 0.1, "owner")
    with pytest.raises(DataError) as caught:
        run_trial(GOOD, replace(PIPELINE, task=task, split=split), target)
    assert [d.message for d in caught.value.diagnostics] == [
        "the table has no column 'price'",
        "the table has no column 'owner'",
    ]


def test_keys_and_other_variables_stay_here(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    show = "import os\nprint(dict(os.environ))\nraise SystemExit(1)\n"
    failure(target, GOOD | {"pets/train.py": show})
    (folder,) = kept(target)
    printed = (folder / "train.log").read_text()
    assert "sk-secret" not in printed
    assert "/elsewhere" not in printed
    assert "'HF_HUB_OFFLINE': '1'" in printed


@pytest.mark.parametrize(("weights", "offline"), [("", False), ("../weights", True)])
def test_the_network_is_for_weights_that_must_be_fetched(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    weights: str,
    offline: bool,
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy")
    pipeline = with_backbone(weights)
    environment = trial_environment(pipeline, tmp_path)
    assert ("HF_HUB_OFFLINE" in environment) == offline
    assert ("https_proxy" in environment) != offline


def with_backbone(weights: str) -> Pipeline:
    """A pipeline whose text encoder is pretrained."""
    text = TextEncoder("minilm", "transformer", "frozen", 64, backbone="all-MiniLM")
    data = replace(PIPELINE.data, weights=weights)
    return replace(PIPELINE, encoders=Encoders(text=text), data=data)


def test_a_failure_says_that_weights_had_to_be_downloaded(target: Path) -> None:
    tree = GOOD | {"pets/train.py": "raise OSError('no route to the hub')\n"}
    with pytest.raises(TrialError, match="no route to the hub") as caught:
        run_trial(tree, with_backbone(""), target)
    assert "weights_dir" in str(caught.value)


def test_rare_classes_are_among_the_rows(target: Path) -> None:
    rows = trial_rows(PIPELINE, target.parent / "data", 100)
    assert set(rows["sold"]) == {"no", "yes"}
    assert len(rows["sold"]) == 100
    assert rows["sold"].count("yes") == 20
    ages = [int(age) for age in rows["age"] if age]
    assert ages == sorted(ages)


def test_rows_without_a_label_are_none_of_them(target: Path) -> None:
    task = replace(PIPELINE.task, missing=("no",))
    rows = trial_rows(replace(PIPELINE, task=task), target.parent / "data", 100)
    assert set(rows["sold"]) == {"yes"}


def test_every_part_of_a_given_split_is_among_the_rows(tmp_path: Path) -> None:
    parts = ["train"] * 500 + ["val"] * 3 + ["test"] * 3
    lines = [f"{i},{part}\n" for i, part in enumerate(parts)]
    (tmp_path / "pets.csv").write_text("price,part\n" + "".join(lines))
    pipeline = replace(
        PIPELINE,
        task=Task("regression", ("price",), "r2"),
        split=Split("column", 0.1, 0.1, "part"),
    )
    rows = trial_rows(pipeline, tmp_path, 40)
    assert {part: rows["part"].count(part) for part in set(rows["part"])} == {
        "train": 34,
        "val": 3,
        "test": 3,
    }


@pytest.mark.parametrize(
    "data",
    [
        Data(".", "t.csv", "csv"),
        Data(".", "t.csv", "csv", separator=";", encoding="utf-16", quote="'"),
        Data(".", "t.csv", "csv", encoding="latin-1", separator="\t"),
        Data(".", "t.jsonl", "jsonl"),
        Data(".", "t.parquet", "parquet"),
    ],
)
def test_a_table_reads_back_as_it_was_written(tmp_path: Path, data: Data) -> None:
    rows: Rows = {
        "a;b'\"": ("1", None, "x\ty;z,"),
        "sold": ("yes", 'it\'s "so"', "é"),
    }
    write_table(tmp_path / data.train, rows, data)
    pipeline = replace(PIPELINE, data=data, split=Split("random", 0.1, 0.1))
    pipeline = replace(pipeline, task=Task("regression", ("sold",), "r2"))
    assert trial_rows(pipeline, tmp_path, 10) == rows


def test_images_of_every_spelling_are_reached(tmp_path: Path) -> None:
    images, folder = tmp_path / "images", tmp_path / "data"
    (images / "a").mkdir(parents=True)
    folder.mkdir()
    for name in ("a/1.jpg", "2.jpg", "3.jpg"):
        (images / name).write_text(name)
    column = Column("photo", "image", items=ListFormat("|"))
    pipeline = replace(PIPELINE, columns=(column,))
    cells = ("a/1.jpg|./2.jpg", " 3.jpg |a/1.jpg", None, "", "../up.jpg", "/abs.jpg")
    link_images(pipeline, {"photo": cells}, images, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["2.jpg", "3.jpg", "a"]
    assert (folder / "a" / "1.jpg").read_text() == "a/1.jpg"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": {"b": [0.5, 1]}, "d": "x"}', ""),
        ('{"a": {"b": [0.5, NaN]}, "c": Infinity}', "not finite: a.b[1], c"),
        ('{"a": 1, "b": {"c": null}}', "not finite: b.c"),
        ('{"a": "x"}', "wrote no number into metrics.json"),
        ("[1]", "left no readable metrics.json: it holds no object"),
        ("{", "left no readable metrics.json"),
        (None, "left no readable metrics.json"),
    ],
)
def test_metrics_are_finite(tmp_path: Path, text: str | None, expected: str) -> None:
    path = tmp_path / "metrics.json"
    if text is not None:
        path.write_text(text)
    problem = wrong_metrics(path)
    assert expected in problem
    assert bool(problem) == bool(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prediction\n1.5\n-2\n", ""),
        ("prediction,p_a\nyes,0.5\nnan,0.5\n", ""),
        ("prediction,p_a\n,0.5\n,0.5\n", ""),
        ("prediction\n1.5\n", "wrote 1 predictions for 2 rows"),
        ("", "wrote 0 predictions for 2 rows"),
        ("prediction\n1.5\ninf\n", "no finite numbers: 'prediction'"),
        ("prediction\n1.5\nnan\n", "no finite numbers: 'prediction'"),
        ('prediction\n""\n""\n', "no finite numbers: 'prediction'"),
        ("prediction,p_a\nyes,\nno,\n", "no finite numbers: 'p_a'"),
        ("prediction,p_a\nyes,1\nno\n", "left no readable"),
        ("id,prediction\n1,0.5\n,0.5\n", ""),
        ("id,prediction\n1,0.5\n2,\n", "no finite numbers: 'prediction'"),
        (None, "left no readable"),
    ],
)
def test_predictions_are_whole(tmp_path: Path, text: str | None, expected: str) -> None:
    path = tmp_path / "predictions.csv"
    if text is not None:
        path.write_text(text)
    problem = wrong_predictions(path, 2, copied=["id"])
    assert expected in problem
    assert bool(problem) == bool(expected)


def test_a_reloaded_model_predicts_the_same(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("1\n")
    assert "left no readable b" in wrong_reload(first, second)
    second.write_text("1\n")
    assert wrong_reload(first, second) == ""
