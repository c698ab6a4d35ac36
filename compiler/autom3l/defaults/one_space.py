"""Texts that find pictures, or pictures that find texts: encoders of one space."""

from __future__ import annotations

from collections.abc import Sequence

from autom3l.card import Card
from autom3l.column import Column
from autom3l.defaults.choosing import can_be_had
from autom3l.defaults.languages import judge_language
from autom3l.defaults.text import LANGUAGE_CELLS
from autom3l.ir import Decision
from autom3l.profile import DataProfile
from autom3l.retrieval import Retrieval
from autom3l.spec import EncoderPin, Spec
from autom3l.zoo import Zoo

# Of a text and of a picture, in falling order.
MULTILINGUAL = ("siglip2-base-patch16-224", "vit_base_patch16_siglip_224")
PAIRS = (MULTILINGUAL, ("clip-vit-base-patch32", "vit_base_patch32_clip_224"))


def choose_pair(
    spec: Spec,
    profile: DataProfile,
    zoo: Zoo,
    features: Sequence[Column],
    retrieval: Retrieval,
) -> tuple[tuple[EncoderPin, EncoderPin], Decision] | None:
    """The text's and the picture's half of a pair, where only such a one can compare.

    That is so where one side has texts alone and the other pictures alone. `None`
    otherwise, and where no pair may be used or had.
    """
    if not _apart(features, retrieval):
        return None
    texts = [profile.column(c.name) for c in features if c.modality == "text"]
    language = judge_language(c for f in texts for c in f.values[:LANGUAGE_CELLS])
    pairs = (MULTILINGUAL,) if language.spoken == "another" else PAIRS
    known = {card.name: card for card in zoo.cards}
    for names in pairs:
        halves = [known[name] for name in names if name in known]
        if len(halves) == len(names) and all(can_be_had(spec, c) for c in halves):
            pins = EncoderPin(names[0]), EncoderPin(names[1])
            return pins, _why(halves)
    return None


def _apart(features: Sequence[Column], retrieval: Retrieval) -> bool:
    """Whether one side has texts, the other pictures, and neither both."""
    sides = (retrieval.query, retrieval.item)
    found = [
        {c.modality for c in features if c.name in side} & {"text", "image"}
        for side in sides
    ]
    return sorted(map(sorted, found)) == [["image"], ["text"]]


def _why(halves: Sequence[Card]) -> Decision:
    return Decision(
        section="encoders",
        subject="pair",
        choice=" + ".join(card.name for card in halves),
        reason="One side has texts, the other pictures: only what was trained on both "
        "tells how alike they are before anything is learnt here.",
        source="rule",
        evidence=f"both halves are of {halves[0].space}",
        confidence=0.8,
    )
