"""Train retrievals and a matching of real tables; print how well and fast they find.

    python benchmarks/searches.py [NAME ...] --weights DIR [--work DIR] [--hard]

For each: compile with its trial, train, evaluate on the test rows beside chance and
the frozen features alone. Then one of the queries searches ITEMS items, made of those
of the training table, and the milliseconds of a search after loading are told: of one
among others, and of the command. With `--hard`, batches are made of what the network
confuses. Exit 0 where the data are absent.

The pairs of photos of the first are also learnt as a matching, beside a threshold on
the cosine of their frozen features, fitted on the validation pairs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
from measuring import run
from projects import Project, compile_project
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
ITEMS = 10_000
METRICS = ("map_at_100", "mrr", "recall_at_1", "recall_at_10")


@dataclass(frozen=True)
class Task:
    """Files of a data set by part, and what else the spec says of the retrieval."""

    folder: str
    files: dict[str, str]
    spec: dict[str, Any] = field(default_factory=dict)


TASKS = {
    "grocery, photo → product": Task(
        "grocery_store",
        {
            "train": "pairs_train.csv",
            "validation": "pairs_valid.csv",
            "test": "pairs_test.csv",
        },
        {"target": "match", "left": "query_image", "right": "product_"},
    ),
    "abt_buy, offer → offer": Task(
        "abt_buy",
        {"train": "train.csv"},
        {"target": "match", "left": "left_", "right": "right_"},
    ),
}
# As a matching: both sides have a photo, and one has words, too.
PAIRS = "grocery, pairs"
MATCHING = replace(
    TASKS["grocery, photo → product"],
    spec={"target": "match", "left": "query_", "right": "product_"},
)
# Run in the project of the pairs: F1 on its test rows by their frozen photos alone.
_FROZEN_F1 = """
from pathlib import Path
import torch
from sklearn.metrics import f1_score
from {package}.config import PROJECT, load_config
from {package}.data import load_parts
from {package}.features import Features
from {package}.target import decide, encode, fit_decision
config = load_config(Path("configs/base.toml"))
parts = load_parts(config.data)
features = Features.fit(parts.train, config)
def known(rows):
    photos = features.transform(rows, PROJECT / config.data.cache)["image"]
    likeness = torch.cosine_similarity(photos[:, 0], photos[:, 1], dim=1).nan_to_num(0)
    return torch.stack([1 - likeness, likeness], dim=1).numpy(), encode(rows).numpy()
decision = fit_decision(*known(parts.validation))
likeness, pairs = known(parts.test)
print(f1_score(pairs, decide(likeness, decision)))
"""
_QUERY = """
import statistics, sys, time
from pathlib import Path
import torch
from {package}.data import read_table
from {package}.index import Index
if len(sys.argv) > 2:
    torch.set_num_threads(int(sys.argv[2]))
index = Index.load(Path("runs/base"))
rows = read_table(Path(sys.argv[1]))
seconds = []
for number in range(30):
    start = time.perf_counter()
    index.find(rows.iloc[[number]], 10)
    seconds.append(time.perf_counter() - start)
