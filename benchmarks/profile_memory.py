"""Does the memory of profiling grow with the rows of a table?

    python benchmarks/profile_memory.py [--rows 200000 2000000] [--format csv]

Draws tables of 15 columns (numbers, categories, dates, two columns whose every value is
new, a text) that differ in their rows alone, profiles each in a process of its own and
prints time and peak memory side by side. Exit 1 when the largest needs over 1.25 times
the memory of the smallest.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measuring import Finished, run

FORMATS = ("csv", "jsonl", "parquet")
LIMIT = 1.25
WORDS = ("soft", "warm", "blue", "fine", "dress", "fabric", "shirt", "fits", "small")
PROFILE = """
import sys
from autom3l.profiling import profile_data
from autom3l.spec import Spec, SpecData
train, target, rows = sys.argv[1:]
data = SpecData(train=train)
profile = profile_data(Spec(folder=".", name="rows", data=data, target=(target,)))
assert profile.rows == int(rows), profile.rows
"""
PARQUET = """
import sys
from pyarrow import csv, parquet
batches = csv.open_csv(sys.argv[1])
with parquet.ParquetWriter(sys.argv[2], batches.schema) as writer:
    for batch in batches:
        writer.write_batch(batch)
"""


def main() -> int:
    """Measure each size, print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[200_000, 2_000_000])
    parser.add_argument("--format", choices=FORMATS, default="csv")
    arguments = parser.parse_args()
    print(f"{'rows':>10} {'file MB':>8} {'seconds':>8} {'peak MB':>8} {'ratio':>6}")
    peaks: list[float] = []
    for rows in sorted(arguments.rows):
        with tempfile.TemporaryDirectory() as folder:
            size, finished = measure(Path(folder), rows, arguments.format)
        peaks.append(finished.peak_mb)
        print(
            f"{rows:>10,} {size:>8.0f} {finished.seconds:>8.1f} "
            f"{finished.peak_mb:>8.0f} {finished.peak_mb / peaks[0]:>6.2f}",
            flush=True,
        )
    return 1 if peaks[-1] > LIMIT * peaks[0] else 0


def measure(folder: Path, rows: int, kind: str) -> tuple[float, Finished]:
    """Size in MB of a table of `rows` rows, and what its profile took."""
    table = folder / f"table.{kind}"
    if kind == "parquet":
        write_lines(folder / "table.csv", rows, "csv")
        command = [sys.executable, "-c", PARQUET, "table.csv", table.name]
        run(command, folder, "convert")
    else:
        write_lines(table, rows, kind)
    command = [sys.executable, "-c", PROFILE, table.name, "label", str(rows)]
    return table.stat().st_size / 1e6, run(command, folder, "profile")


def write_lines(path: Path, rows: int, kind: str) -> None:
    """A table as CSV or JSON lines, in little memory."""
    with path.open("w", encoding="utf-8") as file:
        for number, row in enumerate(drawn(rows)):
            if kind == "jsonl":
                file.write(json.dumps(row) + "\n")
            else:
                if not number:
                    file.write(",".join(row) + "\n")
                file.write(",".join(row.values()) + "\n")


def drawn(rows: int) -> Iterator[dict[str, str]]:
    """Rows whose `id`, `user` and `text` are new each time; the rest recurs."""
    draw = random.Random(0)  # noqa: S311 (nothing secret)
    recurring = [recurring_cells(draw) for _ in range(5000)]
    for number in range(rows):
        words = " ".join(draw.choices(WORDS, k=12))
        yield {
            "id": str(number),
            "user": f"u{number * 2_654_435_761 % 2**32:08x}",
            "text": f"{words} {number}",
            **draw.choice(recurring),
        }


def recurring_cells(draw: random.Random) -> dict[str, str]:
    """Twelve cells, the label among them."""
    return {
        "label": draw.choice(["yes", "no"]),
        "day": f"2024-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        "note": draw.choice(["", "", "", "seen"]),
        **{f"kind{i}": draw.choice(WORDS) for i in range(3)},
        **{f"amount{i}": f"{draw.gauss(50, 20):.2f}" for i in range(3)},
        **{f"count{i}": str(draw.randint(0, 500)) for i in range(3)},
    }


if __name__ == "__main__":
    sys.exit(main())
