"""How fast emitted projects train, beside a bare loop over the same network and rows.

    python benchmarks/training_speed.py [NAME ...] --weights DIR [--work DIR]

For each: compile, then train in turns by the emitted loop and by one that is written
by hand with nothing but what learns: an optimizer, shuffled rows, a loss. Told are rows
per second of both, and how long a run takes from its start to its first batch, at first
and once frozen features are cached. Exit 0 where the data are absent.

A GPU is used where there is one, with bfloat16 for tuned networks in both loops. For a
machine that has a GPU but no compiler: `--hardware gpu --compile-only --work DIR --data
DIR` with all three folders side by side, then there `--measure-only --work DIR`.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data_sets import DATA_SETS
from projects import compile_project, write_spec
from text_tables import aligned

ROOT = Path(__file__).resolve().parent.parent
TUNED_TEXT: Mapping[str, Any] = {
    "metric": "f1",
    "encoders": {"text": {"card": "all-MiniLM-L6-v2", "tuning": "full"}},
}
TUNED_PHOTOS: Mapping[str, Any] = {
    "encoders": {"image": {"card": "mobilenetv2_100", "tuning": "full"}},
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
from accelerate import PartialState
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
# They are sorted by class.
step = len(validation["target"]) // limit + 1
validation = {{name: tensor[::step] for name, tensor in validation.items()}}
settings = replace(config.train, epochs=2, patience=9)
size = len(rows["target"])
spent = {{"emitted": [], "bare": []}}

device = PartialState().device
half = device.type == "cuda" and hasattr(train, "precision")

def done():
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()

def timed(batches, *_, **__):
    start = done()
    yield from batches
    spent["emitted"].append(done() - start)

def bare():
    network = Network(features, config.model).to(device)
    network.train()
    optimizer = torch.optim.AdamW(network.parameters(), settings.lr)
    known = len(inspect.signature(target.loss).parameters) - 2
    extra = (settings.label_smoothing,)[:known]
    for _ in range(settings.epochs):
        start = done()
        for chunk in torch.randperm(size).split(settings.batch_size):
            batch = {{name: tensor[chunk].to(device) for name, tensor in rows.items()}}
            optimizer.zero_grad()
            with torch.autocast(device.type, torch.bfloat16, enabled=half):
                outputs = network(batch)
            loss = target.loss(outputs.float(), batch["target"], *extra)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
        spent["bare"].append(done() - start)

train.tqdm = timed
for _ in range(turns):
    given = replace(config, train=settings)
    train.begin(given, out)
    fit(given, features, rows, validation, out, *others)
    bare()
speeds = {{name: size / statistics.median(s) for name, s in spent.items()}}
print(json.dumps({{"rows": size, "started": started, **speeds}}))
"""


@dataclass(frozen=True)
class Task:
    """A data set, what its spec says besides, and the rows of one turn on CPUs."""

    data: str
    rows: int = 10**9
    wishes: Mapping[str, Any] | None = None


TASKS = {
    "adult_income, table": Task("adult_income"),
    "flipkart, frozen text and photos": Task("flipkart_products"),
    "sms_spam, tuned text": Task("sms_spam", 128, TUNED_TEXT),
    "flipkart, tuned photos": Task("flipkart_products", 128, TUNED_PHOTOS),
}


def compile_task(task: Task, args: argparse.Namespace, work: Path) -> None:
    """Its project, in `work`."""
    data = next(d for d in DATA_SETS if d.name == task.data)
    if task.wishes:
        data = replace(data, pins={**data.pins, **task.wishes})
    source = (args.data / (data.folder or data.name)).resolve()
    spec = write_spec(data, source, work, args.weights, args.hardware)
    compile_project(spec, work, trial=False)


def measure(folder: Path, rows: int, turns: int) -> tuple[str, ...]:
    """The cells of a project behind its name."""
    first = _run(folder, rows, 0)
    speeds = _run(folder, rows, turns)
    share = speeds["emitted"] / speeds["bare"]
    return (
        f"{speeds['rows']:,}",
        f"{speeds['emitted']:,.0f}",
        f"{speeds['bare']:,.0f}",
        f"{share:.2f}",
        f"{first['started']:.1f}",
        f"{speeds['started']:.1f}",
    )


def _run(folder: Path, rows: int, turns: int) -> dict[str, float]:
    """What the script tells; its time starts with its process."""
    ir = json.loads((folder / ".autom3l" / "pipeline.json").read_text("utf-8"))
    script = _SCRIPT.format(package=ir["package"])
    shell = f"import time, sys; sys.argv[1] = str(time.time())\n{script}"
    command = [sys.executable, "-c", shell, "0", str(rows), str(turns)]
    done = subprocess.run(
        command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> int:
    """Measure the tasks that the command line names, by default all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TASKS, []], metavar="NAME")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--hardware", choices=["cpu", "gpu"], default="cpu")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--rows", type=int, help="of one turn, at most")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--compile-only", action="store_true")
    only.add_argument("--measure-only", action="store_true")
    args = parser.parse_args()
    if not args.weights and not args.measure_only:
        parser.error("--weights is needed to compile")
    if not args.data.is_dir() and not args.measure_only:
        print("skipped: the data sets of ../shared/data are not here")
        return 0
    cells = []
    with tempfile.TemporaryDirectory() as folder:
        for name in args.names or TASKS:
            work = (args.work or Path(folder)).resolve() / re.sub(r"\W+", "_", name)
            if not args.measure_only:
                compile_task(TASKS[name], args, work)
            if not args.compile_only:
                rows = args.rows or TASKS[name].rows
                cells.append((name, *measure(work / "project", rows, args.turns)))
    if cells:
        print(aligned(HEAD, cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
