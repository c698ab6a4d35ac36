"""Numbers, and numbers written as text: "$1,200", "12 kg", "45 %", "1.234,56"."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from autom3l.column import NumberFormat

PLAIN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_PARTS = re.compile(
    r"([^\d.,+-]*[A-Za-z]\.\s*|[^\d.,+-]*)"
    r"([-+]?[.,]?\d(?:[\d.,'\u2019 \u00a0\u202f]*\d)?)"
    r"(\D*|\s*(?:/|out of)\s*\d+\D*)"
)
_CURRENCY = re.compile(
    r"[$€£¥₹₽₩₺₫฿¢]|(us|ca|au|nz|hk|s|r|a|c)\$|rs\.?|usd|eur|gbp|inr|jpy|chf|cad|aud|cny|"
    r"rmb|brl|pln|sek|nok|dkk|czk|huf|try|zar|mxn|sgd|hkd|krw|rub|rm|kr|zł|[~≈<>≤≥=#]+",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"%|‰|°|º|[°º]?[cf]|k|m|b|bn|mn|mio|x|\+|[kmgt]i?b|[kmcdn]?m|µm|in|inch|inches|\"|'|"
    r"ft|feet|yd|mi|miles?|[km]?g|mg|µg|mcg|lbs?|oz|kgs|tons?|[mcd]?l|litres?|liters?|gal|"
    r"[km]?w|[km]?wh|kwh|hp|bhp|ps|[km]?v|m?a|mah|cc|nm|rpm|[km]?hz|ghz|mph|km/?h|kmph|"
    r"kmpl|mpg|km/kg|km/l|m/s|s|sec|secs|seconds?|min|mins|minutes?|h|hr|hrs|hours?|d|"
    r"days?|weeks?|months?|y|yr|yrs|years?|px|dpi|mp|ppm|ppb|db|pa|kpa|hpa|mbar|bar|psi|"
    r"sq\.? ?(ft|m|km|mi)\.?|sf|m²|m2|km²|km2|ft²|ft2|acres?|ha|cal|kcal|kj|iu|pcs|"
    r"pieces?|people|stars?|points?|pts|times|(?:/|out of) ?\d+( \w+)?",
    re.IGNORECASE,
)
_STYLES: tuple[tuple[str, Literal[".", ","]], ...] = (
    (",", "."),
    ("", ","),
    (".", ","),
    (" ", "."),
    (" ", ","),
    ("\u00a0", ","),
    ("\u202f", ","),
    ("'", "."),
    ("\u2019", "."),
)
_KNOWN_SHARE = 0.95


@dataclass(frozen=True)
class Written:
    """How the numbers of a column are written, and the texts that are none."""

    format: NumberFormat
    numbers: dict[str, float]
    others: tuple[str, ...]


def read_numbers(values: Iterable[str]) -> Written | None:
    """How the numbers among distinct `values` are written; `None` without any."""
    distinct = list(dict.fromkeys(values))
    plain = {v: n for v in distinct if (n := _plain(v)) is not None}
    if len(plain) == len(distinct):
        return Written(NumberFormat(), plain, ()) if plain else None
    affixes = _affixes(distinct)
    cores = {v: _cut(v, affixes) for v in distinct}
    thousands, decimal = _separators(cores.values())
    format_ = NumberFormat(affixes, thousands, decimal)
    if decimal == ",":
        format_ = _with_marks_to_come(format_, cores.values())
    style = _styled(thousands, decimal)
    whole = (
        v for v in distinct if PLAIN.fullmatch(cores[v]) or style.fullmatch(cores[v])
    )
    numbers = {v: n for v in whole if (n := parse_number(v, format_)) is not None}
    others = tuple(v for v in distinct if v not in numbers)
    return Written(format_, numbers, others) if numbers else None


def units_of(value: str) -> tuple[str, str] | None:
    """What stands before and behind the one number of a cell; `None` without one."""
    match = _PARTS.fullmatch(value)
    return (match[1].strip(), match[3].strip()) if match else None


def parse_number(text: str, format_: NumberFormat) -> float | None:
    """The number in a cell: affixes cut, thousands removed; `None` when it is none."""
    core = _cut(text, format_.affixes)
    if format_.thousands:
        core = core.replace(format_.thousands, "")
    if format_.decimal == ",":
        core = core.replace(",", ".")
    return _plain(core)


def parse_numbers(
    values: Sequence[str], format_: NumberFormat
) -> npt.NDArray[np.float64]:
    """As `parse_number` of many cells; NaN for what is none."""
    cells = pd.Series(list(values), dtype="str")
    for mark in filter(None, (*format_.affixes, format_.thousands)):
        cells = cells.str.replace(mark, "", regex=False)
    if format_.decimal == ",":
        cells = cells.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(cells.str.strip(), errors="coerce").to_numpy(np.float64)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _plain(text: str) -> float | None:
    number = float(text) if PLAIN.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None


def _cut(text: str, affixes: tuple[str, ...]) -> str:
    for affix in affixes:
        text = text.replace(affix, "")
    return text.strip()


def _affixes(values: list[str]) -> tuple[str, ...]:
    """The units and currency signs around the digits, longest first.

    One unit only: in a column that mixes "kg" and "g" the bare numbers would lie.
    """
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for value in values:
        if units := units_of(value):
            before[units[0]] += 1
            after[units[1]] += 1
    kept = [_dominant(before, _CURRENCY), _dominant(after, _UNIT)]
    found = {affix for affix in kept if affix}
    # Blanks that pandas would not skip as it skips the plain one.
    found.update(blank for blank in "\u00a0\u202f" if any(blank in v for v in values))
    return tuple(sorted(found, key=lambda affix: (-len(affix), affix)))


def _dominant(counts: Counter[str], known: re.Pattern[str]) -> str:
    """The one sign or unit of a column: a known one, or the same word everywhere."""
    marked = Counter({affix: n for affix, n in counts.items() if affix})
    if not marked:
        return ""
    affix, hits = marked.most_common(1)[0]
    if hits < _KNOWN_SHARE * sum(marked.values()):
        return ""
    if known.fullmatch(affix) or (known is _UNIT and _CURRENCY.fullmatch(affix)):
        return affix
    everywhere = hits >= max(3, _KNOWN_SHARE * sum(counts.values()))
    return affix if known is _UNIT and everywhere and _is_word(affix) else ""


def _with_marks_to_come(format_: NumberFormat, cores: Iterable[str]) -> NumberFormat:
    """With the thousands marks that other rows of such a column may hold.

    Rows to train on may all be below 1.000,0; a larger one must not read as missing.
    Where some cells hold a dot it stays: there it may be a decimal point.
    """
    marks = {" ", "\u00a0", "\u202f"}
    if not any("." in core for core in cores):
        marks.add(".")
    known = {*format_.affixes, format_.thousands}
    return replace(format_, affixes=(*format_.affixes, *sorted(marks - known)))


def _is_word(affix: str) -> bool:
    return len(affix) >= 3 and bool(re.fullmatch(r"[A-Za-z /().]+", affix))


def _separators(cores: Iterable[str]) -> tuple[str, Literal[".", ","]]:
    """The thousands and decimal signs under which most cells are numbers.

    Of equals the first style wins: "57,102" alone is fifty-seven thousand.
    """
    odd = [core for core in cores if not PLAIN.fullmatch(core)]
    hits = [sum(map(bool, map(_styled(*style).fullmatch, odd))) for style in _STYLES]
    return _STYLES[hits.index(max(hits))] if max(hits) else ("", ".")


@lru_cache(maxsize=len(_STYLES))
def _styled(thousands: str, decimal: str) -> re.Pattern[str]:
    """Numbers of one style; Indian groups of two (12,34,567) count as thousands."""
    group, point = re.escape(thousands), re.escape(decimal)
    if not thousands:
        return re.compile(rf"[-+]?\d*{point}\d+")
    inner = "2,3" if thousands == "," else "3"
    grouped = rf"\d{{1,3}}(?:{group}\d{{{inner}}})*{group}\d{{3}}(?:{point}\d*)?"
    return re.compile(rf"[-+]?(?:{grouped}|\d*{point}\d+)")
