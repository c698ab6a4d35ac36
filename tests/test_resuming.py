"""Runs of an emitted project: what is killed and resumed, and what is left of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from test_tuning import configure, project

__all__ = ["project"]  # the fixture

# Run in the project. Each run is a fork, so that libraries are imported once; the
# forking process itself starts no threads.
SCRIPT = """
import json, os, signal, sys, time
from pathlib import Path
from songs.config import load_config
from songs.train import train

def start(out, resume):
    child = os.fork()
    if not child:
        sys.stderr = open(os.devnull, "w")
        train(load_config(Path("configs/base.toml")), out, resume)
        os._exit(0)
    return child

def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

began = time.monotonic()
assert ended(start(Path("runs/whole"), False)) == 0
seconds = time.monotonic() - began
killed = []
for number, share in enumerate(map(float, sys.argv[1:])):
    out = Path(f"runs/{number}")
    child = start(out, False)
    time.sleep(share * seconds)
    os.kill(child, signal.SIGKILL)
    killed.append(ended(child))
    assert ended(start(out, True)) == 0
print(json.dumps(killed))
"""


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_weights(project: Path) -> None:
    """At three moments, spread over the run; a seeded draw decides which."""
    configure(project, epochs=8)
    random = Random(0)  # noqa: S311 (no secret)
    shares = [str((i + random.random()) / 4) for i in range(3)]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *shares],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    killed = json.loads(done.stdout.splitlines()[-1])
    assert killed.count(-9) >= 2  # one may have been faster
    whole = result(project / "runs/whole")
    for number in range(len(killed)):
        assert result(project / f"runs/{number}") == whole


REPORTS = """
from pathlib import Path
from songs.config import load_config
from songs.evaluate import evaluate, summary
from songs.train import train

run, table = Path("runs/one"), Path("../train.parquet")
train(load_config(Path("configs/base.toml")), run)
evaluate(run)
before = (run / "metrics.json").read_bytes()
assert "rows of train.parquet" in summary(evaluate(run, table))
assert (run / "metrics.json").read_bytes() == before
assert (run / "metrics-train.json").exists()
train(load_config(Path("configs/base.toml")), run)
assert not list(run.glob("metrics*.json"))
"""


@pytest.mark.slow
def test_the_report_of_the_test_part_outlives_that_of_a_table(project: Path) -> None:
    configure(project, epochs=1)
    command = [sys.executable, "-c", REPORTS]
    subprocess.run(command, cwd=project, check=True, capture_output=True)


def result(run: Path) -> tuple[bytes, list[dict[str, float]], str]:
    """Its weights, what was logged of each epoch but the time, and its scores."""
    entries = map(json.loads, (run / "metrics.jsonl").read_text("utf-8").splitlines())
    return (
        (run / "model.safetensors").read_bytes(),
        [{k: v for k, v in entry.items() if k != "seconds"} for entry in entries],
        (run / "validation.json").read_text("utf-8"),
    )
