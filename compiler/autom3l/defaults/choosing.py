"""One card out of the zoo: constraints first, then local weights, then preference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autom3l.card import Card
from autom3l.diagnostics import Diagnostic, PlanError
from autom3l.ir import Decision
from autom3l.spec import Constraints, Spec
from autom3l.zoo import Zoo, local_folder


@dataclass(frozen=True)
class Choice:
    """A card, where its weights are (hub name or local folder), and why."""

    card: Card
    backbone: str
    reason: str


def choose_card(
    spec: Spec,
    zoo: Zoo,
    modality: Literal["text", "image"],
    preferred: Sequence[str],
    fits: Callable[[Card], bool] = lambda card: True,
) -> Choice:
    """The first pretrained card that may be used here, else one without download.

    `preferred` are names in falling order; other cards follow in the zoo's own.
    Raises `PlanError` where the constraints leave no card at all (P130).
    """
    cards = [card for card in zoo.of(modality) if fits(card)]
    ranks = {name: rank for rank, name in enumerate(preferred)}
    cards.sort(key=lambda card: ranks.get(card.name, len(ranks)))
    allowed = [card for card in cards if allows(spec.constraints, card)]
    pretrained = [card for card in allowed if card.download]
    if spec.weights_dir is not None:
        return _local(spec, pretrained) or _from_scratch(
            allowed,
            modality,
            f"weights_dir {spec.weights_dir!r} holds none of "
            f"{', '.join(c.name for c in pretrained) or 'the allowed cards'}",
        )
    if spec.constraints.offline:
        return _from_scratch(allowed, modality, "offline: true, and no weights_dir")
    if not pretrained:
        return _from_scratch(
            allowed, modality, "no pretrained card meets the constraints"
        )
    best = pretrained[0]
    return Choice(best, best.backbone, f"{_praise(best)}.")


def card_decision(choice: Choice) -> Decision:
    """Why a card was chosen."""
    return Decision(
        section="encoders",
        subject=choice.card.modality,
        choice=choice.card.name,
        reason=choice.reason,
        source="rule",
        evidence=_facts(choice.card),
        confidence=0.8,
    )


def frozen(card: Card, cells: int) -> Decision:
    """Why the pretrained weights stay as they are."""
    return Decision(
        section="encoders",
        subject=f"{card.modality} tuning",
        choice="frozen",
        reason="Its features are computed once and kept, so an epoch takes seconds on "
        "any machine; tuning all weights costs about three such passes per epoch.",
        source="rule",
        evidence=f"{cells:,} cells through {card.parameters / 1e6:.1f} M parameters",
        confidence=0.7,
    )


def allows(constraints: Constraints, card: Card) -> bool:
    """Whether a card keeps within licences and parameters."""
    return not tuple(breaches(constraints, card))


def breaches(constraints: Constraints, card: Card) -> Iterator[str]:
    """What a card breaks, in words; weights made by the user's own run are free."""
    licences = [licence.lower() for licence in constraints.licences]
    if card.download and licences and card.licence.lower() not in licences:
        yield f"its licence is {card.licence}, allowed: {', '.join(licences)}"
    limit = constraints.max_parameters
    if limit is not None and card.parameters > limit:
        yield f"it has {card.parameters:,} parameters, allowed: {limit:,}"


def _local(spec: Spec, cards: Sequence[Card]) -> Choice | None:
    weights = Path(spec.folder) / (spec.weights_dir or "")
    for card in cards:
        folder = local_folder(card, weights)
        if folder:
            reason = f"{_praise(card)}; its weights are at hand in weights_dir."
            return Choice(card, folder, reason)
    return None


def _from_scratch(cards: Sequence[Card], modality: str, because: str) -> Choice:
    for card in cards:
        if not card.download:
            reason = (
                f"Nothing is downloaded ({because}), so {modality} is learned from the "
                "rows alone; pretrained weights would usually do better."
            )
            return Choice(card, "", reason)
    message = f"no card for {modality} meets the constraints ({because})"
    raise PlanError(Diagnostic("P130", message, "constraints", "loosen them"))


def _praise(card: Card) -> str:
    return "Good for " + ", ".join(card.strengths[:2])


def _facts(card: Card) -> str:
    if not card.download:
        return "no weights to download"
    return f"{card.parameters / 1e6:.1f} M parameters, {card.licence}"
