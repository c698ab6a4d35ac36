"""One column as the typing rules see it, and what a rule concludes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from autom3l.column import DatetimeFormat, ListFormat, Modality, NumberFormat, Role
from autom3l.inference.names import name_words
from autom3l.profile import ColumnProfile

SAMPLE = 400
TYPICAL = 1000
# Above this the profiler estimates how many distinct values there are.
_EXACT = 65_536
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Verdict:
    """What a rule concludes; `reason` and `evidence` are sentences for the user."""

    modality: Modality
    reason: str
    confidence: float
    role: Role = "feature"
    evidence: str = ""
    missing: tuple[str, ...] = ()
    number: NumberFormat | None = None
    datetime: DatetimeFormat | None = None
    items: ListFormat | None = None
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """A column's profile with the cells that mean "missing" taken out.

    Values are stripped; `present` and `distinct` count over all rows.
    """

    profile: ColumnProfile
    missing: tuple[str, ...] = ()
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", name_words(self.profile.name))

    @cached_property
    def seen(self) -> tuple[str, ...]:
        """The distinct sample cells in row order, stripped, without missing ones."""
        stripped = dict.fromkeys(map(str.strip, dict.fromkeys(self.profile.values)))
        return tuple(v for v in stripped if v and v not in self._markers)

    @cached_property
    def sample(self) -> tuple[str, ...]:
        """At most `SAMPLE` of `seen`, spread evenly."""
        return self.seen[:: max(1, len(self.seen) // SAMPLE)][:SAMPLE]

    @cached_property
    def typical(self) -> tuple[str, ...]:
        """The most frequent values and some of all others, where there are many."""
        rest = self.seen[:: max(1, len(self.seen) // TYPICAL)]
        return tuple(dict.fromkeys((*self.levels[:TYPICAL], *rest)))

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value occurs: in all rows where known, else in the sample."""
        top = self.profile.top or tuple(Counter(self.profile.values).items())
        counts: Counter[str] = Counter()
        for value, count in top:
            if (cell := value.strip()) and cell not in self._markers:
                counts[cell] += count
        return counts

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The distinct values that were seen, in falling frequency."""
        ranked = dict.fromkeys(value for value, _ in self.counts.most_common())
        return tuple(ranked | dict.fromkeys(self.seen))

    @cached_property
    def present(self) -> int:
        """Cells that hold a value."""
        return max(self.profile.present - self._marked, 0)

    @cached_property
    def distinct(self) -> int:
        """How many different values the column has."""
        return max(self.profile.distinct - len(self._seen_markers), 0)

    @property
    def unique(self) -> bool:
        """Whether no value repeats; many distinct values are counted to 1 %."""
        return self.distinct >= (1 if self.distinct < _EXACT else 0.99) * self.present

    @cached_property
    def words_mean(self) -> float:
        """Words per cell; in scripts without blanks two letters count as one."""
        letters = sum(len(_UNSPACED.findall(value)) for value in self.sample)
        return max(self.profile.words_mean, letters / 2 / max(1, len(self.sample)))

    @property
    def complete(self) -> bool:
        """Whether `levels` are all the values there are."""
        return len(self.levels) >= self.distinct

    @property
    def uniqueness(self) -> float:
        """Different values per present cell; 1 when no value repeats."""
        return self.distinct / self.present if self.present else 0.0

    @property
    def missing_share(self) -> float:
        """Share of rows without a value."""
        return 1 - self.present / self.profile.rows if self.profile.rows else 1.0

    def named(self, vocabulary: frozenset[str]) -> bool:
        """Whether the column's name holds a word of `vocabulary`."""
        return not vocabulary.isdisjoint(self.words)

    @cached_property
    def _markers(self) -> frozenset[str]:
        return frozenset(marker.strip() for marker in self.missing)

    @cached_property
    def _seen_markers(self) -> frozenset[str]:
        if not self._markers:
            return self._markers
        cells = dict(self.profile.top) or dict.fromkeys(self.profile.values)
        return self._markers & set(map(str.strip, cells))

    @cached_property
    def _marked(self) -> int:
        if not self._seen_markers:
            return 0
        if self.profile.top:
            return sum(n for v, n in self.profile.top if v.strip() in self._markers)
        hits = sum(v.strip() in self._markers for v in self.profile.values)
        return round(self.profile.present * hits / len(self.profile.values))


def share(hits: Iterable[object]) -> float:
    """The share of true items; 0 of none."""
    flags = [bool(hit) for hit in hits]
    return sum(flags) / len(flags) if flags else 0.0


def quoted(values: Iterable[str], limit: int = 3) -> str:
    """A few values for a sentence, each shortened; of an address only its shape."""
    plain = (shape(v) if "@" in v else v for v in list(values)[:limit])
    return ", ".join(repr(v if len(v) <= 40 else v[:37] + "...") for v in plain)


def shapes(facts: Facts) -> str:
    """How the cells look, without a cell: they may name people."""
    if not facts.sample:  # all that were sampled mean that a value is missing
        return "none of them in the sample"
    counts = Counter(map(shape, facts.sample))
    common, hits = counts.most_common(1)[0]
    alike = hits / len(facts.sample)
    if alike < 0.5:
        return "of many shapes"
    return f"{alike:.0%} look like {quoted([common], 1)}"


def shape(value: str) -> str:
    """The value with every digit as 9 and every letter as a or A; signs stay."""
    return "".join(map(_kind, value))


def _kind(char: str) -> str:
    if char.isdigit():
        return "9"
    if char.isascii() and not char.isalpha():
        return char
    # In many scripts part of a word is no letter but a mark.
    return "A" if char.isupper() else "a"
