"""Wrong values among what is derived and what fills holes; see `mutations`."""

from __future__ import annotations

from dataclasses import replace

from autom3l.column import (
    Column,
    DatetimeFormat,
    Derived,
    Impute,
    NumberFormat,
)
from mutations import ABOUT, AGE, PHOTO, RESCUER, VALID, Mutation, columns, split


def derived(*items: Derived) -> Mutation:
    return lambda p: replace(p, derived=items)


def derived_from(column: Column, *items: Derived) -> Mutation:
    return lambda p: replace(p, columns=(*p.columns, column), derived=items)


def filled(column: Column, *others: Column, **how: object) -> Mutation:
    changed = replace(column, impute=Impute(**how))  # type: ignore[arg-type]
    kept = (c for c in VALID.columns if c.name != column.name)
    return columns(changed, *kept, *others)


BORN = Column("born", "datetime", "unusable", datetime=DatetimeFormat("ISO8601", ()))
SIZE = Column("size", "ordinal", levels=("small", "large"))
BREED = Column("breed", "categorical", missing=("none",))

# One wrong value each, and every code that has to name it (and no other).
COLUMN_MUTATIONS: dict[str, tuple[Mutation, set[str]]] = {
    "derived like a column": (
        derived(Derived("about", "log1p", ("age",))),
        {"P252"},
    ),
    "derived like a target": (
        derived(Derived("speed", "log1p", ("age",))),
        {"P252"},
    ),
    "derived twice": (
        derived(Derived("a", "log1p", ("age",)), Derived("a", "log1p", ("age",))),
        {"P252"},
    ),
    "derived without name": (derived(Derived("", "log1p", ("age",))), {"P252"}),
    "derived from nowhere": (derived(Derived("a", "log1p", ("aged",))), {"P253"}),
    "derived from a target": (
        derived(Derived("a", "group_count", (), "speed")),
        {"P253"},
    ),
    "derived from a leak": (
        derived_from(
            Column("later", "numeric", "leak", number=NumberFormat()),
            Derived("a", "difference", ("age", "later")),
        ),
        {"P253"},
    ),
    "derived from the split": (
        lambda p: derived(Derived("a", "group_count", (), "rescuer"))(
            split(kind="group", column="rescuer")(p)
        ),
        {"P253"},
    ),
    "words of a number": (derived(Derived("a", "word_count", ("age",))), {"P254"}),
    "ratio of one": (derived(Derived("a", "ratio", ("age",))), {"P254"}),
    "ratio of itself": (derived(Derived("a", "ratio", ("age", "age"))), {"P254"}),
    "mean without group": (derived(Derived("a", "group_mean", ("age",))), {"P254"}),
    "logarithm in groups": (
        derived(Derived("a", "log1p", ("age",), "rescuer")),
        {"P254"},
    ),
    "groups of texts": (
        derived(Derived("a", "group_mean", ("age",), "about")),
        {"P254"},
    ),
    "days of one date": (
        derived_from(BORN, Derived("a", "days_between", ("born", "born"))),
        {"P254"},
    ),
    "date without format": (
        derived_from(
            replace(BORN, datetime=None),
            Derived("a", "days_between", ("born", "age")),
        ),
        {"P254"},
    ),
    "count of unread lists": (
        derived_from(
            Column("tags", "multi_category", "unusable"),
            Derived("a", "item_count", ("tags",)),
        ),
        {"P254"},
    ),
    "words of numbers shared": (
        derived(Derived("a", "word_overlap", ("age", "about"))),
        {"P254"},
    ),
    "likeness to itself": (
        derived(Derived("a", "same", ("about", "about"))),
        {"P254"},
    ),
    "too much derived": (
        derived(*(Derived(f"a{n}", "log1p", ("age",)) for n in range(65))),
        {"P255"},
    ),
    "median of a text": (filled(ABOUT, strategy="median"), {"P256"}),
    "a photo filled": (filled(PHOTO, strategy="most_frequent"), {"P256"}),
    "an identifier filled": (filled(RESCUER, strategy="most_frequent"), {"P256"}),
    "neighbours of levels": (filled(SIZE, strategy="neighbours"), {"P256"}),
    "holes in no group": (filled(AGE, strategy="group"), {"P257"}),
    "holes in an unread group": (
        filled(AGE, strategy="group", by="rescuer"),
        {"P257"},
    ),
    "holes in a text": (filled(AGE, strategy="group", by="about"), {"P257"}),
    "holes in themselves": (filled(BREED, strategy="group", by="breed"), {"P257"}),
    "median in a group": (filled(AGE, BREED, strategy="median", by="breed"), {"P257"}),
    "no constant": (filled(AGE, strategy="constant"), {"P258"}),
    "median and constant": (filled(AGE, strategy="median", value="1"), {"P258"}),
    "constant is no number": (
        filled(AGE, strategy="constant", value="old"),
        {"P258"},
    ),
    "constant is no level": (
        filled(SIZE, strategy="constant", value="huge"),
        {"P258"},
    ),
    "constant is no date": (
        filled(
            replace(BORN, role="feature", datetime=DatetimeFormat("%Y", ("year",))),
            strategy="constant",
            value="long ago",
        ),
        {"P258"},
    ),
    "date of no format": (
        filled(
            replace(BORN, role="feature", datetime=DatetimeFormat("%", ("year",))),
            strategy="constant",
            value="2024",
        ),
        {"P258"},
    ),
    "constant means missing": (
        filled(BREED, strategy="constant", value="none"),
        {"P258"},
    ),
}
