"""What the spec, or a model, says of an encoder."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autom3l.card import Card, CardModality
from autom3l.defaults.costs import (
    PASSES,
    feature_minutes,
    frozen,
    minutes_to_tune,
    tuned,
)
from autom3l.defaults.tuning import tuned_epochs
from autom3l.diagnostics import Diagnostic, PlanError, did_you_mean
from autom3l.encoders import Tuning
from autom3l.ir import Decision
from autom3l.profile import ColumnProfile, DataProfile
from autom3l.spec import EncoderPin, Spec
from autom3l.zoo import Zoo

NO_PIN = EncoderPin()
# Below either, several networks on frozen features are the better use of the time. Of
# 840 rows with 110,000 words a tuned model knew more, of 712 names it knew less.
TUNED_ROWS = 500
TUNED_WORDS = 20_000
CHARS_PER_WORD = 7


def card_of(zoo: Zoo, modality: CardModality, name: str) -> Card:
    """The card of that name; raises `PlanError` (P132) where the modality has none."""
    cards = {card.name: card for card in zoo.of(modality)}
    if name not in cards:
        message, hint = f"no {modality} card {name!r}", did_you_mean(name, cards)
        raise PlanError(Diagnostic("P132", message, f"encoders.{modality}.card", hint))
    return cards[name]


def tuning_of(
    pin: EncoderPin,
    card: Card,
    facts: Sequence[ColumnProfile],
    spec: Spec,
    profile: DataProfile,
) -> tuple[Tuning, tuple[Decision, ...]]:
    """What is pinned, else what pays and the time suffices for.

    Raises `PlanError` (P133) for what can't be.
    """
    if not card.download:
        if pin.tuning in ("frozen", "lora"):
            message = (
                f"{pin.tuning!r}, but card {card.name!r} has no pretrained weights"
            )
            where = f"encoders.{card.modality}.tuning"
            raise PlanError(
                Diagnostic("P133", message, where, "remove it, or pin a card")
            )
        return "full", ()
    hardware = spec.constraints.hardware
    if pin.tuning == "frozen":
        return "frozen", (frozen(card, facts, hardware, "spec"),)
    if pin.tuning:
        return pin.tuning, (tuned(card, facts, pin.tuning, hardware),)
    if not minutes_to_tune(spec.constraints):
        return "frozen", (frozen(card, facts, hardware),)
    why = _better_frozen(card, facts, spec, profile)
    if why:
        return "frozen", (frozen(card, facts, hardware, but=why),)
    return "full", (tuned(card, facts, "full", hardware, "rule"),)


def absent(modality: CardModality, pin: EncoderPin) -> None:
    """Raise `PlanError` (P133) for a pin of a modality that the features have not."""
    if pin != NO_PIN:
        message = f"it is pinned, but no feature is of modality {modality!r}"
        hint = "remove it, or say in `columns` which column is one"
        raise PlanError(Diagnostic("P133", message, f"encoders.{modality}", hint))


def _better_frozen(
    card: Card, facts: Sequence[ColumnProfile], spec: Spec, profile: DataProfile
) -> str:
    """Why the network should not be tuned although it might; empty: it should."""
    if card.modality == "image":
        return "frozen photo networks did as well on the tables measured"
    if card.space:
        return "half of a pair that is tuned leaves their space"
    labelled = [profile.column(name).present for name in spec.target]
    rows = min(profile.rows, max(f.present for f in facts), *labelled)
    # Some scripts have no spaces between words.
    each = (max(f.words_mean, f.chars_mean / CHARS_PER_WORD) for f in facts)
    words = round(sum(f.present * w for f, w in zip(facts, each, strict=True)))
    if rows < TUNED_ROWS or words < TUNED_WORDS:
        return f"{rows:,} labelled rows of {words:,} words are too few to tune on"
    epochs, allowed = tuned_epochs(rows), minutes_to_tune(spec.constraints)
    minutes = PASSES * epochs * feature_minutes(card, facts, spec.constraints.hardware)
    if minutes > allowed:
        minutes = math.ceil(minutes)
        return f"tuning would take about {minutes:,} minutes, allowed: {allowed:,}"
    return ""
