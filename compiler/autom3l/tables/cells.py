"""The text of a typed cell, as JSON lines and Parquet hold them."""

from __future__ import annotations

import json
import math


def cell_text(value: object) -> str | None:
    """Text of one cell, `None` where it is missing.

    Whole floats lose their fraction (an integer column with holes is stored as floats);
    lists and objects become JSON text; true is `True`, as pandas writes it.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _float_text(value: float) -> str | None:
    if math.isnan(value):
        return None
    whole = value.is_integer() and abs(value) < 2**53
    return str(int(value)) if whole else repr(value)
