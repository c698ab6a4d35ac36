"""The names of a table's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autom3l.diagnostics import DataError, Diagnostic, did_you_mean
from autom3l.spec import Spec


def name_columns(header: Sequence[str], path: str) -> tuple[str, ...]:
    """Column names from the header of a CSV file; an empty one as pandas names it.

    Raises `DataError` D005 for names that occur twice, with their positions.
    """
    names = tuple(name or f"Unnamed: {i}" for i, name in enumerate(header))
    check_unique(names, path)
    return names


def check_unique(names: Sequence[str], path: str) -> None:
    """Raise `DataError` D005 for every name that occurs twice."""
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names, start=1):
        places.setdefault(name, []).append(position)
    twice = {n: p for n, p in places.items() if len(p) > 1}
    if twice:
        raise DataError(
            Diagnostic(
                "D005",
                f"columns {', '.join(map(str, positions))} share the name {name!r}",
                path,
                "rename all but one in the header",
            )
            for name, positions in twice.items()
        )


def is_unnamed(name: str, position: int) -> bool:
    """Whether the header of this column was empty."""
    return name == f"Unnamed: {position}"


def check_columns_exist(spec: Spec, header: Sequence[str]) -> None:
    """Raise `DataError` D014 for every column that the spec names and the table lacks.

    Looks at the target, the pins under `columns` and `split.column`.
    """
    problems = [
        Diagnostic(
            "D014",
            f"the table has no column {name!r}",
            where,
            did_you_mean(name, header),
        )
        for where, name in _named_columns(spec)
        if name not in header
    ]
    if problems:
        raise DataError(problems)


def _named_columns(spec: Spec) -> Iterator[tuple[str, str]]:
    for name in spec.target:
        yield "target", name
    for name in spec.columns:
        yield f"columns.{name}", name
    if spec.split.column is not None:
        yield "split.column", spec.split.column
