"""What the spec, or a model, says of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autom3l.card import Card, CardModality
from autom3l.defaults.costs import frozen, tuned
from autom3l.diagnostics import Diagnostic, PlanError, did_you_mean
from autom3l.encoders import Tuning
from autom3l.ir import Decision
from autom3l.profile import ColumnProfile
from autom3l.spec import EncoderPin
from autom3l.zoo import Zoo

NO_PIN = EncoderPin()


def card_of(zoo: Zoo, modality: CardModality, name: str) -> Card:
    """The card of that name; raises `PlanError` (P132) where the modality has none."""
    cards = {card.name: card for card in zoo.of(modality)}
    if name not in cards:
        message, hint = f"no {modality} card {name!r}", did_you_mean(name, cards)
        raise PlanError(Diagnostic("P132", message, f"encoders.{modality}.card", hint))
    return cards[name]


def tuning_of(
    pin: EncoderPin, card: Card, facts: Sequence[ColumnProfile]
) -> tuple[Tuning, tuple[Decision, ...]]:
    """Frozen where nothing is said; raises `PlanError` (P133) for what can't be."""
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
    if pin.tuning is None:
        return "frozen", (frozen(card, facts),)
    if pin.tuning == "frozen":
        return "frozen", (replace(frozen(card, facts), source="spec"),)
    return pin.tuning, (tuned(card, facts, pin.tuning),)


def absent(modality: CardModality, pin: EncoderPin) -> None:
    """Raise `PlanError` (P133) for a pin of a modality that the features have not."""
    if pin != NO_PIN:
        message = f"it is pinned, but no feature is of modality {modality!r}"
        hint = "remove it, or say in `columns` which column is one"
        raise PlanError(Diagnostic("P133", message, f"encoders.{modality}", hint))
