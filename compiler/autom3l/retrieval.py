"""What of a row is searched with, and what is found: part of the pipeline IR."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from autom3l.column import CONFIG


@dataclass(frozen=True, config=CONFIG)
class Retrieval:
    """How what is searched for and what is found come into one space.

    `query` and `item`: the features of either side of a row, which belong together;
    both are all features where each row is one thing. The vectors, whose inner product
    says how alike two things are, have the width of the fusion.
    `hard_negatives`: what the network confuses comes in one batch.
    """

    query: tuple[str, ...]
    item: tuple[str, ...]
    hard_negatives: bool = False

    @property
    def two_sided(self) -> bool:
        """Whether a query has other columns than an item."""
        return self.query != self.item
