"""The text of a typed cell, as JSON lines and Parquet hold them."""

from __future__ import annotations

import json


def cell_text(value: object) -> str | None:
    """Text of one cell, `None` where it is missing (null, NaN, "" or binary data).

    Whole floats lose their fraction, for an integer column with holes is stored as
    floats; lists and objects become JSON; all else reads as Python prints it. The
    emitted project has the same rule.
    """
    if isinstance(value, str):
        return value or None
    if value is None or value != value:  # noqa: PLR0124 (NaN)
        return None
    if isinstance(value, bytes):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
