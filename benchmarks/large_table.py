"""Train on a table with millions of rows, and tell how much memory that takes.

    python benchmarks/large_table.py [--rows 5000000] [--epochs 1] [--work DIR]

Draws a table of numbers and categories with a planted signal, compiles it without a
trial, trains, evaluates, and prints seconds, peak memory (the largest resident set of
one process, which counts pages of mapped files) and the score beside the best that the
noise allows. Exit 1 when training takes 2 GB or more.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from measuring import run
from projects import compile_project, train
from ruamel.yaml import YAML
from sklearn.metrics import roc_auc_score

LIMIT_MB = 2_000
CHUNK = 100_000
CITIES = np.array([f"city {n}" for n in range(500)])
KINDS = np.array(["new", "used", "broken", "unknown"])


def draw(path: Path, rows: int) -> float:
    """Write the table; the ROC AUC of who knows how it was drawn."""
    random = np.random.default_rng(0)
    of_city = random.normal(0, 1, len(CITIES))
    of_kind = np.array([0.5, 0.0, -1.0, 0.2])
    labels, scores = [], []
    for start in range(0, rows, CHUNK):
        count = min(CHUNK, rows - start)
        numbers = random.normal(0, 1, (count, 8)).round(3)
        city = random.integers(0, len(CITIES), count)
        kind = random.integers(0, len(KINDS), count)
        score = numbers[:, 0] * numbers[:, 1] + np.abs(numbers[:, 2]) - 0.8
        score += of_city[city] + of_kind[kind]
        bought = random.random(count) < 1 / (1 + np.exp(-score))
        table = pd.DataFrame(numbers, columns=[f"reading {n}" for n in range(8)])
        table["city"], table["kind"] = CITIES[city], KINDS[kind]
        table["bought"] = np.where(bought, "yes", "no")
        table.to_csv(path, mode="a" if start else "w", header=not start, index=False)
        labels.append(bought)
        scores.append(score)
    return float(roc_auc_score(np.concatenate(labels), np.concatenate(scores)))


def measure(work: Path, rows: int, epochs: int) -> bool:
    """Print what training takes; whether it kept below the limit."""
    best = draw(work / "rows.csv", rows)
    size = (work / "rows.csv").stat().st_size / 1e6
    print(f"{rows:,} rows, 11 columns, {size:,.0f} MB as CSV", flush=True)
    wanted = {
        "name": "large",
        "data": {"train": "rows.csv"},
        "target": "bought",
        "metric": "roc_auc",
        "constraints": {"offline": True},
    }
    with (work / "spec.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(wanted, file)
    project = compile_project(work / "spec.yaml", work, trial=False)
    usage = json.loads((work / "compile.usage.json").read_text("utf-8"))
    print(f"compiled in {project.compile_s:.0f} s: {usage}", flush=True)
    trained = train(project, epochs)
    seconds, peak = trained.seconds, trained.peak_mb
    print(f"trained {epochs} epochs in {seconds:.0f} s, {peak:,.0f} MB", flush=True)
    command = [sys.executable, "-m", f"{project.package}.evaluate", "runs/base"]
    run(command, project.folder, "evaluate")
    report = json.loads((project.folder / "runs/base/metrics.json").read_text("utf-8"))
    score = report["metrics"]["roc_auc"]["value"]
    print(f"ROC AUC {score:.4f} on {report['rows']:,} rows; at best {best:.4f}")
    return peak < LIMIT_MB


def main() -> int:
    """Measure; the exit code says whether memory sufficed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--work", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = (args.work or Path(folder)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        return 0 if measure(work, args.rows, args.epochs) else 1


if __name__ == "__main__":
    sys.exit(main())
