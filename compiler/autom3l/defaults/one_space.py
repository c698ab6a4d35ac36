"""Texts that find pictures, or pictures that find texts: encoders of one space."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autom3l.column import Column
from autom3l.defaults.choosing import can_be_had
from autom3l.defaults.languages import judge_language
from autom3l.defaults.text import LANGUAGE_CELLS
from autom3l.ir import Decision
from autom3l.profile import DataProfile
from autom3l.retrieval import Retrieval
from autom3l.spec import Spec
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
    *,
    pinned: tuple[str | None, str | None],
) -> tuple[tuple[str, str], Decision] | None:
    """The cards of a text's and a picture's half, where only such a pair can compare.

    That is so where one side has texts alone and the other pictures alone. A `pinned`
    half is completed by its other one. `None` otherwise, and where no pair may be used
    or had.
    """
    if not _apart(features, retrieval) or all(pinned):
        return None
    texts = [profile.column(c.name) for c in features if c.modality == "text"]
    language = judge_language(c for f in texts for c in f.values[:LANGUAGE_CELLS])
    foreign = language.spoken == "another" and not any(pinned)
    for names in (MULTILINGUAL,) if foreign else (*PAIRS, *_pairs(zoo)):
        halves = [card for card in zoo.cards if card.name in names]
        wished = zip(pinned, names, strict=True)
        if len(halves) < 2 or any(pin not in (None, name) for pin, name in wished):
            continue
        if all(can_be_had(spec, card) for card in halves):
            return names, _why(names, halves[0].space)
    return None


def _pairs(zoo: Zoo) -> Iterator[tuple[str, str]]:
    for text in zoo.of("text"):
        for image in zoo.of("image"):
            if text.space and text.space == image.space:
                yield text.name, image.name


def _apart(features: Sequence[Column], retrieval: Retrieval) -> bool:
    """Whether one side has texts, the other pictures, and neither both."""
    sides = (retrieval.query, retrieval.item)
    found = [
        {c.modality for c in features if c.name in side} & {"text", "image"}
        for side in sides
    ]
    return sorted(map(sorted, found)) == [["image"], ["text"]]


def _why(names: tuple[str, str], space: str) -> Decision:
    return Decision(
        section="encoders",
        subject="pair",
        choice=" + ".join(names),
        reason="One side has texts, the other pictures: only what was trained on both "
        "tells how alike they are before anything is learnt here.",
        source="rule",
        evidence=f"both halves are of {space}",
        confidence=0.8,
    )
