"""Predict the rows of a table with a trained run.

python -m songs.predict runs/base table.csv predictions.csv
"""

import argparse
from pathlib import Path

import pandas as pd

from songs import target
from songs.checkpoint import load_run
from songs.data import read_table
from songs.errors import told_in_a_line


def predict(run_folder: Path, table: Path) -> pd.DataFrame:
    """One row of predictions per row of the table."""
    rows = read_table(table)
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
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    predict(args.run, args.table).to_csv(args.out, index=False)


if __name__ == "__main__":
    main()
