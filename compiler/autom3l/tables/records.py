"""Records of a CSV text one at a time, with their lines: for heads and for errors."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.profile import TableSource
from autom3l.tables.files import open_bytes

_LONGEST_CELL = 1 << 26


def records_of(text: str, separator: str, quote: str, most: int) -> Iterator[list[str]]:
    """The first records of a text, at most `most`."""
    lines = io.StringIO(text, newline="")
    return (record for _, record in islice(_numbered(lines, separator, quote), most))


@contextmanager
def numbered_records(
    source: TableSource, path: str
) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """(line on which it starts, record) for every record of a file, header included.

    Raises `DataError` D013 for a cell over 64 MiB.
    """
    with open_bytes(path) as file:
        text = io.TextIOWrapper(file, source.encoding, newline="")
        try:
            yield _numbered(text, source.separator, source.quote)
        except csv.Error:
            message = "a cell is longer than 64 MiB"
            hint = "is a quote opened and never closed?"
            raise DataError(Diagnostic("D013", message, path, hint)) from None


def _numbered(
    lines: Iterable[str], separator: str, quote: str
) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(lines, delimiter=separator, quotechar=quote)
    start = 1
    for record in reader:
        if len(record) > 1 or any(cell.strip(" \t") for cell in record):
            yield start, record
        start = reader.line_num + 1
