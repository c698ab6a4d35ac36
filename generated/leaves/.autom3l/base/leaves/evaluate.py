"""Score a trained run on held-out rows, beside plain baselines.

python -m leaves.evaluate runs/base [table.csv]
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from leaves import metrics, target
from leaves.baselines import constant
from leaves.checkpoint import Run, load_run
from leaves.config import PROJECT
from leaves.data import load_parts, read_labelled
from leaves.errors import InputError, told_in_a_line
from leaves.features import Batch


def evaluate(run_folder: Path, table: Path | None = None) -> dict[str, Any]:
    """Score the test rows and write `metrics.json` to the run.

    With a table, the scores of its rows are in `metrics-NAME.json`.
    """
    run = load_run(run_folder)
    parts = load_parts(run.config.data, run.config.train.seed)
    images = PROJECT / run.config.data.root / run.config.data.images
    rows = read_labelled(table, images) if table else parts.test
    if rows.empty:
        raise InputError(f"{table or 'the test part'} has no labelled row")
    batch = run.features.transform(rows)
    truth = target.encode(rows).numpy()

    predicted = predictions(run, batch)
    values = metrics.scores(truth, *predicted)
    spread = metrics.interval(truth, *predicted)
    report = {
        "of": table.name if table else "the test part",
        "rows": len(rows),
        "cells without a photo": int((~batch["has_image"]).sum()),
        "metrics": {
            name: {"value": value, "low": spread[name][0], "high": spread[name][1]}
            for name, value in values.items()
        },
        "baselines": {
            "constant": metrics.scores(truth, *constant(parts.train, len(rows)))
        },
    }
    name = f"metrics-{table.stem}.json" if table else "metrics.json"
    (run_folder / name).write_text(json.dumps(known(report), indent=2), "utf-8")
    return report


def predictions(run: Run, batch: Batch) -> tuple[np.ndarray, ...]:
    """What the metrics compare with the truth."""
    probabilities = run.outputs(batch).numpy()
    return probabilities, target.decide(probabilities, run.decision)


def known(value: Any) -> Any:
    """What JSON can hold: a score that nobody can tell is not NaN, but null."""
    if isinstance(value, dict):
        return {name: known(inner) for name, inner in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def summary(report: dict[str, Any]) -> str:
    """The report as a Markdown table."""
    lines = [
        f"{report['rows']} rows of {report['of']}",
        f"{report['cells without a photo']} cells without a photo that opens",
        "",
        "| | " + " | ".join(report["metrics"]) + " |",
        "|---" * (1 + len(report["metrics"])) + "|",
    ]
    cells = [
        f"{m['value']:.4f} [{m['low']:.4f}, {m['high']:.4f}]"
        for m in report["metrics"].values()
    ]
    lines.append(f"| this model [95 %] | {' | '.join(cells)} |")
    for name, values in report["baselines"].items():
        lines.append(f"| {name} | {' | '.join(f'{v:.4f}' for v in values.values())} |")
    return "\n".join(lines)


@told_in_a_line()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("table", type=Path, nargs="?")
    args = parser.parse_args()
    print(summary(evaluate(args.run, args.table)))


if __name__ == "__main__":
    main()
