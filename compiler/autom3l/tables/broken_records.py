"""Which records keep a CSV file from being read: looked for once reading failed."""

from __future__ import annotations

from autom3l.diagnostics import Diagnostic
from autom3l.profile import TableSource
from autom3l.tables.records import numbered_records

_SHOWN_RECORDS = 5


def ragged_records(source: TableSource, path: str, width: int) -> list[Diagnostic]:
    """The first records that have not `width` cells, by line (D006)."""
    with numbered_records(source, path) as records:
        wrong = [(line, len(r)) for line, r in records if len(r) != width]
    hint = f"quote cells that contain {source.separator!r}"
    if len(wrong) > _SHOWN_RECORDS:
        hint += f"; {len(wrong)} records in all"
    return [
        Diagnostic("D006", f"{_cells(n)} instead of {width}", f"{path}:{line}", hint)
        for line, n in wrong[:_SHOWN_RECORDS]
    ]


def endless_record(source: TableSource, path: str, longest: int) -> Diagnostic:
    """The record of over `longest` characters, else the one that the file ends in."""
    line = 1
    with numbered_records(source, path) as records:
        for line, record in records:
            if sum(map(len, record)) > longest:
                message = f"a record is longer than {longest >> 20} MiB"
                hint = "is a quote opened and never closed?"
                return Diagnostic("D013", message, f"{path}:{line}", hint)
    message = f"a quote ({source.quote}) is opened and never closed"
    return Diagnostic("D013", message, f"{path}:{line}", "double it inside a cell")


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"
