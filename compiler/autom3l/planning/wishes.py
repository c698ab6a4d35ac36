"""What a model wants otherwise than the rules: plain data, checked before it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from autom3l.card import CardModality
from autom3l.column import Derived, Impute, Role
from autom3l.defaults.search import AS_RULED, SearchWish
from autom3l.encoders import Tuning
from autom3l.ir import Decision, Metric, Section
from autom3l.spec import ColumnPin, EncoderPin

Value = str | int | float | bool
MAX_REASON = 300


@dataclass(frozen=True)
class Why:
    """The model's reason for one choice, and the key of the directive behind it."""

    section: Section
    subject: str
    choice: str
    reason: str
    directive: str = ""


@dataclass(frozen=True)
class Wishes:
    """Everything that the passes so far want changed, on top of the rules.

    `pins`: how columns are read; `roles`: which are dropped, or kept against the rules;
    `encoders`: cards, and how they are tuned; `derived`: further numbers by name;
    `fills`: how the holes of a column are filled.
    `settings`: values by dotted key of the pipeline, as in `fusion.width`; `search`:
    what is tuned. `why` has
    the latest reason of each subject; `overruled` are wishes that the data contradicts.
    """

    pins: Mapping[str, ColumnPin] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    encoders: Mapping[CardModality, EncoderPin] = field(default_factory=dict)
    metric: Metric | None = None
    derived: Mapping[str, Derived] = field(default_factory=dict)
    fills: Mapping[str, Impute] = field(default_factory=dict)
    settings: Mapping[str, Value] = field(default_factory=dict)
    search: SearchWish = AS_RULED
    why: Mapping[tuple[Section, str], Why] = field(default_factory=dict)
    overruled: tuple[Decision, ...] = ()

    def because(self, *whys: Why) -> Wishes:
        """With more reasons."""
        return replace(
            self, why={**self.why, **{(w.section, w.subject): w for w in whys}}
        )

    def pinned(self, column: str, pin: ColumnPin) -> Wishes:
        """With one column read otherwise."""
        return replace(self, pins={**self.pins, column: pin})

    def with_role(self, column: str, role: Role) -> Wishes:
        """With one column dropped, or kept."""
        return replace(self, roles={**self.roles, column: role})

    def deriving(self, item: Derived) -> Wishes:
        """With one number more."""
        return replace(self, derived={**self.derived, item.name: item})

    def filling(self, column: str, impute: Impute) -> Wishes:
        """With the holes of one column filled."""
        return replace(self, fills={**self.fills, column: impute})

    def with_card(self, modality: CardModality, card: str) -> Wishes:
        """With another card for one modality."""
        pin = replace(self.encoders.get(modality, EncoderPin()), card=card)
        return replace(self, encoders={**self.encoders, modality: pin})

    def tuning(self, modality: CardModality, tuning: Tuning) -> Wishes:
        """With the pretrained weights of one modality tuned otherwise."""
        pin = replace(self.encoders.get(modality, EncoderPin()), tuning=tuning)
        return replace(self, encoders={**self.encoders, modality: pin})

    def judged_by(self, metric: Metric) -> Wishes:
        """With another metric."""
        return replace(self, metric=metric)

    def set_to(self, key: str, value: Value) -> Wishes:
        """With one value of the pipeline set."""
        return replace(self, settings={**self.settings, key: value})

    def searching(self, search: SearchWish) -> Wishes:
        """With another search."""
        return replace(self, search=search)

    def contradicted(self, decision: Decision) -> Wishes:
        """With a wish that the data overrules, once."""
        kept = tuple(
            d
            for d in self.overruled
            if (d.section, d.subject) != (decision.section, decision.subject)
        )
        return replace(self, overruled=(*kept, decision))
