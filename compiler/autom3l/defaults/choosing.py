"""One card out of the zoo: constraints first, then local weights, then preference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autom3l.card import Card
from autom3l.diagnostics import Diagnostic, PlanError
from autom3l.ir import Decision
from autom3l.spec import Constraints, Spec
from autom3l.zoo import local_folder

_NAMED = 5  # of the cards that a reason lists


@dataclass(frozen=True)
class Choice:
    """A card, where its weights are (hub name or local folder), and why.

    `refused`: better liked cards, each with the constraint that it breaks.
    """

    card: Card
    backbone: str
    reason: str
    refused: tuple[str, ...]


def choose_card(spec: Spec, cards: Sequence[Card], preferred: Sequence[str]) -> Choice:
    """The first pretrained card that may be used here, else one without download.

    `cards` are of one modality, `preferred` names in falling order. Any other card is
    taken only where its weights lie in `weights_dir`. Raises `PlanError` where the
    constraints leave no card (P130) or `weights_dir` is no folder (P131).
    """
    ranked = by_liking(cards, preferred)
    broken = {c.name: tuple(breaches(spec.constraints, c)) for c in ranked}
    allowed = [card for card in ranked if not broken[card.name]]
    pretrained = [card for card in allowed if card.download]
    if spec.weights_dir is None:
        pretrained = [card for card in pretrained if card.name in preferred]
    found = _pretrained(spec, pretrained) or _from_scratch(spec, allowed, pretrained)
    card, backbone, reason = found
    better = [c for c in ranked[: ranked.index(card)] if c.name in preferred]
    refused = (f"{c.name}: {why}" for c in better for why in broken[c.name])
    return Choice(card, backbone, reason, tuple(refused))


def can_be_had(spec: Spec, card: Card) -> bool:
    """Whether a pretrained card may be used here, and its weights are within reach."""
    broken = any(breaches(spec.constraints, card))
    return not broken and _pretrained(spec, [card]) is not None


def by_liking(cards: Sequence[Card], preferred: Sequence[str]) -> list[Card]:
    """The preferred ones, then general before specialised ones, quick ones first."""
    ranks = {name: rank for rank, name in enumerate(preferred)}

    def liking(card: Card) -> tuple[int, bool, float]:
        return ranks.get(card.name, len(ranks)), bool(card.domains), card.gflops

    return sorted(cards, key=liking)


def card_decision(choice: Choice, *, pinned: bool = False) -> Decision:
    """Why a card was chosen; `pinned`: by the spec."""
    return Decision(
        section="encoders",
        subject=choice.card.modality,
        choice=choice.card.name,
        reason="The spec names it." if pinned else choice.reason,
        source="spec" if pinned else "rule",
        evidence="; not allowed: ".join((_facts(choice.card), *choice.refused)),
        confidence=1.0 if pinned else 0.8,
    )


def breaches(constraints: Constraints, card: Card) -> Iterator[str]:
    """What a card breaks, in words."""
    licences = [licence.lower() for licence in constraints.licences]
    if card.download and licences and card.licence.lower() not in licences:
        yield f"its licence is {card.licence}, allowed: {', '.join(licences)}"
    limit = constraints.max_parameters
    if limit is not None and card.parameters > limit:
        yield f"it has {card.parameters:,} parameters, allowed: {limit:,}"


def _pretrained(spec: Spec, cards: Sequence[Card]) -> tuple[Card, str, str] | None:
    """The first card whose weights can be had: locally where a folder is named."""
    if spec.weights_dir is not None:
        weights = Path(spec.folder) / spec.weights_dir
        if not weights.is_dir():
            message = f"no such folder: {spec.weights_dir!r}"
            hint = "it starts from the folder of the spec"
            raise PlanError(Diagnostic("P131", message, "weights_dir", hint))
        for card in cards:
            folder = local_folder(card, weights)
            if folder:
                reason = f"{_praise(card)}; its weights are at hand in weights_dir."
                return card, folder, reason
        return None
    if spec.constraints.offline or not cards:
        return None
    return cards[0], cards[0].backbone, f"{_praise(cards[0])}."


def _from_scratch(
    spec: Spec, allowed: Sequence[Card], pretrained: Sequence[Card]
) -> tuple[Card, str, str]:
    because = "offline: true, and no weights_dir"
    if not pretrained:
        because = "no card that the rules would take meets the constraints"
    elif spec.weights_dir is not None:
        names = ", ".join(card.name for card in pretrained[:_NAMED])
        more = len(pretrained) - _NAMED
        rest = f" and {more} other cards" if more > 0 else ""
        because = f"weights_dir {spec.weights_dir!r} holds none of {names}{rest}"
    for card in allowed:
        if not card.download:
            reason = (
                f"Nothing is downloaded ({because}), so the {card.modality} encoder "
            )
            reason += (
                "learns from the rows alone; pretrained weights usually do better."
            )
            return card, "", reason
    message = f"every card breaks a constraint ({because})"
    raise PlanError(Diagnostic("P130", message, "constraints", "loosen them"))


def _praise(card: Card) -> str:
    return "Good for " + ", ".join(card.strengths[:2])


def _facts(card: Card) -> str:
    if not card.download:
        return "no weights to download"
    return f"{card.parameters / 1e6:.1f} M parameters, {card.licence}"
