"""The encoder of all image columns."""

from __future__ import annotations

from collections.abc import Sequence

from autom3l.column import Column
from autom3l.defaults.choosing import card_decision, choose_card
from autom3l.defaults.pins import NO_PIN, card_of, tuning_of
from autom3l.encoders import ImageEncoder
from autom3l.ir import Decision
from autom3l.profile import DataProfile
from autom3l.spec import EncoderPin, Spec
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
    pin: EncoderPin = NO_PIN,
) -> tuple[ImageEncoder, tuple[Decision, ...]]:
    """The pinned card, a pretrained one that is quick on a CPU, or a small network."""
    facts = [profile.column(column.name) for column in columns]
    cards = (card_of(zoo, "image", pin.card),) if pin.card else zoo.of("image")
    chosen = choose_card(spec, cards, (pin.card,) if pin.card else IMAGE_CARDS)
    pinned = spec.encoders.image.card is not None
    card, decision = chosen.card, card_decision(chosen, pinned=pinned)
    tuning, tuning_why = tuning_of(pin, card, facts, spec, profile)
    if card.kind == "convnet":
        encoder = ImageEncoder(
            card=card.name,
            kind="convnet",
            tuning=tuning,
            size=card.input_size,
            augmentation="flip_shift",
        )
        return encoder, (decision, *tuning_why)
    encoder = ImageEncoder(
        card=card.name,
        kind="timm",
        tuning=tuning,
        size=card.input_size,
        backbone=chosen.backbone,
        augmentation="none" if tuning == "frozen" else "flip_shift",
    )
    return encoder, (decision, *tuning_why)
