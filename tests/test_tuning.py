"""Emitted projects search: killed, continued, in parallel, within their budgets."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import optuna
import psutil
import pytest
import tomli_w
from golden_tables import songs
from optuna.trial import FrozenTrial, TrialState

pytestmark = pytest.mark.slow

GENERATED = Path(__file__).parent.parent / "generated"
SPACE = {
    "train.lr": {"low": 1e-4, "high": 1e-1, "log": True},
    "model.layers": {"low": 1, "high": 3},
}
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
PATIENCE = 120.0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one table beside its rows, which trains in a second."""
    songs(tmp_path, Random("songs"))  # noqa: S311 (no secret)
    folder = tmp_path / "project"
    shutil.copytree(GENERATED / "songs", folder)
    configure(folder, epochs=3)
    return folder


def configure(project: Path, space: dict[str, Any] = SPACE, **training: int) -> None:
    """A small base, and a small search around it."""
    base = tomllib.loads((GENERATED / "songs/configs/base.toml").read_text("utf-8"))
    base["model"] |= {"members": 2, "width": 16}
    base["train"] |= training
    search = {"base": "base.toml", "trials": 4, "minutes": 0, "space": space}
    for name, values in (("base", base), ("search", search)):
        text = tomli_w.dumps(values)
        (project / f"configs/{name}.toml").write_text(text, "utf-8")


def tuning(out: str, *flags: str) -> list[str]:
    return ["-m", "songs.tune", "configs/search.toml", "--out", out, *flags]


def start(project: Path, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def tune(project: Path, out: str, *flags: str, code: int = 0) -> str:
    return wait(start(project, *tuning(out, *flags)), code)


def wait(process: subprocess.Popen[str], code: int = 0) -> str:
    said, _ = process.communicate(timeout=300)
    assert process.returncode == code, said
    return said


def trials(project: Path, out: str) -> list[FrozenTrial]:
    storage = f"sqlite:///{project / out / 'study.db'}"
    return optuna.load_study(study_name="tune", storage=storage).trials


def finished(project: Path, out: str) -> list[tuple[dict[str, Any], float | None]]:
    return [(t.params, t.value) for t in trials(project, out) if t.state in FINISHED]


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.1)


def test_a_continued_study_is_the_one_that_was_not_interrupted(project: Path) -> None:
    search = "configs/search.toml"
    script = "from pathlib import Path; from songs.tune import tune\n"
    for out, asked in (("whole", ""), ("parts", ", trials=2"), ("parts", "")):
        script += f"tune(Path({search!r}), Path({out!r}){asked})\n"
    wait(start(project, "-c", script))  # one process, for to import torch takes long
    assert finished(project, "parts") == finished(project, "whole")
    own = tomllib.loads((project / "configs/base.toml").read_text("utf-8"))
    first, _ = finished(project, "whole")[0]
    assert first == {
        "train.lr": own["train"]["lr"],
        "model.layers": own["model"]["layers"],
    }
    configure(project, {"train.lr": SPACE["train.lr"]}, epochs=3)
    assert "has changed" in tune(project, "parts", code=1)


def test_a_killed_search_loses_and_repeats_nothing(project: Path) -> None:
    configure(project, epochs=40, patience=40)
    process = start(project, *tuning("tuned", "--workers", "2"))
    wait_for((project / "tuned/log.txt").exists)
    wait_for(lambda: {"COMPLETE", "RUNNING"} <= states(project / "tuned/study.db"))
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    wait_for(lambda: not [w for w in workers if alive(w)])
    before = finished(project, "tuned")
    interrupted = [
        t.params for t in trials(project, "tuned") if t.state.name == "RUNNING"
    ]
    assert interrupted
    tune(project, "tuned", "--workers", "2")
    after = finished(project, "tuned")
    assert after[: len(before)] == before
    assert len(after) == 4
    # Of one that was killed while it drew its values, those that it had.
    tried = [params.items() for params, _ in after[len(before) :]]
    assert all(any(p.items() <= values for values in tried) for p in interrupted)
    assert len({str(params) for params, _ in after}) == 4
    assert not list((project / "tuned").glob("trial-*"))
    names = {"best.toml", "trials.csv", "history.png", "importance.png"}
    assert names <= {path.name for path in (project / "tuned").iterdir()}


def states(study: Path) -> set[str]:
    """Of its trials; Optuna takes a second to tell, and they go on."""
    with closing(sqlite3.connect(study, timeout=60)) as database:
        return {state for (state,) in database.execute("SELECT state FROM trials")}


def alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_minutes_hold_and_what_they_cut_is_tried_again(project: Path) -> None:
    configure(project, epochs=1000, patience=1000)
    begun = time.monotonic()
    said = tune(project, "tuned", "--minutes", "0.25", code=1)
    assert "no trial was finished in time" in said
    assert time.monotonic() - begun < 60
    *_, cut, waiting = trials(project, "tuned")
    assert (cut.state, waiting.state) == (TrialState.FAIL, TrialState.WAITING)
    assert waiting.system_attrs["fixed_params"] == cut.params
