"""How fast emitted projects train, beside a bare loop over the same network and rows.

    python benchmarks/training_speed.py [NAME ...] --weights DIR [--work DIR]

For each: compile, then train in turns by the emitted loop and by one that is written
by hand with nothing but what learns: an optimizer, shuffled rows, a loss. Told are rows
per second of both, and how long a run takes from its start to its first batch, at first
and once frozen features are cached. Exit 0 where the data are absent.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data_sets import DATA_SETS
from projects import Project, compile_project, write_spec
from text_tables import aligned

ROOT = Path(__file__).resolve().parent.parent
TUNED: Mapping[str, Any] = {
    "metric": "f1",
    "encoders": {"text": {"card": "all-MiniLM-L6-v2", "tuning": "full"}},
}
HEAD = (
    "training",
    "rows",
    "emitted rows/s",
    "bare rows/s",
    "share",
    "start s",
    "cached",
)

# Run in the project: the rows of its first network, from which both loops learn.
_SCRIPT = """
import inspect, json, statistics, sys, time
from dataclasses import replace
from pathlib import Path
import torch
from {package} import target, train
from {package}.config import load_config
from {package}.model import Network

began, limit, turns = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
config = load_config(Path("configs/base.toml"))

class Known(Exception):
    pass

def take(*given):
    raise Known(given)

fit, train.fit = train.fit, take
try:
    train.train(config, Path("runs/speed"))
except Known as known:
    (given,) = known.args
started = time.time() - began
if not turns:
    print(json.dumps({{"started": started}}))
    sys.exit()
_, features, rows, validation, out, *others = given
rows = {{name: tensor[:limit] for name, tensor in rows.items()}}
validation = {{name: tensor[:limit] for name, tensor in validation.items()}}
settings = replace(config.train, epochs=2, patience=9)
size = len(rows["target"])
spent = {{"emitted": [], "bare": []}}

def timed(batches, *_, **__):
    start = time.perf_counter()
    yield from batches
    spent["emitted"].append(time.perf_counter() - start)

def bare():
    network = Network(features, config.model)
    network.train()
    optimizer = torch.optim.AdamW(network.parameters(), settings.lr)
    known = len(inspect.signature(target.loss).parameters) - 2
    extra = (settings.label_smoothing,)[:known]
    for _ in range(settings.epochs):
        start = time.perf_counter()
        for chunk in torch.randperm(size).split(settings.batch_size):
            batch = {{name: tensor[chunk] for name, tensor in rows.items()}}
            optimizer.zero_grad()
            loss = target.loss(network(batch), batch["target"], *extra)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
        spent["bare"].append(time.perf_counter() - start)

train.tqdm = timed
for _ in range(turns):
    out.mkdir(parents=True, exist_ok=True)
    train.clear(out)
    fit(replace(config, train=settings), features, rows, validation, out, *others)
    bare()
speeds = {{name: size / statistics.median(s) for name, s in spent.items()}}
print(json.dumps({{"rows": size, "started": started, **speeds}}))
"""


@dataclass(frozen=True)
class Task:
    """A data set, what its spec says besides, and how many rows one turn takes."""

    data: str
    rows: int = 10**9
    wishes: Mapping[str, Any] | None = None


TASKS = {
    "adult_income, table": Task("adult_income"),
    "flipkart, frozen text and photos": Task("flipkart_products"),
    "sms_spam, tuned text": Task("sms_spam", 128, TUNED),
}


def measure(task: Task, args: argparse.Namespace, work: Path) -> tuple[str, ...]:
    """The cells of a task behind its name."""
    data = next(d for d in DATA_SETS if d.name == task.data)
    if task.wishes:
        data = replace(data, pins={**data.pins, **task.wishes})
    source = (args.data / (data.folder or data.name)).resolve()
    spec = write_spec(data, source, work, args.weights)
    project = compile_project(spec, work, trial=False)
    first = _run(project, task.rows, 0)
    speeds = _run(project, task.rows, args.turns)
    share = speeds["emitted"] / speeds["bare"]
    return (
        f"{speeds['rows']:,}",
        f"{speeds['emitted']:,.0f}",
        f"{speeds['bare']:,.0f}",
        f"{share:.2f}",
        f"{first['started']:.1f}",
        f"{speeds['started']:.1f}",
    )


def _run(project: Project, rows: int, turns: int) -> dict[str, float]:
    """What the script tells; its time starts with its process."""
    script = _SCRIPT.format(package=project.package)
    shell = f"import time, sys; sys.argv[1] = str(time.time())\n{script}"
    command = [sys.executable, "-c", shell, "0", str(rows), str(turns)]
    done = subprocess.run(
        command, cwd=project.folder, check=True, stdout=subprocess.PIPE, text=True
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> int:
    """Measure the tasks that the command line names, by default all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TASKS, []], metavar="NAME")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--turns", type=int, default=3)
    args = parser.parse_args()
    if not args.data.is_dir():
        print("skipped: the data sets of ../shared/data are not here")
        return 0
    cells = []
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(args.names or TASKS):
            work = (args.work or Path(folder)).resolve() / str(number)
            cells.append((name, *measure(TASKS[name], args, work)))
    print(aligned(HEAD, cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
