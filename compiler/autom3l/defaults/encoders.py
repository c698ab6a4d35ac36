"""One encoder per modality that the table's features have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autom3l.card import CardModality
from autom3l.column import Column, Derived
from autom3l.defaults.image import choose_image
from autom3l.defaults.one_space import choose_pair
from autom3l.defaults.pins import NO_PIN, absent
from autom3l.defaults.tabular import TABULAR, choose_tabular
from autom3l.defaults.text import choose_text
from autom3l.encoders import Encoders, ImageEncoder, TextEncoder
from autom3l.ir import Decision
from autom3l.profile import DataProfile
from autom3l.retrieval import Retrieval
from autom3l.spec import EncoderPin, Spec
from autom3l.zoo import Zoo

Pins = Mapping[CardModality, EncoderPin]
NO_PINS: Pins = {}


def choose_encoders(
    spec: Spec,
    profile: DataProfile,
    zoo: Zoo,
    columns: Sequence[Column],
    *,
    wished: Pins = NO_PINS,
    retrieval: Retrieval | None = None,
) -> tuple[Encoders, tuple[Decision, ...]]:
    """The encoders with their decisions; raises `PlanError` (P130 to P133).

    `wished`: what to prefer to the rules where the spec pins nothing.
    """
    features = [column for column in columns if column.role == "feature"]
    tabular = [c for c in features if c.modality in TABULAR]
    texts = [c for c in features if c.modality == "text"]
    images = [c for c in features if c.modality == "image"]
    if not texts:
        absent("text", spec.encoders.text)
    if not images:
        absent("image", spec.encoders.image)
    text_pin = _merged(spec.encoders.text, wished.get("text", NO_PIN))
    image_pin = _merged(spec.encoders.image, wished.get("image", NO_PIN))
    pair_why: tuple[Decision, ...] = ()
    if retrieval and {text_pin.tuning, image_pin.tuning} <= {None, "frozen"}:
        pinned = text_pin.card, image_pin.card
        pair = choose_pair(spec, profile, zoo, features, retrieval, pinned=pinned)
        if pair:
            text_pin = replace(text_pin, card=pair[0][0])
            image_pin, pair_why = replace(image_pin, card=pair[0][1]), (pair[1],)
    empty: tuple[None, tuple[Decision, ...]] = None, ()
    a, why_a = choose_tabular(profile, zoo, tabular) if tabular else empty
    b, why_b = choose_text(spec, profile, zoo, texts, text_pin) if texts else empty
    c, why_c = choose_image(spec, profile, zoo, images, image_pin) if images else empty
    one_space = retrieval is not None and _one_space(b, c, zoo)
    return Encoders(a, b, c, one_space), (*pair_why, *why_a, *why_b, *why_c)


def with_numbers(
    encoders: Encoders, derived: Sequence[Derived], profile: DataProfile, zoo: Zoo
) -> Encoders:
    """What is derived are numbers, also of a table that has no others."""
    if encoders.tabular or not derived:
        return encoders
    tabular, _ = choose_tabular(profile, zoo, ())
    return replace(encoders, tabular=tabular)


def _one_space(text: TextEncoder | None, image: ImageEncoder | None, zoo: Zoo) -> bool:
    if text is None or image is None or {text.tuning, image.tuning} != {"frozen"}:
        return False
    space = zoo.card(text.card).space
    return space != "" and space == zoo.card(image.card).space


def _merged(pin: EncoderPin, wished: EncoderPin) -> EncoderPin:
    return EncoderPin(pin.card or wished.card, pin.tuning or wished.tuning)
