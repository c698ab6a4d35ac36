"""What was asked and answered, as JSON lines: the lock that a later compile replays.

It holds no clock, host, key or path, and is in the order of the questions, however
they were answered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from autom3l.diagnostics import Diagnostic, UserError
from autom3l.llm.budget import NOTHING, Usage
from autom3l.llm.question import Message, Outcome
from autom3l.llm.rungs import Rung

Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]

_CONFIG = ConfigDict(extra="forbid", strict=True)
# What a request consists of, by what a user calls it.
_PARTS = {
    "model": "the model",
    "parameters": "the parameters",
    "schema": "the JSON Schema",
    "prompt": "the prompt",
}


@dataclass(frozen=True, config=_CONFIG)
class Attempt:
    """One answer: what was sent in which way, and what was wrong with it.

    `estimated`: the server did not say what was used.
    """

    rung: Rung
    parameters: dict[str, float | int]
    messages: tuple[Message, ...]
    raw: str
    reasons: tuple[str, ...]
    usage: Usage
    estimated: bool


@dataclass(frozen=True, config=_CONFIG)
class Entry:
    """One exchange. `request` is the hash of model, parameters, schema and prompt.

    `source`: what the decision rests on, the answer of the model or a rule.
    """

    request: Sha256
    pass_name: str
    model: str
    parameters: dict[str, float | int]
    schema: Sha256
    prompt: Sha256
    attempts: tuple[Attempt, ...]
    outcome: Outcome
    answer: Any
    reasons: tuple[str, ...]
    source: Literal["llm", "rule"]

    @property
    def usage(self) -> Usage:
        """Of all attempts."""
        return sum((attempt.usage for attempt in self.attempts), NOTHING)


@dataclass(frozen=True, config=_CONFIG)
class Asked:
    """The part of an entry that is known before an answer."""

    pass_name: str
    model: str
    parameters: dict[str, float | int]
    schema: Sha256
    prompt: Sha256

    @property
    def request(self) -> str:
        """The hash that the answer is kept under."""
        return digest([self.model, self.parameters, self.schema, self.prompt])


def no_copy(_text: str) -> None:
    """Of a transcript that is kept in memory only."""


class Transcript:
    """The entries of an earlier compile, and those of this one.

    `save` is given `everything` whenever an answer has arrived.
    """

    def __init__(
        self,
        text: str = "",
        where: str = "transcript.jsonl",
        save: Callable[[str], None] = no_copy,
    ) -> None:
        """Raises `UserError` with the first line that is no entry."""
        self._earlier = {entry.request: entry for entry in _read(text, where)}
        self._new: dict[str, Entry] = {}
        self._now: dict[str, Entry] = {}
        self._save = save

    def find(self, asked: Asked, *, anew: bool = False) -> Entry | None:
        """The entry of a request; with `anew` only one of this compile."""
        earlier = None if anew else self._earlier.get(asked.request)
        return self._new.get(asked.request, earlier)

    def arrived(self, entry: Entry) -> None:
        """Save an entry that may be lost before `add` gives it its place."""
        self._earlier[entry.request] = entry
        self._save(self.everything())

    def add(self, entry: Entry) -> None:
        """Keep an entry of this compile."""
        self._new[entry.request] = self._now[entry.request] = entry

    def keep(self, asked: Asked) -> Entry:
        """The entry of a request, which stays in the transcript."""
        entry = self._new.get(asked.request) or self._earlier[asked.request]
        self._now[asked.request] = entry
        return entry

    def start_over(self) -> None:
        """From here on the questions come again: those that do not are left out."""
        self._now = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._now.values())

    def text(self) -> str:
        """The entries that this compile rests on, as JSON lines."""
        return "".join(map(_line, self))

    def everything(self) -> str:
        """The same, and what earlier compiles kept: for one that did not get far."""
        entries = {**self._earlier, **self._new}
        return "".join(map(_line, entries.values()))

    def difference(self, asked: Asked) -> str:
        """What keeps a request from its nearest earlier entry of the same pass."""
        same = [e for e in self._earlier.values() if e.pass_name == asked.pass_name]
        if not same:
            return "it holds nothing of this pass"
        changes = [_changes(entry, asked) for entry in same]
        fewest = min(changes, key=len)
        return f"{' and '.join(fewest)} changed"


def digest(value: Any) -> str:
    """The sha256 of a JSON value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _changes(entry: Entry, asked: Asked) -> list[str]:
    changed = [k for k in _PARTS if getattr(entry, k) != getattr(asked, k)]
    names = [_PARTS[key] for key in changed]
    if "model" in changed:
        names[0] = f"the model ({entry.model!r} was asked, {asked.model!r} is now)"
    return names or ["the rules that check the answer"]


def _read(text: str, where: str) -> Iterable[Entry]:
    adapter = TypeAdapter(Entry)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield adapter.validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(map(str, first["loc"]))
            message = f"no entry of a transcript: {key}{': ' if key else ''}"
            hint = "restore the file, or remove it to ask the model again"
            place = f"{where}:{number}"
            problem = Diagnostic("L009", f"{message}{first['msg']}", place, hint)
            raise UserError(problem) from None


def _line(entry: Entry) -> str:
    return json.dumps(asdict(entry), ensure_ascii=False) + "\n"
