"""Personal data and keys in text are replaced before a model sees them.

What has a checksum is checked, the rest needs an unmistakable form: an ordinary number,
date, price or short identifier stays as it is. Best effort: a name or an address has no
form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

_TOKEN_STARTS = (
    r"(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?[0-9A-Za-z]",
    r"gh[opusr]_[0-9A-Za-z]",
    r"github_pat_[0-9A-Za-z]",
    r"glpat-[0-9A-Za-z]",
    r"xox[abeprs]-[0-9A-Za-z]",
    r"hf_[0-9A-Za-z]",
    r"npm_[0-9A-Za-z]",
    r"pypi-[0-9A-Za-z]",
    r"AIza[0-9A-Za-z]",
    r"ya29\.[0-9A-Za-z]",
    r"SG\.[0-9A-Za-z]",
)
# A key has digits: words that merely begin like one have none. Looking ahead is bounded
# so that no text takes long.
_REST = r"(?=[\w.-]{0,200}[0-9])[\w-]{14,}(?:\.[\w-]+)*"
_NAME_OF_KEY = (
    r"(?:api[_-]?key|access[_-]?token|auth[_-]?token|secret|passw(?:or)?d|pwd)"
)
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        r"-----BEGIN [A-Z0-9 ]{3,40}-----.*?(?:-----END [A-Z0-9 ]{3,40}-----|\Z)",
        "[key]",
    ),
    (r"(?<![\w.-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?", "[token]"),
    (r"\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}\b", "[key]"),
    (rf"(?<![\w.-])(?:{'|'.join(_TOKEN_STARTS)}){_REST}", "[key]"),
    (r"\b([Bb]earer) +(?=[\w.~+/=-]{0,200}[0-9])[\w.~+/=-]{8,}", r"\1 [token]"),
    (
        rf"(?i)\b({_NAME_OF_KEY}[\"']? ?[=:] ?[\"']?)"
        r"(?=[^\s\"',;()]{0,200}[0-9])(?=[^\s\"',;()]{0,200}[a-z])[^\s\"',;()\[\]]{8,}",
        r"\1[secret]",
    ),
    # The look-behind keeps a long run of letters from being tried at each of them.
    (r"(?<![\w.+-])[\w.+-]+@(?:[\w-]{1,63}\.){1,8}[A-Za-z]\w{1,62}", "[email]"),
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]){11,30}(?!\w)")
_CARD = re.compile(
    r"(?<![\w.,-])(?:[0-9]{13,19}|[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{1,7}"
    r"|3[0-9]{3}([ -])[0-9]{6}\2[0-9]{5})(?![\w-]|[.,][0-9])"
)
_CARD_STARTS = re.compile(r"4|5[1-5]|2[2-7]|3[47]|35|6(?:011|5|4[4-9])")
_PHONE = re.compile(
    r"(?<![\w.+-])(?:"
    r"\+[1-9][0-9]{0,2}[ -]?(?:\([0-9]{1,4}\)[ -]?)?[0-9]{1,5}(?:[ -]?[0-9]{2,5}){1,4}"
    r"|\([0-9]{2,5}\) ?[0-9]{3,4}[ -][0-9]{3,5}"
    r"|[2-9][0-9]{2}-[0-9]{3}-[0-9]{4}"
    r"|0[1-9][0-9]{1,4}[ /][0-9]{5,8}"
    r")(?![\w-]|[.,][0-9])"
)

_COMPILED = tuple((re.compile(p, re.DOTALL), mask) for p, mask in _PATTERNS)


@lru_cache(maxsize=128)  # each prompt is masked several times on its way
def mask(text: str) -> str:
    """The text with a word in brackets for each value that must not be shown."""
    for pattern, word in _COMPILED:
        text = pattern.sub(word, text)
    text = _IBAN.sub(_checked(_iban_end, "[iban]"), text)
    text = _CARD.sub(_checked(_card_end, "[card]"), text)
    return _PHONE.sub(_checked(_phone_end, "[phone]"), text)


def _checked(end: Callable[[str], int], word: str) -> Callable[[re.Match[str]], str]:
    """Replaces as much of a match as holds; nothing where `end` is 0."""

    def replaced(match: re.Match[str]) -> str:
        length = end(match[0])
        return word + match[0][length:] if length else match[0]

    return replaced


def _iban_end(text: str) -> int:
    """Where the IBAN ends: a word that follows may look like a part of it."""
    ends = [i + 1 for i, sign in enumerate(text) if sign != " "]
    return next((end for end in reversed(ends) if _is_iban(text[:end])), 0)


def _is_iban(text: str) -> bool:
    plain = text.replace(" ", "")
    if len(plain) < 15:
        return False
    digits = "".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])
    return int(digits) % 97 == 1


def _card_end(text: str) -> int:
    digits = re.sub("[ -]", "", text)
    right = _CARD_STARTS.match(digits) and sum(_luhn(digits)) % 10 == 0
    return len(text) if right else 0


def _luhn(digits: str) -> Iterator[int]:
    for position, sign in enumerate(reversed(digits)):
        value = int(sign) * (1 + position % 2)
        yield value - 9 if value > 9 else value


def _phone_end(text: str) -> int:
    count = sum(sign.isdigit() for sign in text)
    return len(text) if 8 <= count <= 15 else 0
