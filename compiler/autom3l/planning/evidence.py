"""Whether the cells themselves contradict how a model wants a column read."""

from __future__ import annotations

from collections.abc import Callable

from autom3l.column import Column, Modality
from autom3l.inference.columns import image_folder
from autom3l.inference.dates import datetimes, parse_times
from autom3l.inference.facts import Facts, share
from autom3l.inference.images import MAX_UNOPENABLE, images
from autom3l.inference.numbers import read_numbers
from autom3l.planning.composing import Scene
from autom3l.spec import ColumnPin

# Below this share of cells that can be read so, the data is the stronger witness.
ENOUGH = 0.5
# Many a list holds one item in most rows.
RARE = 0.01


def contradiction(scene: Scene, column: Column, pin: ColumnPin) -> str:
    """What the cells say against a reading; empty where they allow it."""
    profile = scene.profile.column(column.name)
    facts = Facts(profile, (*column.missing, *pin.missing))
    witness = _WITNESSES.get(pin.modality) if pin.modality else None
    return witness(facts, pin, scene) if witness and facts.seen else ""


def _numeric(facts: Facts, _pin: ColumnPin, _scene: Scene) -> str:
    written = read_numbers(facts.typical)
    read = len(written.numbers) / len(facts.typical) if written else 0.0
    return _unless(read, "are numbers")


def _datetime(facts: Facts, pin: ColumnPin, _scene: Scene) -> str:
    if pin.format:
        read = float(parse_times(facts.typical, pin.format).notna().mean())
        return _unless(read, f"are dates written as {pin.format}")
    return _unless(float(datetimes(facts) is not None), "are dates")


def _image(facts: Facts, _pin: ColumnPin, scene: Scene) -> str:
    found = images(facts, image_folder(scene.spec, scene.profile))
    opens = found is not None and found[1].unopenable <= MAX_UNOPENABLE
    return _unless(float(opens), "are files of images that open")


def _boolean(facts: Facts, _pin: ColumnPin, _scene: Scene) -> str:
    two = facts.distinct == 2
    return "" if two else f"the cells have {facts.distinct:,} different values, not 2"


def _ordinal(facts: Facts, pin: ColumnPin, _scene: Scene) -> str:
    covered = sum(facts.counts[level] for level in set(pin.levels))
    return _unless(covered / max(1, facts.counts.total()), "are among the levels")


def _list(facts: Facts, pin: ColumnPin, _scene: Scene) -> str:
    if not pin.separator:
        return ""
    split = share(pin.separator in value for value in facts.sample)
    return _unless(split, f"have {pin.separator!r} in them", RARE)


def _unless(read: float, what: str, enough: float = ENOUGH) -> str:
    return "" if read >= enough else f"{read:.0%} of the different cells {what}"


_WITNESSES: dict[Modality, Callable[[Facts, ColumnPin, Scene], str]] = {
    "numeric": _numeric,
    "datetime": _datetime,
    "image": _image,
    "boolean": _boolean,
    "ordinal": _ordinal,
    "multi_category": _list,
}
