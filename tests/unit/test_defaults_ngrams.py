"""N-grams beside frozen embeddings: when the rules want them, and what refuses them."""

from __future__ import annotations

import pytest
from autom3l.column import Pair
from autom3l.defaults.ngrams import BUCKETS, FEWEST, with_ngrams
from autom3l.encoders import Encoders, TextEncoder
from autom3l.ir import Task, TaskKind
from autom3l.metrics import METRICS


@pytest.mark.parametrize(
    ("kind", "pairs", "rows", "buckets"),
    [
        ("binary", (), FEWEST, BUCKETS),
        ("binary", (), FEWEST - 1, 0),
        ("binary", (Pair("title", "left", "right"),), 10_000, 0),
        ("retrieval", (), 10_000, 0),
    ],
)
def test_ngrams_stand_where_words_of_the_training_rows_recur(
    kind: TaskKind, pairs: tuple[Pair, ...], rows: int, buckets: int
) -> None:
    frozen = TextEncoder("card", "transformer", "frozen", 64, "card")
    task = Task(kind, ("y",), METRICS[kind][0])
    encoders, (why,) = with_ngrams(Encoders(text=frozen), task, pairs, rows)
    assert encoders.text and encoders.text.buckets == buckets
    assert (why.choice == "none") == (buckets == 0)
