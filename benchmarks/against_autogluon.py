"""Several seeds of each table, beside what AutoGluon reached on the same rows.

    python benchmarks/against_autogluon.py [NAME ...] --weights DIR [--seeds N]
        [--json FILE]

The figures of AutoGluon 1.6.3 are recorded, one seed each. TabularPredictor: `best`,
the better of with and without frozen features of the same backbones added by hand, on
two CPU cores. MultiModalPredictor: its defaults with the same backbones, tuned, for at
most 20 epochs on an H200 that nine of them shared, the whole batch at once, texts
pooled by the mean, the logarithm of a price for a target. What is measured here is
appended to FILE as JSON lines; what stands there already is not measured again. Exit 0
where the data are absent.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data_sets import DATA_SETS, DataSet
from projects import Project, compile_project, predict, train, write_spec
from scoring import read_text, score
from text_tables import aligned

ROOT = Path(__file__).resolve().parent.parent
HEAD = (
    *("table → target", "metric", "autom3l", "seeds", "s", "MB"),
    *("tabular", "s", "multimodal", "s", "difference to the better"),
)


@dataclass(frozen=True)
class Figures:
    """Scores of both systems on one table, each with its seconds."""

    multimodal: tuple[float, float]
    tabular: tuple[float, float]
    score: Any = None  # where the data set is scored by another metric


FIGURES = {
    "adult_income": Figures((0.9126, 86), (0.9271, 252)),
    "titanic": Figures((0.7821, 46), (0.816, 138)),
    "sms_spam": Figures((0.9919, 74), (0.9901, 193), "accuracy"),
    "petfinder_mini": Figures((0.2360, 134), (0.3247, 391)),
    "womens_clothing": Figures((0.9669, 120), (0.9123, 316)),
    "flipkart_products": Figures((0.9571, 128), (0.929, 180)),
    "houses": Figures((0.6274, 163), (0.7604, 351)),
    "grocery_store": Figures((0.6570, 96), (0.6669, 345)),
    "bike_hourly": Figures((0.9457, 71), (0.9668, 246)),
}


def measure(
    data: DataSet, project: Project, source: Path, work: Path, seed: int
) -> dict[str, Any]:
    """The score on the test rows of one seed, and what it took."""
    trained = train(project, None, seed=seed)
    predictions = read_text(predict(project, data, source, work))
    asked = read_text(source / "test.csv")[data.target]
    return {
        "name": data.name,
        "seed": seed,
        "test": score(data, asked, predictions),
        "seconds": trained.seconds,
        "peak_mb": trained.peak_mb,
    }


def cells(data: DataSet, runs: list[dict[str, Any]]) -> tuple[str, ...]:
    """One line of the table."""
    figures = FIGURES[data.name]
    best = max(figures.tabular[0], figures.multimodal[0])
    values = [run["test"] for run in runs]
    mean = statistics.mean(values)
    spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
    return (
        f"{data.name} → {data.target}",
        data.score,
        f"{mean:.4f}{spread}",
        str(len(runs)),
        f"{statistics.mean(run['seconds'] for run in runs):.0f}",
        f"{max(run['peak_mb'] for run in runs):.0f}",
        *_recorded(figures.tabular),
        *_recorded(figures.multimodal),
        f"{mean - best:+.4f}",
    )


def _recorded(figure: tuple[float, float]) -> tuple[str, str]:
    return f"{figure[0]:.4f}", f"{figure[1]:.0f}"


def _known(file: Path | None) -> list[dict[str, Any]]:
    if file is None or not file.exists():
        return []
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*FIGURES, []], metavar="NAME")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--hardware", choices=["cpu", "gpu"], default="cpu")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    return parser.parse_args()


def main() -> int:
    """Measure the tables that the command line names, by default all."""
    args = _arguments()
    if not args.data.is_dir():
        print(f"skipped: the data sets ({args.data}) are not here")
        return 0
    known, lines = _known(args.json), []
    chosen = [d for d in DATA_SETS if d.name in (args.names or FIGURES)]
    for data in (replace(d, score=FIGURES[d.name].score or d.score) for d in chosen):
        runs = [run for run in known if run["name"] == data.name][: args.seeds]
        source = (args.data / (data.folder or data.name)).resolve()
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            if len(runs) < args.seeds:
                spec = write_spec(data, source, work, args.weights, args.hardware)
                project = compile_project(spec, work, trial=False)
            for seed in range(len(runs), args.seeds):
                runs.append(measure(data, project, source, work, seed))
                if args.json:
                    with args.json.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(runs[-1]) + "\n")
        lines.append(cells(data, runs))
        print(aligned(HEAD, lines), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
