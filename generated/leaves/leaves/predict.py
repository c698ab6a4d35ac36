"""Predict the rows of a table with a trained run.

python -m leaves.predict runs/base table.csv predictions.csv
"""

import argparse
from pathlib import Path

import pandas as pd

from leaves import target
from leaves.checkpoint import load_run
from leaves.data import read_table
from leaves.errors import told_in_a_line


def predict(run_folder: Path, table: Path, images: Path) -> pd.DataFrame:
    """One row of predictions per row of the table; image paths start at `images`."""
    rows = read_table(table, images)
    run = load_run(run_folder)
    batch = run.features.transform(rows)
    probabilities = run.outputs(batch).numpy()
    decided = target.decide(probabilities, run.decision)
    return target.labels(decided, probabilities)


@told_in_a_line()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("table", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--images", type=Path, help="default: the table's folder")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    images = args.images or args.table.parent
    predict(args.run, args.table, images).to_csv(args.out, index=False)


if __name__ == "__main__":
    main()
