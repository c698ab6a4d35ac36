"""The encoder of all image columns."""

from __future__ import annotations

from collections.abc import Sequence

from autom3l.column import Column
from autom3l.defaults.choosing import card_decision, choose_card
from autom3l.defaults.costs import frozen
from autom3l.ir import Decision, ImageEncoder
from autom3l.profile import DataProfile
from autom3l.spec import Spec
from autom3l.zoo import Zoo

# Quick ones; those behind the third for limits on size or licence.
IMAGE_CARDS = (
    *("mobilenetv3_large_100", "mobilenetv2_100", "efficientnet_b0"),
    *("mobilenetv3_small_100", "lcnet_050", "edgenext_small", "regnety_008_tv"),
)


def choose_image(
    spec: Spec,
    profile: DataProfile,
    zoo: Zoo,
    columns: Sequence[Column],
    wished: str | None = None,
) -> tuple[ImageEncoder, tuple[Decision, ...]]:
    """The wished card, a pretrained one that is quick on a CPU, or a small network."""
    facts = [profile.column(column.name) for column in columns]
    cards = (zoo.card(wished),) if wished else zoo.of("image")
    chosen = choose_card(spec, cards, (wished,) if wished else IMAGE_CARDS)
    card, decision = chosen.card, card_decision(chosen)
    if card.kind == "convnet":
        encoder = ImageEncoder(
            card=card.name,
            kind="convnet",
            tuning="full",
            size=card.input_size,
            augmentation="flip_shift",
        )
        return encoder, (decision,)
    encoder = ImageEncoder(
        card=card.name,
        kind="timm",
        tuning="frozen",
        size=card.input_size,
        backbone=chosen.backbone,
    )
    return encoder, (decision, frozen(card, facts))
