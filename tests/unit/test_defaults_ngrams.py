"""N-grams beside embeddings: when the rules want them, and what refuses them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from autom3l.column import Pair
from autom3l.defaults.ngrams import (
    BUCKETS,
    ENOUGH_TO_TUNE,
    FEWEST,
    MANY,
    MOST,
    MOST_OF_MANY,
    with_ngrams,
)
from autom3l.diagnostics import PlanError
from autom3l.encoders import Encoders, TextEncoder
from autom3l.ir import Task, TaskKind
from autom3l.metrics import METRICS

BINARY = Task("binary", ("y",), METRICS["binary"][0])
FROZEN = TextEncoder("card", "transformer", "frozen", 64, "card")
TUNED = replace(FROZEN, tuning="full")
HASHED = TextEncoder("hashed_ngrams", "hashed_ngrams", "full", 64, buckets=64)
PAIRS = (Pair("title", "left", "right"),)


@pytest.mark.parametrize(
    ("kind", "pairs", "rows", "buckets"),
    [
        ("binary", (), FEWEST, BUCKETS),
        ("binary", (), FEWEST - 1, 0),
        ("binary", PAIRS, 10_000, 0),
        ("retrieval", (), 10_000, 0),
    ],
)
def test_ngrams_stand_where_words_of_the_training_rows_recur(
    kind: TaskKind, pairs: tuple[Pair, ...], rows: int, buckets: int
) -> None:
    task = Task(kind, ("y",), METRICS[kind][0])
    encoders, (why,) = with_ngrams(Encoders(text=FROZEN), task, pairs, rows)
    assert encoders.text and encoders.text.buckets == buckets
    assert (why.choice == "none") == (buckets == 0)


@pytest.mark.parametrize(
    ("rows", "buckets"),
    [
        (FEWEST - 1, 0),
        (FEWEST, BUCKETS),
        (ENOUGH_TO_TUNE - 1, BUCKETS),
        (ENOUGH_TO_TUNE, 0),
    ],
)
def test_what_is_tuned_on_many_rows_does_without(rows: int, buckets: int) -> None:
    encoders, _ = with_ngrams(Encoders(text=TUNED), BINARY, (), rows)
    assert encoders.text and encoders.text.buckets == buckets


@pytest.mark.parametrize(("rows", "most"), [(MANY - 1, MOST), (MANY, MOST_OF_MANY)])
def test_of_many_texts_fewer_are_kept(rows: int, most: int) -> None:
    encoders, (why,) = with_ngrams(Encoders(text=FROZEN), BINARY, (), rows)
    assert encoders.text and encoders.text.ngrams == most
    assert f"up to {most:,} of a text" in why.choice


@pytest.mark.parametrize(("asked", "buckets"), [(True, BUCKETS), (False, 0)])
@pytest.mark.parametrize("rows", [FEWEST - 1, FEWEST])
@pytest.mark.parametrize("text", [FROZEN, TUNED])
def test_what_the_spec_says_of_them_wins(
    asked: bool, buckets: int, rows: int, text: TextEncoder
) -> None:
    encoders = Encoders(text=text)
    encoders, (why,) = with_ngrams(encoders, BINARY, (), rows, asked=asked)
    assert encoders.text and encoders.text.buckets == buckets
    assert (why.source, why.reason) == ("spec", "The spec says so.")


@pytest.mark.parametrize(
    ("text", "kind", "pairs", "message"),
    [
        (FROZEN, "retrieval", (), "things that were not trained on have words of"),
        (FROZEN, "binary", PAIRS, "texts are compared: derived numbers say what"),
        (HASHED, "binary", (), "no text has embeddings that"),
        (None, "binary", (), "no text has embeddings that"),
    ],
)
def test_where_they_can_not_stand_asking_for_them_is_refused(
    text: TextEncoder | None, kind: TaskKind, pairs: tuple[Pair, ...], message: str
) -> None:
    task = Task(kind, ("y",), METRICS[kind][0])
    with pytest.raises(PlanError, match=f"ngrams: true, but {message}.*P134"):
        with_ngrams(Encoders(text=text), task, pairs, 1_000, asked=True)
    _, why = with_ngrams(Encoders(text=text), task, pairs, 1_000, asked=False)
    assert [d.choice for d in why] == (["none"] if text is FROZEN else [])
