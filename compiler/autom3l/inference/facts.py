"""One column as the typing rules see it, and what a rule concludes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from autom3l.inference.names import name_words
from autom3l.ir import DatetimeFormat, ListFormat, Modality, NumberFormat, Role
from autom3l.profile import ColumnProfile

SAMPLE = 400


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

    `values` are stripped sample cells; `present` and `distinct` count over all rows.
    """

    profile: ColumnProfile
    missing: tuple[str, ...] = ()
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", name_words(self.profile.name))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Sample cells, stripped, without empty and missing ones."""
        stripped = (value.strip() for value in self.profile.values)
        return tuple(v for v in stripped if v and v not in self._markers)

    @cached_property
    def sample(self) -> tuple[str, ...]:
        """At most `SAMPLE` distinct values, spread evenly over the rows."""
        distinct = tuple(dict.fromkeys(self.values))
        return distinct[:: max(1, len(distinct) // SAMPLE)][:SAMPLE]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value occurs: in all rows where known, else in the sample."""
        counts: Counter[str] = Counter()
        for value, count in self.profile.top:
            if value.strip() and value.strip() not in self._markers:
                counts[value.strip()] += count
        return counts or Counter(self.values)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The distinct values that were seen, in falling frequency."""
        seen = dict.fromkeys(value for value, _ in self.counts.most_common())
        return tuple(seen | dict.fromkeys(self.values))

    @cached_property
    def present(self) -> int:
        """Cells that hold a value."""
        return max(self.profile.present - self._marked, 0)

    @cached_property
    def distinct(self) -> int:
        """How many different values the column has."""
        return max(self.profile.distinct - len(self._seen_markers), 0)

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
        cells = {v.strip() for v, _ in self.profile.top}
        cells.update(v.strip() for v in self.profile.values)
        return self._markers & cells

    @cached_property
    def _marked(self) -> int:
        counted = sum(n for v, n in self.profile.top if v.strip() in self._markers)
        if self.profile.top or not self.profile.values:
            return counted
        hits = sum(v.strip() in self._markers for v in self.profile.values)
        return round(self.profile.present * hits / len(self.profile.values))


def share(hits: Iterable[object]) -> float:
    """The share of true items; 0 of none."""
    flags = [bool(hit) for hit in hits]
    return sum(flags) / len(flags) if flags else 0.0


def quoted(values: Iterable[str], limit: int = 3) -> str:
    """A few values for a sentence, each shortened."""
    shown = [v if len(v) <= 40 else v[:37] + "..." for v in list(values)[:limit]]
    return ", ".join(map(repr, shown))
