"""The zoo: one card per model, its facts checked and its advice in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autom3l.card import Card, CardModality
from autom3l.card_file import read_card
from autom3l.diagnostics import Diagnostic, ZooError

__all__ = ["Card", "Zoo", "load_zoo", "local_folder"]


@dataclass(frozen=True)
class Zoo:
    """Every card that was found, in the order of folders and file names."""

    cards: tuple[Card, ...]

    def card(self, name: str) -> Card:
        """The card of that name; raises `KeyError`."""
        for card in self.cards:
            if card.name == name:
                return card
        raise KeyError(name)

    def of(self, modality: CardModality) -> tuple[Card, ...]:
        """The cards of one modality."""
        return tuple(c for c in self.cards if c.modality == modality)


def load_zoo(folders: Sequence[Path]) -> Zoo:
    """Read every `*.md` below the folders; in a clash of names the first folder wins.

    Raises `ZooError` with every problem of every card (codes Z001 to Z008).
    """
    problems: list[Diagnostic] = []
    cards: dict[str, Card] = {}
    for folder in folders:
        found = _read_folder(folder, problems)
        cards |= {name: card for name, card in found.items() if name not in cards}
    if problems:
        raise ZooError(problems)
    return Zoo(tuple(cards.values()))


def local_folder(card: Card, weights: Path) -> str:
    """The first of the card's folders that holds weights; empty when none does."""
    for name in card.folders:
        if (weights / name / "config.json").is_file():
            return name
    return ""


def _read_folder(folder: Path, problems: list[Diagnostic]) -> dict[str, Card]:
    paths = sorted(folder.rglob("*.md")) if folder.is_dir() else []
    if not paths:
        message = f"no card files (*.md) in {str(folder)!r}"
        hint = "a zoo folder holds {tabular,text,image}/<name>.md"
        problems.append(Diagnostic("Z001", message, hint=hint))
    cards: dict[str, Card] = {}
    for path in paths:
        try:
            card = _card(path, path.read_bytes())
        except ZooError as error:
            problems.extend(error.diagnostics)
            continue
        if card.name in cards:
            message = f"a second card is named {card.name!r}"
            problems.append(Diagnostic("Z007", message, str(path), "rename one"))
        cards[card.name] = card
    return cards


@cache
def _card(path: Path, _content: bytes) -> Card:
    """The card of a file that holds that: kept for whoever compiles again."""
    return read_card(path)
