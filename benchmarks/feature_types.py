"""How well the rules type columns: against 7,936 labelled columns and ten tables.

    python benchmarks/feature_types.py [--data DIR] [--misses]

1. `sortinghat_train/train.csv`: the share of columns given the labelled one of nine
   classes (see sortinghat.py), with the confusion matrix; `test.csv` too when it is
   there. The rules were tuned on train.csv alone.
2. The `columns.json` of ten data sets, each judged by hand: the share of columns
   (targets excepted) with the right modality, then recall and precision of the columns
   that a model should not get: useless, redundant, leaky. Every miss is listed, with
   the reason why the data alone can't show it. The matching pairs of grocery_store
   count for modality too.

Exit 1 when a figure is under its floor, 0 also where the data are absent.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autom3l.column import Column
from autom3l.inference.columns import infer_columns
from autom3l.profiling import profile_data
from autom3l.spec import Spec, SpecData
from sortinghat import CLASSES, judged

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {"accuracy": 0.85, "modality": 0.95, "recall": 0.85, "precision": 0.90}
TABLES = (
    "abt_buy",
    "adult_income",
    "bike_hourly",
    "flipkart_products",
    "grocery_store",
    "houses",
    "petfinder_mini",
    "sms_spam",
    "titanic",
    "womens_clothing",
)
PAIRS = {
    "query_image": "image path",
    "product_image": "image path",
    "product_name": "text",
    "product_description": "text",
}
# What each modality of columns.json may be called here. An identifier that is a feature
# is a category; a list of nested records is read as text.
ACCEPTED = {
    "numeric": {"numeric"},
    "categorical": {"categorical"},
    "categorical (binary)": {"boolean", "categorical"},
    "ordinal": {"ordinal"},
    "datetime": {"datetime"},
    "text": {"text"},
    "image path": {"image"},
    "list (multi-valued)": {"multi_category"},
    "identifier": {"categorical"},
    "url": {"categorical", "text"},
}
UNWANTED = {"useless", "redundant", "leaky"}
WHY = {
    ("womens_clothing", "Recommended IND"): (
        "alone it saves 16 % of the errors on Rating, as an honest column could; only "
        "those who collected it know that it was given together with the rating"
    ),
    ("bike_hourly", "atemp"): (
        "correlation 0.987 with temp: two honest columns, such as two prices of one "
        "product, are as close; the threshold is 0.999"
    ),
    ("adult_income", "education-num"): (
        "whole numbers from 1 to 16 under a name that says number; dropped anyway"
    ),
}


@dataclass(frozen=True)
class Judged:
    """One column: what hand and rules call it."""

    table: str
    column: Column
    modality: str
    role: str
    note: str

    @property
    def right(self) -> bool:
        """Whether the modality is one that the label allows."""
        accepted = ACCEPTED[self.modality]
        if "useful as text" in self.note:
            accepted = accepted | {"text"}
        return self.column.modality in accepted

    @property
    def dropped(self) -> bool:
        """Whether the rules keep the column from the model."""
        return self.column.role not in ("feature", "split")


def main() -> int:
    """Print both parts; the exit code says whether all floors hold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--misses", action="store_true", help="list SortingHat's too")
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"skipped: the data sets ({args.data}) are not here", file=sys.stderr)
        return 0
    figures = _sortinghat(args.data / "sortinghat_train", args.misses)
    figures |= _tables(args.data)
    low = {name for name, floor in FLOORS.items() if figures.get(name, 1.0) < floor}
    for name, figure in figures.items():
        mark = "  UNDER ITS FLOOR" if name in low else ""
        print(f"{name:10} {figure:.4f}  floor {FLOORS[name]:.2f}{mark}")
    return 1 if low else 0


def _sortinghat(folder: Path, misses: bool) -> dict[str, float]:
    figures = {}
    for name in ("train.csv", "test.csv"):
        if not (folder / name).is_file():
            print(f"sortinghat {name}: skipped, it is not here")
            continue
        found = list(judged(folder / name))
        accuracy = sum(label == ours for label, ours, _, _ in found) / len(found)
        print(f"sortinghat {name}: {len(found):,} columns, accuracy {accuracy:.4f}")
        _confusion(Counter((label, ours) for label, ours, _, _ in found))
        if name == "train.csv":
            figures["accuracy"] = accuracy
        for label, ours, profile, verdict in found if misses else ():
            if label != ours:
                print(f"  {label} -> {ours}: {profile.name!r} {profile.values[:3]!r}")
                print(f"      {verdict.reason} {verdict.evidence}")
    return figures


def _confusion(counts: Counter[tuple[str, str]]) -> None:
    print(f"  {'label / ours':18}" + "".join(f"{name[:9]:>10}" for name in CLASSES))
    for label in CLASSES:
        cells = "".join(f"{counts[label, ours]:>10,}" for ours in CLASSES)
        print(f"  {label:18}{cells}")


def _tables(data: Path) -> dict[str, float]:
    columns = [column for table in TABLES for column in _judge_table(data, table)]
    columns += list(_judge_pairs(data))
    wrong = [c for c in columns if not c.right]
    unwanted = [c for c in columns if c.role in UNWANTED]
    dropped = [c for c in columns if c.dropped]
    hits = [c for c in dropped if c.role in UNWANTED]
    print(f"\n{len(columns)} columns by hand, {len(unwanted)} of them unwanted")
    _list("wrong modality", wrong)
    _list("unwanted, not found", [c for c in unwanted if not c.dropped])
    _list("dropped, but wanted", [c for c in dropped if c.role not in UNWANTED])
    return {
        "modality": 1 - len(wrong) / len(columns),
        "recall": len(hits) / len(unwanted),
        "precision": len(hits) / len(dropped),
    }


def _list(title: str, columns: list[Judged]) -> None:
    print(f"{title}: {len(columns)}")
    for c in columns:
        print(
            f"  {c.table}.{c.column.name}: {c.modality}, {c.role}; here "
            f"{c.column.modality}, {c.column.role}"
        )
        why = WHY.get(
            (c.table, c.column.name), "no reason known: a defect of the rules"
        )
        print(f"      {why}")


def _judge_table(data: Path, table: str) -> Iterator[Judged]:
    by_hand = json.loads((data / table / "columns.json").read_text(encoding="utf-8"))
    for column in _infer(data / table, "train.csv", by_hand["target"]):
        known = by_hand["columns"][column.name]
        yield Judged(table, column, known["modality"], known["role"], known["note"])


def _judge_pairs(data: Path) -> Iterator[Judged]:
    for column in _infer(data / "grocery_store", "pairs_train.csv", "match"):
        yield Judged("grocery_pairs", column, PAIRS[column.name], "feature", "")


def _infer(folder: Path, train: str, target: str) -> tuple[Column, ...]:
    spec = Spec(str(folder), "benchmark", SpecData(train), (target,))
    return infer_columns(spec, profile_data(spec))[0]


if __name__ == "__main__":
    sys.exit(main())
