"""Score the searches of a trained run on held-out rows.

python -m shelves.evaluate runs/base [table.csv]
"""

import argparse
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from shelves import metrics, target
from shelves.checkpoint import load_run
from shelves.config import PROJECT
from shelves.data import load_parts, read_labelled
from shelves.errors import InputError, told_in_a_line
from shelves.features import Batch


def evaluate(run_folder: Path, table: Path | None = None) -> dict[str, Any]:
    """Search the items of the test rows, or of `table`, with all queries of them.

    Writes `metrics.json` to the run; with a table, `metrics-NAME.json`.
    """
    run = load_run(run_folder)
    if table:
        frame = read_labelled(table)
    else:
        frame = load_parts(run.config.data, run.config.train.seed).test
    if frame.empty:
        raise InputError(f"{table or 'the test part'} has no row of use")
    rows = run.features.sides(frame, PROJECT / run.config.data.cache)
    photos = ~rows["image"][..., 0].isnan()
    rows["target"] = target.encode(frame)

    hits, relevant = metrics.judge(run.sides(rows), rows)
    spread = metrics.interval(hits, relevant)
    report = {
        "of": table.name if table else "the test part",
        "rows": len(frame),
        "queries": len(hits),
        "items": len(rows["target"][:, 1].unique()),
        "cells without a photo": int((~photos.any(dim=1)).sum()),
        "metrics": {
            name: {"value": value, "low": spread[name][0], "high": spread[name][1]}
            for name, value in metrics.scores(hits, relevant).items()
        },
        "baselines": {
            "by chance": by_chance(rows),
            "frozen features": metrics.found_scores(
                replace(run, share=1.0).sides(rows), rows
            ),
        },
        "alone": {
            "network": metrics.found_scores(replace(run, share=0.0).sides(rows), rows)
        },
    }
    name = f"metrics-{table.stem}.json" if table else "metrics.json"
    (run_folder / name).write_text(json.dumps(known(report), indent=2), "utf-8")
    return report


def by_chance(rows: Batch) -> dict[str, float]:
    """The mean scores of vectors that say nothing."""
    random = torch.Generator().manual_seed(0)
    shape = (20, len(rows["target"]), 2, 64)
    drawn = torch.randn(shape, generator=random)
    scores = [metrics.found_scores(vectors, rows) for vectors in drawn]
    return {name: sum(s[name] for s in scores) / len(scores) for name in scores[0]}


def known(value: Any) -> Any:
    """What JSON can hold: a score that nobody can tell is not NaN, but null."""
    if isinstance(value, dict):
        return {name: known(inner) for name, inner in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def summary(report: dict[str, Any]) -> str:
    """The report as a Markdown table."""
    lines = [
        f"{report['queries']} queries, {report['items']} items, all of {report['of']}",
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
    others = dict(report["baselines"])
    others |= {f"the {name} alone": v for name, v in report["alone"].items()}
    for name, values in others.items():
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
