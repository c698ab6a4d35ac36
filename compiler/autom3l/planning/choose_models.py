"""MS-LLM: one card of the zoo per modality, out of those retrieved for this task."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from autom3l.card import Card, CardModality
from autom3l.ir import ImageEncoder, TabularEncoder, TextEncoder
from autom3l.llm.question import Question
from autom3l.planning.asking import Pass, State, directives_of, question
from autom3l.planning.describing import columns_text
from autom3l.planning.infer_modalities import STRICT
from autom3l.planning.retrieval import card_line, shortlist
from autom3l.planning.wishes import MAX_REASON, Why, Wishes
from autom3l.spec import PassName

NAME: tuple[str, PassName] = ("choose_models", "models")


@dataclass(frozen=True, config=STRICT)
class Choice:
    """The card of one modality."""

    modality: CardModality
    card: str
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class ModelAnswer:
    """Only the modalities whose card is to change."""

    choices: tuple[Choice, ...]


def ask(state: State) -> list[Question[ModelAnswer]]:
    """One question, where some modality has more than one card to choose from."""
    lists = {m: cards for m, cards in _shortlists(state).items() if len(cards) > 1}
    if not lists:
        return []
    encoders = encoders_of(state)
    now = "\n".join(f"{m}: {encoders[m].card}" for m in lists)
    sections = {
        f"Cards for {m}": "\n".join(map(card_line, cards)) for m, cards in lists.items()
    }
    columns = state.pipeline.features(*(m for m in lists if m != "tabular"))
    shown = columns_text(state.scene, state.pipeline, columns, state.share)
    names = [card.name for cards in lists.values() for card in cards]
    words = {"modality": tuple(lists), "card": names}
    parts = {"Chosen now": now, **_language(state), "Columns": shown, **sections}
    return [
        question(state, NAME, ModelAnswer, sections=parts, words=words, merge=merge)
    ]


def merge(state: State, wishes: Wishes, answer: ModelAnswer) -> Wishes:
    """Cards of the right modality; ends in `ValueError` for another one."""
    encoders = encoders_of(state)
    for choice in answer.choices:
        names = [card.name for card in state.scene.zoo.of(choice.modality)]
        if choice.card not in names or choice.modality not in encoders:
            raise ValueError(f"{choice.card!r} is no card for {choice.modality}")
        if encoders[choice.modality].card == choice.card:
            continue
        why = Why(
            "encoders",
            choice.modality,
            choice.card,
            choice.reason[:MAX_REASON],
            choice.directive,
        )
        wishes = wishes.with_card(choice.modality, choice.card).because(why)
    return wishes


def encoders_of(
    state: State,
) -> dict[CardModality, TabularEncoder | TextEncoder | ImageEncoder]:
    """The encoders that the pipeline has, by modality."""
    parts = state.pipeline.encoders
    found: dict[CardModality, TabularEncoder | TextEncoder | ImageEncoder] = {}
    if parts.tabular:
        found["tabular"] = parts.tabular
    if parts.text:
        found["text"] = parts.text
    if parts.image:
        found["image"] = parts.image
    return found


def _language(state: State) -> dict[str, str]:
    """What the rules make of the texts; nothing without any."""
    decisions = state.pipeline.decisions
    found = [d.choice for d in decisions if d.subject == "language"]
    return {"Language": found[0]} if found else {}


def _shortlists(state: State) -> dict[CardModality, tuple[Card, ...]]:
    return {
        modality: shortlist(
            state.scene, modality, _query(state, modality), state.rank, encoder.card
        )
        for modality, encoder in encoders_of(state).items()
    }


def _query(state: State, modality: CardModality) -> str:
    """What the cards of a modality are compared with: words that a card may say."""
    language = _language(state).get("Language", "") if modality == "text" else ""
    known = language if language != "undecided" else ""
    columns = [] if modality == "tabular" else state.pipeline.features(modality)
    names = [column.name for column in columns]
    directives = directives_of(state, NAME[1]).values()
    return " ".join([known, state.scene.spec.description, *names, *directives])


CHOOSE_MODELS = Pass(*NAME, ask, merge)
