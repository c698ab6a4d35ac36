"""MS-LLM: one card of the zoo per modality, out of those retrieved for this task.

And what becomes of its pretrained weights.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic.dataclasses import dataclass

from autom3l.backbones import Pretrainable, backbones
from autom3l.card import Card, CardModality
from autom3l.defaults.costs import minutes_to_tune
from autom3l.encoders import ImageEncoder, TabularEncoder, TextEncoder, Tuning
from autom3l.llm.question import Question
from autom3l.planning.asking import Pass, State, directives_of, question
from autom3l.planning.describing import columns_text
from autom3l.planning.infer_modalities import STRICT
from autom3l.planning.retrieval import card_line, shortlist
from autom3l.planning.wishes import MAX_REASON, Why, Wishes
from autom3l.spec import EncoderPin, PassName

NAME: tuple[str, PassName] = ("choose_models", "models")


@dataclass(frozen=True, config=STRICT)
class Choice:
    """The card of one modality."""

    modality: CardModality
    card: str
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class TuningChoice:
    """What becomes of the pretrained weights of one modality."""

    modality: Pretrainable
    tuning: Tuning
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class ModelAnswer:
    """Only the modalities whose card, or whose tuning, is to change."""

    choices: tuple[Choice, ...]
    tunings: tuple[TuningChoice, ...] = ()


def ask(state: State) -> list[Question[ModelAnswer]]:
    """One question, where there is a card or a tuning to choose."""
    lists = {m: cards for m, cards in _shortlists(state).items() if len(cards) > 1}
    tunings = _tunings(state)
    if not lists and not tunings:
        return []
    encoders = encoders_of(state)
    now = [f"{m}: {encoders[m].card}" for m in lists]
    now += [f"{m}: tuning {tuning}" for m, tuning in tunings.items()]
    sections = {
        f"Cards for {m}": "\n".join(map(card_line, cards)) for m, cards in lists.items()
    }
    shown = {m for m in (*lists, *tunings) if m != "tabular"}
    columns = columns_text(
        state.scene, state.pipeline, state.pipeline.features(*shown), state.share
    )
    names = [card.name for cards in lists.values() for card in cards]
    words = {"modality": tuple(dict.fromkeys((*lists, *tunings))), "card": names}
    parts = {"Chosen now": "\n".join(now), **_language(state), "Columns": columns}
    parts |= {**_machine(state), **sections}
    return [
        question(state, NAME, ModelAnswer, sections=parts, words=words, merge=merge)
    ]


def merge(state: State, wishes: Wishes, answer: ModelAnswer) -> Wishes:
    """Cards of the right modality, tunings of those; ends in `ValueError` for others.

    What the spec pins stays.
    """
    encoders, pins = encoders_of(state), _pins(state)
    for choice in answer.choices:
        names = [card.name for card in state.scene.zoo.of(choice.modality)]
        if choice.card not in names or choice.modality not in encoders:
            raise ValueError(f"{choice.card!r} is no card for {choice.modality}")
        pinned = choice.modality in pins and pins[choice.modality].card
        if pinned or encoders[choice.modality].card == choice.card:
            continue
        why = _why(choice.modality, choice.card, choice)
        wishes = wishes.with_card(choice.modality, choice.card).because(why)
    for tuned in answer.tunings:
        if tuned.modality not in encoders:
            raise ValueError(f"there is no {tuned.modality} encoder to be tuned")
        if pins[tuned.modality].tuning is None:
            why = _why(f"{tuned.modality} tuning", tuned.tuning, tuned)
            wishes = wishes.tuning(tuned.modality, tuned.tuning).because(why)
    return wishes


def _why(subject: str, choice: str, given: Choice | TuningChoice) -> Why:
    reason = given.reason[:MAX_REASON]
    return Why("encoders", subject, choice, reason, given.directive)


def _machine(state: State) -> dict[str, str]:
    """What trains, where the spec says it."""
    given = state.scene.spec.constraints
    if given == replace(given, hardware="cpu", tuning_minutes=None):
        return {}
    minutes = minutes_to_tune(given)
    return {"Trained on": f"{given.hardware}; tuning may take {minutes} minutes"}


def _pins(state: State) -> dict[CardModality, EncoderPin]:
    """What the spec says of encoders."""
    pins = state.scene.spec.encoders
    return {"text": pins.text, "image": pins.image}


def _tunings(state: State) -> dict[Pretrainable, Tuning]:
    """Of the pretrained encoders whose tuning the spec leaves open.

    Halves of a pair stay what they are: another card, or one that is tuned, would share
    no space with the other half.
    """
    found: dict[Pretrainable, Tuning] = {}
    if state.pipeline.encoders.one_space:
        return found
    for modality in backbones(state.pipeline.encoders).pretrained:
        encoder = encoders_of(state)[modality]
        if (
            not isinstance(encoder, TabularEncoder)
            and not _pins(state)[modality].tuning
        ):
            found[modality] = encoder.tuning
    return found


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
    pins = _pins(state)
    return {
        modality: shortlist(
            state.scene, modality, _query(state, modality), state.rank, encoder.card
        )
        for modality, encoder in encoders_of(state).items()
        if not (modality in pins and pins[modality].card)
        and not (modality in pins and state.pipeline.encoders.one_space)
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
