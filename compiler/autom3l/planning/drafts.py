"""The spec as far as it was said: each pin and directive is written into its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from autom3l.diagnostics import Diagnostic, SpecError, UserError
from autom3l.planning.composing import Scene
from autom3l.planning.wishes import Wishes
from autom3l.spec import ColumnPin, PassName, Spec
from autom3l.spec_reading import (
    KEYS,
    NoMappingError,
    amend,
    load_spec,
    read_document,
)
from autom3l.tables import check_columns_exist

# Keys of a spec that can be pinned while planning: the table is read by then.
PINNABLE = ("columns", "task", "metric", "split", "constraints")


@dataclass(frozen=True)
class Draft:
    """A spec, the text that says it, and where its file lies."""

    scene: Scene
    text: str
    path: Path

    def with_directive(self, key: PassName, wish: str) -> Draft:
        """With a wish more for one kind of decisions; raises `UserError`."""
        given = self.scene.spec.directives.get(key, "").strip()
        stop = "" if not given or given[-1] in ".!?;" else "."
        said = f"{given}{stop} {wish}".strip()
        return self._amended({"directives": {key: said}})

    def with_pin(self, said: str) -> Draft:
        """With a pin, written as in the spec; raises `UserError` for what is wrong."""
        return self._amended(_read_pin(said, self.scene))

    def _amended(self, changes: Mapping[str, Any]) -> Draft:
        """Checked like any spec: types, columns, and what the rules make of it."""
        try:
            text = amend(self.text, changes)
            spec = load_spec(self.path, text=text)
        except SpecError as error:
            raise _placeless(error) from None
        except ValueError as error:
            hint = "write it into the file, then compile again"
            raise UserError(
                Diagnostic("L021", f"{error}", self.path.name, hint)
            ) from None
        return replace(self, text=text, scene=_checked(self.scene, spec))


def _checked(scene: Scene, spec: Spec) -> Scene:
    """The scene with another spec, if a pipeline can be made of it."""
    check_columns_exist(spec, [column.name for column in scene.profile.columns])
    spec = replace(spec, weights_dir=scene.spec.weights_dir)  # a flag may have set it
    scene = Scene(spec, scene.profile, scene.zoo, scene.root, scene.weights)
    scene.compose(Wishes())
    return scene


def _read_pin(said: str, scene: Scene) -> dict[str, Any]:
    """Keys of the spec, else columns, in long form."""
    data = _mapping(said)
    columns = [column.name for column in scene.profile.columns]
    for key in data:
        if key in KEYS[()] and key not in (*PINNABLE, *columns):
            hint = f"columns by name, or one of {', '.join(PINNABLE)}"
            raise _wrong(f"{key!r} can't be pinned while planning", hint)
    changes = {key: value for key, value in data.items() if key in PINNABLE}
    pins = {key: value for key, value in data.items() if key not in PINNABLE}
    named = changes.get("columns", {})
    if isinstance(named, dict) and (pins or named):
        known = scene.spec.columns
        pins = {**named, **pins}
        changes["columns"] = {k: _long(v, k, known.get(k)) for k, v in pins.items()}
    for key, value in changes.items():
        if value == {}:
            raise _empty(key)
    return changes


def _mapping(said: str) -> dict[str, Any]:
    try:
        document = read_document(Path("pin"), said)
    except NoMappingError:
        raise _wrong(f"{said!r} is no pin", "as in `Breed1: categorical`") from None
    except SpecError as error:
        raise _placeless(error) from None
    if document.problems:
        raise _placeless(SpecError(map(document.diagnostic, document.problems)))
    return document.data


def _long(pin: Any, column: str, known: ColumnPin | None) -> Any:
    """The latest word counts: dropping takes back what else is pinned, and the other
    way round."""
    if isinstance(pin, str):
        pin = {"drop": True} if pin == "drop" else {"modality": pin}
    if not pin:
        raise _empty(column)
    if known is None or not isinstance(pin, dict):
        return pin
    given = [f.name for f in fields(known) if getattr(known, f.name) not in (None, ())]
    if pin.get("drop"):
        taken_back = [name for name in given if name != "drop"]
    else:
        taken_back = [name for name in given if name == "drop" and known.drop]
    return {**dict.fromkeys(taken_back), **pin}


def _placeless(error: SpecError) -> SpecError:
    """The lines of a text that nobody has before them tell nothing."""
    return SpecError(replace(d, where="") for d in error.diagnostics)


def _empty(name: str) -> UserError:
    return _wrong(f"nothing is said of {name!r}", "as in `Breed1: categorical`")


def _wrong(message: str, hint: str) -> UserError:
    return UserError(Diagnostic("L022", message, "", hint))
