"""The SortingHat columns as profiles, and our verdicts in its nine classes.

Each row of its tables describes one column of a real CSV file: name, five sample
values, statistics, a label by hand (Shah et al., SIGMOD 2021). What the profile lacks
here: the counts of values (`top`) and all but five cells, so that a value's frequency,
dates that only one late row tells apart, image files, duplicates and leaks can't be
seen.

Where the two vocabularies differ, the label's definition decides:

- years are categorical there; here they stay numbers;
- a column of one value or none is "not generalizable" there; here it is a feature
  when some cells are empty;
- short texts that never repeat are "not generalizable" there; here a text encoder reads
  them;
- "context specific" is a column that its judges could not type without more context:
  our verdicts of low confidence.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from autom3l.column import NumberFormat
from autom3l.inference.facts import Verdict
from autom3l.inference.judging import judge
from autom3l.inference.numbers import read_numbers
from autom3l.profile import ColumnProfile

CLASSES = (
    "numeric",
    "categorical",
    "datetime",
    "sentence",
    "url",
    "embedded-number",
    "list",
    "not-generalizable",
    "context-specific",
)
UNSURE = 0.6
_MAX_CHARS = 2000


def judged(table: Path) -> Iterator[tuple[str, str, ColumnProfile, Verdict]]:
    """Label, our class, profile and verdict of every described column."""
    csv.field_size_limit(sys.maxsize)
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            profile = described(row)
            verdict = judge(profile)
            yield row["y_act"], as_class(profile, verdict), profile, verdict


def described(row: dict[str, str]) -> ColumnProfile:
    """The profile that a row of the table describes."""
    samples = (row[f"sample_{i}"][:_MAX_CHARS] for i in range(1, 6))
    values = tuple(value for value in samples if value.strip())
    rows, missing = int(float(row["total_vals"])), int(float(row["num_nans"]))
    written = read_numbers(value.strip() for value in values)
    plain = written is not None and written.format == NumberFormat()
    numbers = written.numbers if written is not None and plain else {}
    hits = [numbers.get(value.strip()) for value in values]
    seen = max(1, len(values))
    numeric = round((rows - missing) * sum(n is not None for n in hits) / seen)
    whole = sum(n is not None and n == int(n) for n in hits)
    words = [len(value.split()) for value in values] or [0]
    names = ("min_val", "max_val", "mean", "std_dev")
    statistics = [float(row[name] or 0) for name in names]
    # Columns that pandas read as text have all four at 0.
    told = any(statistics) or (bool(values) and all(n == 0 for n in hits))
    low, high, mean, std = statistics if told else (None, None, None, None)
    return ColumnProfile(
        name=row["Attribute_name"],
        rows=rows,
        missing=missing,
        distinct=int(float(row["num_of_dist_val"])),
        values=values,
        top=(),
        numeric=numeric,
        integer=round((rows - missing) * whole / seen),
        minimum=low,
        maximum=high,
        mean=mean,
        std=std,
        words_mean=sum(words) / len(words),
        words_p95=float(max(words)),
        chars_mean=sum(map(len, values)) / seen,
    )


def as_class(profile: ColumnProfile, verdict: Verdict) -> str:
    """Our verdict in the vocabulary of the label."""
    if "links" in verdict.reason and verdict.role == "unusable":
        return "url"
    if verdict.modality == "datetime":
        return "datetime"
    lone = verdict.reason.startswith("One value or none")
    unique = verdict.modality == "text" and profile.distinct == profile.present
    unsure = verdict.confidence <= UNSURE
    if verdict.role != "feature" or lone or (unique and unsure):
        return "not-generalizable"
    if verdict.reason.startswith("The cells are years"):
        return "categorical"
    if unsure:
        return "context-specific"
    return _as_feature(verdict)


def _as_feature(verdict: Verdict) -> str:
    if verdict.modality == "numeric":
        return "numeric" if verdict.number == NumberFormat() else "embedded-number"
    named = {"text": "sentence", "multi_category": "list"}
    return named.get(verdict.modality, "categorical")
