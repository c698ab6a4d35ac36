"""Dates and times in their usual spellings, and seconds since 1970."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd

from autom3l.column import DatetimeFormat, DatetimePart
from autom3l.inference.facts import Facts, Verdict, quoted, share
from autom3l.inference.missing import is_phrase
from autom3l.inference.names import COLLECTED, DATE
from autom3l.inference.numbers import PLAIN

_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|"
    "december"
)
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_DIRECTIVE = {
    "%Y": r"(?:1[5-9]|20|21)\d\d",
    "%y": r"\d\d",
    "%m": r"(?:0?[1-9]|1[0-2])",
    "%d": r"(?:0?[1-9]|[12]\d|3[01])",
    "%b": f"(?:{_MONTH})",
    "%B": f"(?:{_MONTHS})",
    "%a": "(?:mon|tue|wed|thu|fri|sat|sun)",
    "%A": f"(?:{_DAYS})",
    "%H": r"(?:[01]?\d|2[0-3])",
    "%I": r"(?:0?[1-9]|1[0-2])",
    "%M": r"[0-5]\d",
    "%S": r"[0-5]\d",
    "%f": r"\d{1,6}",
    "%p": "(?:am|pm)",
    "%z": r"(?:[-+]\d\d:?\d\d|Z)",
}
_ISO = re.compile(
    r"\d{4}-\d\d(?:-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
    r" ?(?:Z|[-+]\d\d(?::?\d\d)?)?)?)?"
)
# Where the cells alone may not tell day and month apart, the usual order is first: the
# American one between slashes, the day first between other signs.
_DATE_FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"),
    *(f"%m/%d/{y}" for y in ("%Y", "%y")),
    *(f"%d{s}%m{s}{y}" for s in "/-. " for y in ("%Y", "%y")),
    *(f"%m{s}%d{s}{y}" for s in "-. " for y in ("%Y", "%y")),
    *(f"%d{s}{b}{s}{y}" for s in " -/" for b in ("%b", "%B") for y in ("%Y", "%y")),
    *(
        "%b %d, %Y",
        "%b. %d, %Y",
        "%B %d, %Y",
        "%b %d,%Y",
        "%B %d,%Y",
        "%b %d %Y",
        "%B %d %Y",
        "%Y-%b-%d",
        "%Y %b %d",
    ),
    *("%A, %d %B %Y", "%A, %B %d, %Y", "%a, %d %b %Y", "%a %d %b %Y"),
    *("%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%B-%Y", "%m/%Y", "%Y/%m"),
)
_TIME_FORMATS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%I %p")
_WHOLE_FORMATS = (
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %z %Y",
    "%d/%b/%Y:%H:%M:%S %z",
    "%M:%S.%f",
    *_TIME_FORMATS,
)
_COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
# A phrase for "missing" that is rare needs no marker: it does not parse.
_COMMON = 50
_DATED = re.compile(r"^[^\n]{0,40}\d[^\n]{0,40}$")
_ENOUGH = 0.95
_LIKELY = 0.7
_NO_TIME = pd.Timedelta(0)
_EPOCHS = (("epoch_s", 1e8, 4.2e9), ("epoch_ms", 1e11, 4.2e12))


def datetimes(facts: Facts) -> Verdict | None:
    """Whether the cells are points in time, and in which spelling."""
    spoken = tuple(value for value in facts.levels[:_COMMON] if is_phrase(value))
    if spoken:
        without = Facts(facts.profile, (*facts.missing, *spoken))
        verdict = datetimes(without)
        return replace(verdict, missing=spoken) if verdict else None
    values = facts.sample
    if not values or share(map(_DATED.search, values[:20])) < _LIKELY:
        return None
    if share(PLAIN.fullmatch(value) for value in values) > 1 - _ENOUGH:
        found = _compact(facts) or _epoch(facts)
    else:
        found = _spelled(facts)
    if found is None:
        return None
    format_, doubt = found
    return _verdict(facts, format_, doubt)


def parse_times(values: tuple[str, ...], format_: str) -> pd.Series[pd.Timestamp]:
    """The cells as UTC timestamps; `NaT` where a cell is none."""
    cells = pd.Series(list(values), dtype="object")
    if format_ in ("epoch_s", "epoch_ms"):
        seconds = pd.to_numeric(cells, errors="coerce")
        if format_ == "epoch_ms":
            seconds = seconds / 1000
        return pd.to_datetime(seconds, unit="s", errors="coerce", utc=True)
    return pd.to_datetime(cells, format=format_, errors="coerce", utc=True)


def varying_parts(times: pd.Series[pd.Timestamp]) -> tuple[DatetimePart, ...]:
    """The calendar parts that take more than one value."""
    known = times.dropna()
    parts: dict[DatetimePart, Any] = {
        "year": known.dt.year,
        "month": known.dt.month,
        "day": known.dt.day,
        "day_of_week": known.dt.day_of_week,
        "day_of_year": known.dt.day_of_year,
        "hour": known.dt.hour,
        "minute": known.dt.minute,
        "epoch_days": known.dt.normalize(),
    }
    return tuple(part for part, series in parts.items() if series.nunique() > 1)


def _verdict(facts: Facts, format_: str, doubt: str) -> Verdict | None:
    times = parse_times(facts.levels, format_)
    parsed = float(times.notna().mean())
    parts = varying_parts(times)
    if parsed < _ENOUGH or not parts:
        return None
    collected = facts.named(COLLECTED)
    reason = f"The cells are dates or times written as {format_}."
    if collected:
        reason += " The name says when the row was collected, not what it describes."
    return Verdict(
        modality="datetime",
        reason=f"{reason} {doubt}".strip(),
        confidence=0.7 if doubt or collected else 0.97,
        role="unusable" if collected else "feature",
        evidence=f"{parsed:.0%} of the values parse, e.g. {quoted(facts.levels)}",
        datetime=DatetimeFormat(format_, parts),
    )


def _spelled(facts: Facts) -> tuple[str, str] | None:
    sample = facts.sample
    if share(_ISO.fullmatch(value) for value in sample) >= _ENOUGH:
        return "ISO8601", ""
    matching = [f for f in _WHOLE_FORMATS if _matches(f, sample)]
    if not matching:
        matching = [f for day in _DATE_FORMATS for f in _with_time(day, sample)]
    if not matching:
        return None
    scores = [float(parse_times(facts.levels, f).notna().mean()) for f in matching]
    best = matching[scores.index(max(scores))]
    rivals = [f for f, s in zip(matching, scores, strict=True) if s == max(scores)]
    if len(rivals) > 1 and {"%m", "%d"} <= set(re.findall("%[md]", rivals[0])):
        return _settle(facts, rivals)
    return best, ""


def _settle(facts: Facts, rivals: list[str]) -> tuple[str, str]:
    """Month or day first when every cell allows both: regular dates tell.

    Monthly series have one constant reading and series in row order one sorted reading;
    else the usual order is taken and the user is told.
    """
    days = [parse_times(facts.levels, f).dt.day.nunique() for f in rivals]
    if min(days) == 1 < max(days):
        return rivals[days.index(1)], ""
    steps = [parse_times(facts.seen, f).diff().dropna() for f in rivals]
    order = [max((s >= _NO_TIME).mean(), (s <= _NO_TIME).mean()) for s in steps]
    if max(order) >= _ENOUGH > min(order):
        return rivals[order.index(max(order))], ""
    doubt = f"Every cell also reads as {rivals[1]}: pin `format` if that is meant."
    return rivals[0], doubt


@lru_cache(maxsize=512)
def _pattern(format_: str) -> re.Pattern[str]:
    parts = re.split("(%[a-zA-Z])", format_)
    return re.compile(
        "".join(_DIRECTIVE.get(part, re.escape(part)) for part in parts), re.IGNORECASE
    )


def _matches(format_: str, sample: tuple[str, ...]) -> bool:
    pattern = _pattern(format_)
    if share(map(pattern.fullmatch, sample[:20])) < _LIKELY:
        return False
    return share(pattern.fullmatch(value) for value in sample) >= _ENOUGH


def _with_time(day: str, sample: tuple[str, ...]) -> list[str]:
    """The formats of `day`, alone or followed by a time and an offset."""
    if _matches(day, sample):
        return [day]
    head = _pattern(day)
    if (
        share(map(head.match, sample[:20])) < _LIKELY
        or share(head.match(value) for value in sample) < _ENOUGH
    ):
        return []
    formats = (
        f"{day}{gap}{clock}{zone}"
        for gap in (" ", "T", ", ", "  ")
        for clock in _TIME_FORMATS
        for zone in ("", "%z", " %z")
    )
    return [format_ for format_ in formats if _matches(format_, sample)][:1]


def _compact(facts: Facts) -> tuple[str, str] | None:
    widths = {len(value) for value in facts.levels}
    format_ = _COMPACT.get(widths.pop()) if len(widths) == 1 else None
    if not format_ or not all(v.isdigit() for v in facts.levels):
        return None
    digits = format_.replace("%m", "(?:0[1-9]|1[0-2])").replace("%Y", r"(?:19|20)\d\d")
    digits = digits.replace("%d", r"(?:0[1-9]|[12]\d|3[01])").replace("%H", r"[0-2]\d")
    pattern = re.compile(re.sub("%[MS]", r"[0-5]\\d", digits))
    return (format_, "") if share(map(pattern.fullmatch, facts.levels)) == 1 else None


def _epoch(facts: Facts) -> tuple[str, str] | None:
    """Seconds or milliseconds since 1970: only where the name speaks of time."""
    low, high = facts.profile.minimum, facts.profile.maximum
    if low is None or high is None or not facts.named(DATE):
        return None
    for format_, least, most in _EPOCHS:
        if least <= low and high <= most:
            return format_, ""
    return None
