"""One encoder per modality that the table's features have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autom3l.card import CardModality
from autom3l.column import Column
from autom3l.defaults.image import choose_image
from autom3l.defaults.tabular import TABULAR, choose_tabular
from autom3l.defaults.text import choose_text
from autom3l.ir import Decision, Encoders
from autom3l.profile import DataProfile
from autom3l.spec import Spec
from autom3l.zoo import Zoo

NO_CARDS: Mapping[CardModality, str] = {}


def choose_encoders(
    spec: Spec,
    profile: DataProfile,
    zoo: Zoo,
    columns: Sequence[Column],
    cards: Mapping[CardModality, str] = NO_CARDS,
) -> tuple[Encoders, tuple[Decision, ...]]:
    """The encoders with their decisions; raises `PlanError` (P130, P131).

    `cards`: those to prefer to what the rules would take.
    """
    features = [column for column in columns if column.role == "feature"]
    tabular = [c for c in features if c.modality in TABULAR]
    texts = [c for c in features if c.modality == "text"]
    images = [c for c in features if c.modality == "image"]
    empty: tuple[None, tuple[Decision, ...]] = None, ()
    a, why_a = choose_tabular(profile, zoo, tabular) if tabular else empty
    b, why_b = (
        choose_text(spec, profile, zoo, texts, cards.get("text")) if texts else empty
    )
    c, why_c = (
        choose_image(spec, profile, zoo, images, cards.get("image"))
        if images
        else empty
    )
    return Encoders(a, b, c), (*why_a, *why_b, *why_c)