print(1000 * statistics.median(seconds))
"""


def measure(task: Task, weights: Path, work: Path, *, hard: bool) -> None:
    """Print the scores and the times of one task."""
    data = ROOT.parent / "shared" / "data" / task.folder
    settings = ["--set", "train.hard_negatives=true"] if hard else []
    project, report, trained = _trained(task, "retrieval", weights, work, *settings)
    scores = {"this model": {n: m["value"] for n, m in report["metrics"].items()}}
    alone = {f"the {n} alone": s for n, s in report["alone"].items()}
    print(f"{report['queries']} queries, {report['items']} items")
    print(f"{'':<22}" + "".join(f"{name:>14}" for name in METRICS))
    for name, values in {**scores, **alone, **report["baselines"]}.items():
        print(f"{name:<22}" + "".join(f"{values[m]:>14.4f}" for m in METRICS))
    print(f"trained in {trained.seconds:.0f} s, {trained.peak_mb:.0f} MB")
    every, one = _query_ms(project, data, task)
    print(f"a query of {ITEMS:,} items: {every:.1f} ms, on one thread {one:.1f} ms")
    print(f"retrieve --query tells {_command_ms(project, task)} ms, five times\n")


def measure_pairs(task: Task, weights: Path, work: Path) -> None:
    """Print the F1 of its pairs as a matching, and by frozen features alone."""
    project, report, trained = _trained(task, "matching", weights, work)
    script = _FROZEN_F1.format(package=project.package)
    frozen = float(_printed(project, "-c", script))
    f1 = report["metrics"]["f1"]
    print(f"F1 {f1['value']:.4f} [{f1['low']:.3f}, {f1['high']:.3f}]")
    print(f"a threshold on the cosine of frozen photos: {frozen:.4f}")
    print(f"trained in {trained.seconds:.0f} s, {trained.peak_mb:.0f} MB\n")


def _trained(
    task: Task, kind: str, weights: Path, work: Path, *settings: str
) -> tuple[Project, dict[str, Any], Any]:
    """A project, compiled and trained, what it reports, and what training took."""
    data = ROOT.parent / "shared" / "data" / task.folder
    work.mkdir(parents=True, exist_ok=True)
    spec = work / "spec.yaml"
    files = {part: os.path.relpath(data / f, work) for part, f in task.files.items()}
    wanted = {
        "name": "finder",
        "data": files,
        "task": kind,
        "constraints": {"offline": True},
        "weights_dir": os.path.relpath(weights.resolve(), work),
        **task.spec,
    }
    with spec.open("w", encoding="utf-8") as file:
        YAML().dump(wanted, file)
    project = compile_project(spec, work, trial=True)
    train = ["train", "configs/base.toml", "--out", "runs/base", *settings]
    trained = _call(project, *train)
    _call(project, "evaluate", "runs/base")
    report = json.loads((project.folder / "runs/base/metrics.json").read_text("utf-8"))
    return project, report, trained


def _query_ms(project: Project, data: Path, task: Task) -> tuple[float, float]:
    """The median milliseconds of a search after loading: all threads, and one."""
    rows = pd.read_csv(data / task.files["train"], dtype=str, keep_default_na=False)
    many = rows.sample(ITEMS, replace=True, random_state=0).reset_index(drop=True)
    names = [str(name) for name in rows if "name" in str(name)]
    text = next(n for n in names if n.startswith(("right", "product")))
    many[text] += [f" {number}" for number in range(ITEMS)]  # each an item of its own
    folder = project.folder / "many"
    folder.mkdir(exist_ok=True)
    for entry in data.iterdir():
        if entry.is_dir() and not (folder / entry.name).exists():
            (folder / entry.name).symlink_to(entry)
    many.to_csv(folder / "items.csv", index=False)
    _call(project, "index", "runs/base", "many/items.csv")
    script = _QUERY.format(package=project.package)
    every = _printed(project, "-c", script, "many/items.csv")
    one = _printed(project, "-c", script, "many/items.csv", "1")
    return float(every), float(one)


def _command_ms(project: Project, task: Task) -> list[int]:
    """What a search by the first cell of a row tells, each in a process of its own."""
    rows = pd.read_csv(project.folder / "many/items.csv", dtype=str, nrows=5)
    left = task.spec["left"]
    column = next(str(name) for name in rows if str(name).startswith(left))
    folder = "many/" if "image" in column else ""
    told = []
    for cell in rows[column]:
        query = ["runs/base", f"--query={column}={folder}{cell}"]
        found = _printed(project, "-m", f"{project.package}.retrieve", *query)
        told.append(int(found.split()[-2]))
    return told


def _printed(project: Project, *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=project.folder, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _call(project: Project, module: str, *arguments: str) -> Any:
    command = [sys.executable, "-m", f"{project.package}.{module}", *arguments]
    return run(command, project.folder, module)


def main() -> int:
    """Measure the tasks that the command line names, by default all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TASKS, PAIRS, []], metavar="NAME")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--hard", action="store_true")
    args = parser.parse_args()
    if not (ROOT.parent / "shared" / "data").is_dir():
        print("skipped: the data sets of ../shared/data are not here")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(args.names or [*TASKS, PAIRS]):
            print(name)
            work = (args.work or Path(folder)) / str(number)
            if name == PAIRS:
                measure_pairs(MATCHING, args.weights, work)
            else:
                measure(TASKS[name], args.weights, work, hard=args.hard)
    return 0


if __name__ == "__main__":
    sys.exit(main())
