"""The passes, one after the other; each leaves a complete and valid pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from autom3l.diagnostics import Diagnostic, UserError
from autom3l.ir import Decision, Pipeline, Section
from autom3l.llm.budget import NOTHING, Usage
from autom3l.llm.client import Client
from autom3l.llm.embeddings import rank
from autom3l.llm.question import Exchange
from autom3l.planning.asking import Pass, State
from autom3l.planning.assemble_pipeline import ASSEMBLE_PIPELINE
from autom3l.planning.choose_models import CHOOSE_MODELS
from autom3l.planning.composing import Scene
from autom3l.planning.define_search import DEFINE_SEARCH
from autom3l.planning.impute_values import IMPUTE_VALUES
from autom3l.planning.infer_modalities import INFER_MODALITIES
from autom3l.planning.select_features import SELECT_FEATURES
from autom3l.planning.wishes import Wishes
from autom3l.request import Progress
from autom3l.zoo_search import rank_by_words

PASSES: tuple[Pass[Any], ...] = (
    INFER_MODALITIES,
    SELECT_FEATURES,
    IMPUTE_VALUES,
    CHOOSE_MODELS,
    ASSEMBLE_PIPELINE,
    DEFINE_SEARCH,
)
LEFT_TO_RULES = "left to the rules"
_SECTIONS: dict[str, Section] = {
    "choose_models": "encoders",
    "assemble_pipeline": "training",
    "define_search": "search",
}


@dataclass(frozen=True)
class Planned:
    """A verified pipeline, what the model was asked for it, and what it was not told.

    `problems`: why some pass stayed with the rules, each once.
    """

    pipeline: Pipeline
    exchanges: tuple[Exchange[Any], ...]
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Step:
    """One pass, with where planning stood before and after it."""

    pass_: Pass[Any]
    before: State
    after: State
    exchanges: tuple[Exchange[Any], ...]


def plan(scene: Scene, client: Client, progress: Progress) -> Planned:
    """The rules' pipeline, improved by a model.

    Raises `ModelError` where a locked transcript lacks an answer.
    """
    state = beginning(scene, client)
    progress.note(estimate(state, client))
    return outcome(list(steps(state, client, progress)))


def beginning(scene: Scene, client: Client) -> State:
    """Where planning begins."""
    rules = scene.compose(Wishes())
    return State(scene, Wishes(), rules, client.llm.share, partial(_rank, client))


def steps(state: State, client: Client, progress: Progress) -> Iterator[Step]:
    """The passes, one after the other."""
    for pass_ in PASSES:
        before = state
        with progress.stage(pass_.name):
            questions = pass_.ask(state)
            answered = client.ask(questions) if questions else []
            state = merged(pass_, state, answered)
        yield Step(pass_, before, state, tuple(answered))


def outcome(taken: Sequence[Step]) -> Planned:
    """What all the steps lead to."""
    exchanges = tuple(exchange for step in taken for exchange in step.exchanges)
    found = dict.fromkeys(e.problem for e in exchanges if e.problem is not None)
    return Planned(taken[-1].after.pipeline, exchanges, tuple(found))


def merged(pass_: Pass[Any], state: State, exchanges: Sequence[Exchange[Any]]) -> State:
    """The answers of one pass, one by one: each was checked without the others."""
    for exchange in exchanges:
        if exchange.answer is None:
            state = _by_rules(pass_, state, "; ".join(exchange.reasons))
            continue
        try:
            wishes = pass_.merge(state, state.wishes, exchange.answer)
            state = state.with_wishes(wishes)
        except (UserError, ValueError) as error:
            state = _by_rules(pass_, state, f"together with other answers: {error}")
    return state


def _by_rules(pass_: Pass[Any], state: State, reason: str) -> State:
    """The same pipeline, which says that the rules decided here, and why."""
    decision = Decision(
        section=_SECTIONS.get(pass_.name, "columns"),
        subject=pass_.name,
        choice=LEFT_TO_RULES,
        reason=f"The model was asked in vain: {reason}.",
        source="rule",
    )
    wishes = state.wishes.contradicted(decision)
    pipeline = replace(state.pipeline, decisions=(*state.pipeline.decisions, decision))
    return replace(state, wishes=wishes, pipeline=pipeline)


def estimate(state: State, client: Client) -> str:
    """What planning takes at the most, as far as can be known before it begins."""
    if client.mode != "normal":
        return f"planning with the transcript of {client.llm.model}: nobody is asked"
    state = replace(state, rank=rank_by_words)  # which asks nobody
    most = sum((client.estimate(p.ask(state)) for p in PASSES), NOTHING)
    return f"planning with {client.llm.model}: {usage_text(most, client, 'at most ')}"


def usage_text(usage: Usage, client: Client, qualifier: str = "") -> str:
    """Calls, tokens and, where prices are given, money."""
    text = f"{qualifier}{usage.calls} calls, {usage.tokens:,} tokens"
    prices = client.llm.prices
    return f"{text}, {usage.cost(prices):.4f} in money" if prices else text


def _rank(client: Client, query: str, texts: Sequence[str]) -> tuple[int, ...]:
    """By embeddings where the endpoint has them, else by words; both are repeatable."""
    return rank(client, query, texts) or rank_by_words(query, texts)
