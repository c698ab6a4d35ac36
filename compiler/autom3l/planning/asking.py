"""The question of a pass: instructions beside it, then task, directives and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Generic

from autom3l.column import Column
from autom3l.diagnostics import UserError
from autom3l.ir import Pipeline
from autom3l.llm.question import Answer, Question
from autom3l.planning.composing import Scene
from autom3l.planning.describing import (
    all_labels,
    columns_text,
    pins_text,
    task_text,
)
from autom3l.planning.retrieval import Rank
from autom3l.planning.wishes import Wishes
from autom3l.spec import PassName, Share

# Columns per question: few enough to be read with care, so many that a table of a
# thousand columns takes a handful of calls.
BATCH = 200


@dataclass(frozen=True)
class State:
    """Where planning stands: the wishes of earlier passes and their pipeline.

    `share`: what of the data may be told. `rank` orders texts by nearness to a query.
    """

    scene: Scene
    wishes: Wishes
    pipeline: Pipeline
    share: Share
    rank: Rank

    def with_wishes(self, wishes: Wishes) -> State:
        """One pass further; raises `UserError` where that is no valid pipeline."""
        return replace(self, wishes=wishes, pipeline=self.scene.compose(wishes))


@dataclass(frozen=True)
class Pass(Generic[Answer]):
    """One module of planning.

    `key` is that of its directives. `ask` gives its questions, possibly none; `merge`
    takes one answer into the wishes and ends in `ValueError` with what is wrong in it.
    """

    name: str
    key: PassName
    ask: Callable[[State], list[Question[Answer]]]
    merge: Callable[[State, Wishes, Answer], Wishes]


def directives_of(state: State, key: PassName) -> dict[str, str]:
    """The directives that a pass reads, by their key."""
    given = state.scene.spec.directives
    return {name: given[name] for name in ("all", key) if name in given}


def question(
    state: State,
    pass_: tuple[str, PassName],
    answer: type[Answer],
    *,
    sections: Mapping[str, str],
    words: Mapping[str, Sequence[str]],
    merge: Callable[[State, Wishes, Answer], Wishes],
) -> Question[Answer]:
    """One question; its check is whether the answer leads to a valid pipeline."""
    name, key = pass_
    directives = directives_of(state, key)
    numbered = "\n".join(f"{k}: {' '.join(v.split())}" for k, v in directives.items())
    parts = {
        "Task": task_text(state.scene, state.pipeline, state.share),
        "Directives of the user": numbered or "(none)",
        "Settled by the user": pins_text(state.scene.spec.columns.items()),
        **sections,
    }
    user = "\n\n".join(f"## {title}\n{text}" for title, text in parts.items() if text)
    return Question(
        name,
        name,
        instructions(name),
        user,
        answer,
        words={**words, "directive": ("", *directives)},
        check=lambda given: problems(state, given, merge),
    )


def problems(
    state: State, answer: Answer, merge: Callable[[State, Wishes, Answer], Wishes]
) -> list[str]:
    """What keeps an answer from being a valid pipeline, in words for the model."""
    try:
        state.with_wishes(merge(state, state.wishes, answer))
    except UserError as error:
        return [f"{d.where}: {d.message}" for d in error.diagnostics]
    except ValueError as error:
        return [str(error)]
    return []


def column_questions(
    state: State,
    pass_: tuple[str, PassName],
    columns: Sequence[Column],
    answer: type[Answer],
    merge: Callable[[State, Wishes, Answer], Wishes],
) -> list[Question[Answer]]:
    """Questions about columns, `BATCH` at a time."""
    labels = {name: label for label, name in all_labels(state.pipeline).items()}
    batches = [columns[i : i + BATCH] for i in range(0, len(columns), BATCH)]
    return [
        question(
            state,
            pass_,
            answer,
            sections={
                "Columns": columns_text(state.scene, state.pipeline, batch, state.share)
            },
            words=_names([labels[c.name] for c in batch]),
            merge=merge,
        )
        for batch in batches
    ]


def _names(columns: list[str]) -> dict[str, Sequence[str]]:
    """The fields that name columns: one, several, or possibly none."""
    return {"column": columns, "inputs": columns, "by": ["", *columns]}


@cache
def instructions(name: str) -> str:
    """The prompt beside a pass, after what all of them share."""
    folder = files("autom3l.planning")
    shared, own = (folder / f"{n}.md" for n in ("all_passes", name))
    return f"{shared.read_text('utf-8').strip()}\n\n{own.read_text('utf-8').strip()}"
