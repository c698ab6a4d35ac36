"""An index of the items of a table, saved beside the model.

python -m shelves.index runs/base items.csv
"""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import pandas as pd

from shelves.checkpoint import Run, load_run
from shelves.columns import FEATURES, IMAGE, ITEM, QUERY, TEXT
from shelves.data import read_table
from shelves.errors import InputError, told_in_a_line
from shelves.features import only


@dataclass(frozen=True)
class Index:
    """What can be found: the vectors of items, and what each item is, row by row."""

    run: Run
    vectors: faiss.Index
    items: pd.DataFrame

    @classmethod
    def build(cls, run: Run, rows: pd.DataFrame, images: Path) -> "Index":
        """Of the different items of a table, whose image paths start at `images`."""
        rows = rows.dropna(subset=ITEM, how="all")
        rows = rows[~rows[ITEM].astype(str).duplicated()]
        if rows.empty:
            raise InputError(f"no row has any of {', '.join(ITEM)}")
        numbers, rows = rows.index, rows.reset_index(drop=True)
        inputs = run.features.transform(only(rows, ITEM))
        vectors = run.vectors(inputs).numpy()
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        shown = rows[[column for column in rows if column in ITEM]]
        for column in shown.columns.intersection(IMAGE):
            # As the table has them, so that the index can move to another machine.
            paths = shown[column].map(
                lambda path: os.path.relpath(path, images), na_action="ignore"
            )
            shown = shown.assign(**{column: paths})
        items = shown.fillna("").astype(str).add_prefix("item ")
        items.insert(0, "item", numbers.astype(str))
        return cls(run, index, items)

    @classmethod
    def load(cls, run_folder: Path) -> "Index":
        """As it was saved; raises `FileNotFoundError` where there is none."""
        folder = run_folder / "index"
        if not (folder / "items.csv").exists():
            raise FileNotFoundError(f"{folder} holds no index: make one with index.py")
        vectors = faiss.read_index(str(folder / "vectors.faiss"))
        items = pd.read_csv(folder / "items.csv", dtype=str, keep_default_na=False)
        if len(items) != vectors.ntotal:
            raise InputError(f"{folder}: {len(items)} items, {vectors.ntotal} vectors")
        index = cls(load_run(run_folder), vectors, items)
        # Nobody waits for the first search of a process, which is slow.
        nothing = pd.DataFrame(index=[0], columns=FEATURES, dtype="str")
        index.find(nothing.assign(**dict.fromkeys(TEXT, "?")), top=1)
        return index

    def save(self, run_folder: Path) -> None:
        folder = run_folder / "index"
        folder.mkdir(exist_ok=True)
        (folder / "items.csv").unlink(missing_ok=True)
        faiss.write_index(self.vectors, str(folder / "vectors.faiss"))
        # Last, so that an index with items is a complete one.
        self.items.to_csv(folder / "items.csv", index=False)

    def find(self, rows: pd.DataFrame, top: int) -> pd.DataFrame:
        """The `top` items for each row, best first.

        `query` is the number of the row, `item` that of the item in its table, both
        from 0; the columns of the item follow.
        """
        inputs = self.run.features.transform(only(rows, QUERY))
        queries = self.run.vectors(inputs).numpy()
        count = min(top, len(self.items))
        likeness, numbers = self.vectors.search(np.ascontiguousarray(queries), count)
        found = self.items.iloc[numbers.ravel()].reset_index(drop=True)
        found.insert(0, "query", np.repeat(np.arange(len(rows)), count))
        found.insert(1, "rank", np.tile(np.arange(1, count + 1), len(rows)))
        found.insert(2, "likeness", likeness.ravel())
        return found


@told_in_a_line()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("table", type=Path)
    args = parser.parse_args()
    index = Index.build(load_run(args.run), read_table(args.table), args.table.parent)
    index.save(args.run)
    print(f"{len(index.items)} items; the index is in {args.run / 'index'}")


if __name__ == "__main__":
    main()
