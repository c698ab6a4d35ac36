"""The cards of the zoo for reading: all in a table, or one in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from autom3l.diagnostics import Diagnostic, UserError, did_you_mean
from autom3l.layout import table_text
from autom3l.zoo import Card, Zoo

_HEADINGS = ("card", "modality", "size", "parameters", "licence", "download", "for")


def cards_text(cards: Sequence[Card]) -> str:
    """One row per card, with the first of what it is good for."""
    return table_text(_HEADINGS, map(_row, cards))


def card_text(card: Card) -> str:
    """Every fact of a card that is not empty, then its advice."""
    facts = card_data(card)
    advice = facts.pop("advice")
    lines = [f"{name:<14}{_words(fact)}" for name, fact in facts.items() if fact]
    return "\n".join([*lines, "", advice.strip()])


def card_data(card: Card) -> dict[str, Any]:
    """A card for machines."""
    return asdict(card)


def find_card(zoo: Zoo, name: str) -> Card:
    """The card of that name; raises `UserError` with the nearest one."""
    names = [card.name for card in zoo.cards]
    if name not in names:
        message = f"no card is named {name!r}"
        raise UserError(Diagnostic("C010", message, hint=did_you_mean(name, names)))
    return zoo.card(name)


def _row(card: Card) -> tuple[str, ...]:
    parameters = f"{card.parameters:,}" if card.parameters else "as the table needs"
    download = "yes" if card.download else "no"
    facts = (card.name, card.modality, card.size, parameters, card.licence)
    return (*facts, download, card.strengths[0])


def _words(fact: object) -> str:
    return ", ".join(map(str, fact)) if isinstance(fact, tuple) else str(fact)
