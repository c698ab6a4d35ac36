"""Compile, train and score real tables, and print one table of it all.

    python benchmarks/real_data.py [NAME ...] [--weights DIR] [--work DIR] [--json FILE]

For each data set of ../shared/data: `autom3l init` with the target alone, the pins of
data_sets.py, compile with its trial, train, predict the test table with its
target cut away, and score that with scikit-learn. Exit 1 when a step failed or a score
is under its floor, 0 also where the data are absent.

Seconds are wall time; peak memory is the largest resident set of any one process of the
training.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from data_sets import DATA_SETS, DataSet
from measuring import StepError
from projects import compile_project, predict, train, write_spec
from scoring import majority, read_text, score, trees
from text_tables import aligned

ROOT = Path(__file__).resolve().parent.parent
_HEAD = (
    "data set → target",
    "metric",
    "test",
    "floor",
    "majority",
    "trees",
    "compile s",
    "trial s",
    "train s",
    "train MB",
    "encoders",
    "pins",
)


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    name: str
    target: str
    metric: str
    test: float
    floor: float | None
    majority: float
    trees: float | None
    compile_s: float
    trial_s: float | None
    train_s: float
    train_mb: float
    encoders: str
    pins: str


def main() -> int:
    """Measure the data sets asked for; the exit code says if all are well."""
    args = _arguments()
    if not args.data.is_dir():
        print(f"skipped: the data sets ({args.data}) are not here", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        work = args.work or Path(scratch)
        return _measure_all(args, work.resolve())


def _measure_all(args: argparse.Namespace, work: Path) -> int:
    chosen = [d for d in DATA_SETS if not args.names or d.name in args.names]
    results, failed = [], False
    for data in chosen:
        if not (args.data / (data.folder or data.name)).is_dir():
            print(f"{data.name}: skipped, its folder is absent", file=sys.stderr)
            continue
        print(f"{data.name} ...", file=sys.stderr, flush=True)
        try:
            result = _measure(data, args, work / data.name)
        except StepError as error:
            print(f"{data.name}: {error}", file=sys.stderr)
            failed = True
            continue
        results.append(result)
        if args.json:
            with args.json.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(result)) + "\n")
    print(_table(results))
    low = [r.name for r in results if r.floor is not None and r.test < r.floor]
    if low:
        print(f"under the floor: {', '.join(low)}", file=sys.stderr)
    return int(failed or bool(low))


def _measure(data: DataSet, args: argparse.Namespace, work: Path) -> Result:
    source = (args.data / (data.folder or data.name)).resolve()
    spec = write_spec(data, source, work, args.weights, args.hardware)
    project = compile_project(spec, work, trial=not args.no_trial)
    trained = train(project, args.epochs)
    predictions = read_text(predict(project, data, source, work))
    known, asked = (read_text(source / name) for name in ("train.csv", "test.csv"))
    return Result(
        name=data.name,
        target=data.target,
        metric=data.score,
        test=score(data, asked[data.target], predictions),
        floor=data.floor,
        majority=majority(data, known, asked),
        trees=trees(data, known, asked, project.numeric, project.categorical),
        compile_s=project.compile_s,
        trial_s=project.trial_s,
        train_s=trained.seconds,
        train_mb=trained.peak_mb,
        encoders=", ".join(project.encoders),
        pins=json.dumps(data.pins) if data.pins else "",
    )


def _table(results: Iterable[Result]) -> str:
    rows = []
    for r in results:
        scores = (r.test, r.floor, r.majority, r.trees)
        cells = [f"{r.name} → {r.target}", r.metric, *map(_score, scores)]
        cells += [
            f"{s:.1f}" if s is not None else "–" for s in (r.compile_s, r.trial_s)
        ]
        cells += [f"{r.train_s:.0f}", f"{r.train_mb:.0f}", r.encoders, r.pins or "none"]
        rows.append(cells)
    return aligned(_HEAD, rows)


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = [d.name for d in DATA_SETS]
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument(
        "--data", type=Path, default=ROOT.parent / "shared" / "data", help="data sets"
    )
    weights = os.environ.get("AUTOM3L_WEIGHTS")
    parser.add_argument(
        "--weights",
        type=Path,
        default=Path(weights) if weights else None,
        help="folder of pretrained weights (default: $AUTOM3L_WEIGHTS)",
    )
    parser.add_argument(
        "--work", type=Path, help="kept folder (default: a scratch one)"
    )
    parser.add_argument("--hardware", choices=["cpu", "gpu"], default="cpu")
    parser.add_argument("--json", type=Path, help="append results as JSON lines")
    parser.add_argument("--epochs", type=int, help="train no longer than this")
    parser.add_argument("--no-trial", action="store_true")
    args = parser.parse_args()
    unknown = sorted(set(args.names) - set(names))
    if unknown:
        parser.error(f"unknown data set {unknown[0]!r}, not one of {', '.join(names)}")
    return args


if __name__ == "__main__":
    sys.exit(main())
