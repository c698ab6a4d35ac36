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

IMAGE_CARDS = ("mobilenetv3_large_100", "mobilenetv2_100", "efficientnet_b0")


def choose_image(
    spec: Spec, profile: DataProfile, zoo: Zoo, columns: Sequence[Column]
) -> tuple[ImageEncoder, tuple[Decision, ...]]:
    """A pretrained backbone that is quick on a CPU, else a small network."""
    facts = [profile.column(column.name) for column in columns]
    chosen = choose_card(spec, zoo.of("image"), IMAGE_CARDS)
    card, decision = chosen.card, card_decision(chosen)
    if card.kind == "convnet":
        encoder = ImageEncoder(card.name, "convnet", "full", card.input_size)
        return encoder, (decision,)
    encoder = ImageEncoder(
        card=card.name,
        kind="timm",
        tuning="frozen",
        size=card.input_size,
        backbone=chosen.backbone,
    )
    return encoder, (decision, frozen(card, facts))
