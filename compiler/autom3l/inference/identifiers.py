"""Keys of rows: hashes, sequential numbers, near-unique codes, addresses of pages."""

from __future__ import annotations

import math
import re

from autom3l.inference.facts import Facts, Verdict, shapes, share
from autom3l.inference.names import CODE, COUNT, IDENTIFIER, MEASURE

_HEX = re.compile(r"[0-9a-fA-F]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_HASH = re.compile(rf"[0-9a-fA-F]{{16,}}|{_UUID.pattern}")
_URL = re.compile(r"(?:https?|ftp|s3|gs)://\S+|www\.\S+\.\S+", re.IGNORECASE)
_HOST = re.compile(
    r"(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|io|co|info)(?:/\S*)?", re.I
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
SERIAL = re.compile(r"(?=\S*\d)[\w#*:./@+-]+(?: ?[\w#*:./@+-]+)?")
_AMOUNT = COUNT | MEASURE
_NEAR_UNIQUE = 0.95
# Of what is called an id: more values than pairs of rows.
_RARELY_TWICE = 0.5
# Longer ones are sentences in disguise: slugs, formulas, sequences.
_LONG_WORD = 25
_INDEX_NAME = re.compile(r"unnamed: ?\d+|index|level_\d+|", re.IGNORECASE)


def hashes(facts: Facts) -> Verdict | None:
    """MD5, SHA and UUID keys."""
    if share(map(_HASH.fullmatch, facts.sample)) < 0.95 or facts.uniqueness < 0.2:
        return None
    if all(v.isdigit() for v in facts.sample):
        return None
    return _identifier(
        facts, "The cells are hashes or UUIDs, a name for each row.", 0.98
    )


def addresses(facts: Facts) -> Verdict | None:
    """Links and e-mail addresses: they name a thing, they do not describe it."""
    for what, pattern in (("links", _URL), ("links", _HOST), ("e-mails", _EMAIL)):
        if share(map(pattern.fullmatch, facts.sample)) >= 0.8 and facts.distinct > 5:
            return Verdict(
                modality="categorical",
                role="unusable" if what == "links" else "identifier",
                reason=f"The cells are {what}: they name things.",
                confidence=0.95,
                evidence=_counted(facts),
            )
    return None


def row_keys(facts: Facts, numbers: list[float]) -> Verdict | None:
    """Whole numbers that name the rows: called id, dense, or long and of one width."""
    if facts.present < 10 or not numbers or any(n != int(n) for n in numbers):
        return None
    if facts.missing_share > 0.5 or facts.uniqueness < _RARELY_TWICE:
        return None
    coded = facts.named(CODE) and facts.uniqueness >= _NEAR_UNIQUE
    indexed = _INDEX_NAME.fullmatch(facts.profile.name)
    if facts.named(IDENTIFIER) or coded or indexed:
        reason = "Values hardly repeat, and the name says that they are keys."
        return _identifier(facts, reason, 0.97 if facts.unique else 0.8)
    return _unnamed_keys(facts, numbers) if facts.unique else None


def _unnamed_keys(facts: Facts, numbers: list[float]) -> Verdict | None:
    if _dense(facts, numbers):
        reason = "The numbers count the rows: none repeats, hardly one is left out."
        return _identifier(facts, reason, 0.85)
    if facts.present >= 100 and _same_width(numbers) and not facts.named(_AMOUNT):
        return _identifier(facts, "Long numbers of one width, none twice: keys.", 0.75)
    return None


def _dense(facts: Facts, numbers: list[float]) -> bool:
    """Whether unique numbers fill their range at least by half; years may do that."""
    low = min(*numbers, facts.profile.minimum or math.inf)
    high = max(*numbers, facts.profile.maximum or 0)
    years = low >= 1500 and high <= 2100
    return low >= 0 and facts.present >= 0.5 * (high - low + 1) and not years


def _same_width(numbers: list[float]) -> bool:
    """Keys have one length and odd ends; quantities spread, and some are round."""
    widths = [len(f"{number:.0f}") for number in numbers]
    common = max(set(widths), key=widths.count)
    round_ = sum(number % 100 == 0 for number in numbers)
    narrow = common >= 6 and widths.count(common) >= 0.9 * len(widths)
    return narrow and round_ <= 0.05 * len(numbers)


def unique_codes(facts: Facts) -> Verdict | None:
    """Texts without blanks that hardly repeat: serial numbers, user names."""
    if facts.present < 10 or facts.words_mean >= 2:
        return None
    least = _RARELY_TWICE if facts.named(IDENTIFIER) else _NEAR_UNIQUE
    coded = share(map(SERIAL.fullmatch, facts.sample)) >= 0.9
    if coded and facts.uniqueness >= least:
        return _identifier(facts, "Near-unique codes: a row has its own.", 0.9)
    short = facts.words_mean < 1.5 and facts.profile.chars_mean < _LONG_WORD
    if short and facts.uniqueness >= 0.98:
        return _identifier(facts, "Single words that hardly repeat: names.", 0.7)
    return None


def _identifier(facts: Facts, reason: str, confidence: float) -> Verdict:
    return Verdict(
        modality="categorical",
        role="identifier",
        reason=reason,
        confidence=confidence,
        evidence=_counted(facts),
    )


def _counted(facts: Facts) -> str:
    return (
        f"{facts.distinct:,} different values in {facts.present:,} cells, "
        f"{_looks(facts)}"
    )


def _looks(facts: Facts) -> str:
    """How the cells look; none is quoted, for it may name a person."""
    if all(map(_UUID.fullmatch, facts.sample)):
        return "UUIDs"
    widths = {len(value) for value in facts.sample}
    if len(widths) == 1 and all(map(_HEX.fullmatch, facts.sample)):
        digits = "digits" if all(map(str.isdigit, facts.sample)) else "hex digits"
        return f"of {widths.pop()} {digits}"
    return shapes(facts)
