"""Rows of text laid out as a table, for reading."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH_IN_A_PIPE = 120


def table_text(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    title: str = "",
    to: TextIO | None = None,
) -> str:
    """A table as wide as the terminal or, in a pipe, 120 columns; `to` stdout, if not
    told otherwise.

    The first column, to be copied, is never broken. Cells are plain text: what looks
    like console markup in them stays as it is.
    """
    table = Table(title=Text(title) if title else None, title_justify="left")
    for number, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*map(Text, row))
    page = io.StringIO()
    terminal = shutil.get_terminal_size().columns
    width = terminal if (to or sys.stdout).isatty() else _WIDTH_IN_A_PIPE
    Console(file=page, width=width).print(table)
    return page.getvalue().rstrip("\n")
