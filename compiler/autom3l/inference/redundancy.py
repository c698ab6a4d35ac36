"""Columns that repeat another column: copies, recodings, rescalings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from autom3l.column import Column
from autom3l.inference.aligned import Aligned, Cells, Floats, align
from autom3l.inference.association import determination
from autom3l.inference.facts import Verdict

MIN_CORRELATION = 0.999
MIN_AGREEMENT = 0.99
_MIN_ROWS = 20
# Rows outside the most frequent value: two rare flags may coincide by chance.
_MIN_INFORMED = 5
_GLANCE = 500

Texts = npt.NDArray[np.object_]


def mark_duplicates(
    verdicts: Mapping[str, Verdict],
    columns: Mapping[str, Aligned],
    keep: frozenset[str] = frozenset(),
) -> dict[str, Verdict]:
    """The verdicts with the role `duplicate` for columns that repeat another one.

    Of two equal columns the one in `keep` stays, else that with fewer missing cells,
    else the first in table order.
    """
    judged = dict(verdicts)
    candidates = [
        _Candidate(name, verdict, columns[name])
        for name, verdict in verdicts.items()
        if verdict.role == "feature" and name in columns
    ]
    candidates.sort(key=lambda c: (c.name not in keep, round(1 - c.known, 2)))
    kept: list[_Candidate] = []
    for candidate in candidates:
        twins = ((other, _likeness(other, candidate)) for other in kept)
        twin = next(((other, how) for other, how in twins if how), None)
        if twin is None or candidate.name in keep:
            kept.append(candidate)
        else:
            judged[candidate.name] = _duplicate(candidate.verdict, *twin)
    return judged


def twin_of(
    column: Column, others: Sequence[Column], sample: Mapping[str, Cells]
) -> tuple[str, str] | None:
    """The first of the other columns that repeats this one, and how it does.

    `sample`: cells of the same rows, by column.
    """
    asked, *rest = (
        _as_candidate(each, sample) for each in (column, *others) if each.name in sample
    )
    likenesses = ((other.name, _likeness(asked, other)) for other in rest)
    return next(((name, how) for name, how in likenesses if how), None)


def _as_candidate(column: Column, sample: Mapping[str, Cells]) -> _Candidate:
    verdict = Verdict(
        column.modality,
        "",
        1.0,
        missing=column.missing,
        number=column.number,
        datetime=column.datetime,
    )
    return _Candidate(column.name, verdict, align(sample[column.name], verdict))


@dataclass(frozen=True)
class _Candidate:
    name: str
    verdict: Verdict
    column: Aligned

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        return self.column.present

    @cached_property
    def known(self) -> float:
        return float(self.present.mean()) if len(self.present) else 0.0

    @cached_property
    def repeats(self) -> bool:
        """Whether values repeat enough for a recoding to mean something.

        Texts and images are read, so another text is never the same information.
        """
        if self.verdict.modality in ("text", "image"):
            return False
        rows = int(self.present.sum())
        counts = np.bincount(self.column.codes[self.present], minlength=1)
        informed = rows - int(counts.max())
        return len(self.column.uniques) <= 0.5 * rows and informed >= _MIN_INFORMED

    @cached_property
    def texts(self) -> Texts:
        """The cells compared as texts: case and blanks do not count."""
        plain = [" ".join(value.casefold().split()) for value in self.column.uniques]
        return np.array([*plain, ""], dtype=object)[self.column.codes]

    @cached_property
    def standard(self) -> Floats | None:
        """The quantities with mean 0 and length 1, missing ones at the mean."""
        numbers = self.column.quantities
        if numbers is None or np.isfinite(numbers).sum() < _MIN_ROWS:
            return None
        centred = np.nan_to_num(numbers - np.nanmean(numbers))
        length = float(np.linalg.norm(centred))
        return centred / length if length else None


def _duplicate(verdict: Verdict, other: _Candidate, how: str) -> Verdict:
    return replace(
        verdict,
        role="duplicate",
        reason=f"The column says what {other.name!r} says already.",
        confidence=0.95,
        evidence=how,
    )


def _likeness(first: _Candidate, second: _Candidate) -> str:
    """How two columns are the same, for the user; empty when they are not."""
    sizes = sorted((len(first.column.uniques), len(second.column.uniques)))
    alike = sizes[1] <= 1.1 * sizes[0] + 1
    rescaled = _rescaled(first, second)
    # Two numbers that do not correlate are no copies: no need to compare their texts.
    numbers = first.standard is not None and second.standard is not None
    recodable = alike and first.repeats and second.repeats
    # Most pairs end here, and a wide table has a million of them.
    if not (rescaled or recodable or (alike and not numbers)):
        return ""
    both = first.present & second.present
    if both.sum() < _MIN_ROWS or (first.present != second.present).mean() > 0.01:
        return ""
    copied = _copied(first, second, both) if rescaled or not numbers else ""
    return copied or (_recoded(first, second, both) if recodable else "") or rescaled


def _copied(first: _Candidate, second: _Candidate, both: npt.NDArray[np.bool_]) -> str:
    rows = np.flatnonzero(both)
    for part in (rows[:_GLANCE], rows):
        same = _same_share(first.texts[part], second.texts[part])
        if same < MIN_AGREEMENT:
            return ""
    if not first.repeats and len(first.column.uniques) <= _MIN_INFORMED:
        return ""
    return (
        f"the cells are the same in {same:.1%} of the sampled rows beyond the most "
        "frequent value"
    )


def _same_share(first: Texts, second: Texts) -> float:
    """How often two columns agree where one is not at the most frequent value."""
    values, places = np.unique(first.astype(str), return_inverse=True)
    common = values[np.bincount(places).argmax()]
    telling = (first != common) | (second != common)
    return float((first == second)[telling].mean()) if telling.any() else 1.0


def _recoded(first: _Candidate, second: _Candidate, both: npt.NDArray[np.bool_]) -> str:
    rows = np.flatnonzero(both)
    for part in (rows[:_GLANCE], rows):
        pair = (first.column.codes[part], second.column.codes[part])
        agreement = min(determination(*pair), determination(*pair[::-1]))
        if agreement < MIN_AGREEMENT:
            return ""
    return (
        f"each value stands for one value of {first.name!r} in {agreement:.1%} of the "
        f"sampled rows beyond the most frequent value"
    )


def _rescaled(first: _Candidate, second: _Candidate) -> str:
    if first.standard is None or second.standard is None:
        return ""
    # Start and end of a trip correlate, and yet their difference is worth a feature.
    if "datetime" in (first.verdict.modality, second.verdict.modality):
        return ""
    # Missing cells stand at the mean here, so this is only a first look.
    if abs(float(first.standard @ second.standard)) < MIN_CORRELATION - 0.01:
        return ""
    known = first.present & second.present
    pair = first.standard[known], second.standard[known]
    correlation = abs(float(np.corrcoef(*pair)[0, 1]))
    if not correlation >= MIN_CORRELATION:
        return ""
    return (
        f"correlation {correlation:.4f} with {first.name!r} in the sampled rows, "
        f"threshold {MIN_CORRELATION}"
    )
