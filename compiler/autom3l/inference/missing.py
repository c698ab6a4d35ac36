"""Cells that say "no value" in words or signs."""

from __future__ import annotations

import re

from autom3l.profile import ColumnProfile


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALWAYS = _words(r"""
    na n/a n.a. n.a #n/a #na nan null none nil #null! #null <na> <null> (null) \n
    #div/0! #value! #ref! #name? #num! - -- --- — – ? ?? ??? ???? . .. ... …
    """)
_PHRASE = re.compile(
    r"(no|not|un|without)[ _-]?(data|value|info|information|ratings?|reviews?|"
    r"available|applicable|known|specified|recorded|reported|given|provided|stated|"
    r"defined|disclosed|measured|answered|found|listed)([ _]+(yet|available|given|"
    r"provided|found))?[.!]?|missing|unknown|varies( with \w+)?|undefined|refused|"
    r"withheld|unavailable|tbd|tba|to be announced",
    re.IGNORECASE,
)
_NUMERIC_SENTINELS = frozenset({-99.0, -999.0, -9999.0, -99_999.0, -999_999.0})
_LONGEST = 40


def is_marker(text: str) -> bool:
    """Whether a cell means "missing" whatever the column holds."""
    cell = text.strip().lower()
    # A spreadsheet shows "####" where a date did not fit, and saves it so.
    return not cell.strip("#") or cell in _ALWAYS


def is_phrase(text: str) -> bool:
    """Whether a cell says in words that there is no value ("No rating available")."""
    return bool(_PHRASE.fullmatch(text.strip()))


def markers(profile: ColumnProfile) -> tuple[str, ...]:
    """The cell texts of a column which mean "missing", as they are written."""
    cells = dict(profile.top) or dict.fromkeys(profile.values)
    # Nearly all cells of a large column are numbers or too long: looked at no further.
    short = (cell for cell in cells if len(cell) < _LONGEST and not cell[-1].isdigit())
    return tuple(sorted(cell for cell in short if is_marker(cell)))


def sentinels(numbers: dict[str, float]) -> tuple[str, ...]:
    """Numbers such as -999 that stand for "missing": all others are not negative."""
    codes = {text for text, number in numbers.items() if number in _NUMERIC_SENTINELS}
    rest = [number for text, number in numbers.items() if text not in codes]
    if not codes or not rest or min(rest) < 0:
        return ()
    return tuple(sorted(codes))
