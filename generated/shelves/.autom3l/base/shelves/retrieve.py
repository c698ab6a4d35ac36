"""Find items of the index, for each row of a table or for one query.

python -m shelves.retrieve runs/base queries.csv found.csv
python -m shelves.retrieve runs/base --query COLUMN=TEXT
"""

import argparse
import time
from pathlib import Path

import pandas as pd
import torch

from shelves.columns import FEATURES, IMAGE, QUERY
from shelves.data import read_table
from shelves.errors import InputError, told_in_a_line
from shelves.index import Index


def one_row(cells: list[str]) -> pd.DataFrame:
    """A query from texts such as `"title=red mug"`; nothing else is known of it.

    The path of a photo is as seen from here; raises `FileNotFoundError` for none.
    """
    row = pd.DataFrame(index=[0], columns=FEATURES, dtype="str")
    for cell in cells:
        column, separator, text = cell.partition("=")
        if not separator or column not in QUERY:
            columns = ", ".join(QUERY)
            raise InputError(f"{cell!r} is not COLUMN=TEXT of {columns}")
        row[column] = [text]
    for column in IMAGE:
        row[column] = row[column].map(Path, na_action="ignore")
        for photo in row[column].dropna():
            photo.stat()  # raises where there is none
    return row


@told_in_a_line()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("table", type=Path, nargs="?")
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--query", action="append", metavar="COLUMN=TEXT", default=[])
    parser.add_argument("--threads", type=int, default=1, help="for --query")
    parser.add_argument("--top", type=int, default=10, help="items for each query")
    args = parser.parse_args()
    if bool(args.query) == bool(args.table) or bool(args.table) != bool(args.out):
        parser.error("give a table and where to write to, or --query")
    if min(args.top, args.threads) < 1:
        parser.error("--top and --threads: at least 1")
    if args.query:
        row = one_row(args.query)
        # Small networks have layers that end before another thread wakes up.
        torch.set_num_threads(args.threads)
        index = Index.load(args.run)
        start = time.perf_counter()
        found = index.find(row, args.top)
        seconds = time.perf_counter() - start
        print(found.drop(columns="query").to_string(index=False))
        print(f"{len(index.items)} items searched in {1000 * seconds:.0f} ms")
    else:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        rows = read_table(args.table)
        Index.load(args.run).find(rows, args.top).to_csv(args.out, index=False)


if __name__ == "__main__":
    main()
