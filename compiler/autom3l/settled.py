"""What the last compile said, where nothing that it depends on was touched since.

Like `make`, by the times and sizes of files. A compile leaves a record in the user's
cache; while it holds, the next one needs to load nothing that reads tables. A record is
of one machine and not part of a project; without one, or in any doubt, everything is
computed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from autom3l import __version__
from autom3l.request import Request
from autom3l.resources import code_changed, zoo_dir

VERSION = 1
MAX_FILES = 20_000
# What a plan may depend on besides files.
_VARIABLES = ("OPENAI_BASE_URL", "OPENAI_API_KEY", "AUTOM3L_API_KEY")

State = dict[str, list[int]]


@dataclass(frozen=True)
class Said:
    """What a compile tells its user: lines with the method of `Console` that takes
    them, and what it ends with, as text and as data."""

    told: tuple[tuple[str, str], ...]
    text: str
    data: dict[str, Any]


def recall(request: Request) -> Said | None:
    """What the last compile said, if the same would be said now."""
    if not _plain(request):
        return None
    try:
        record = json.loads(_place(request).read_bytes())
        if record["version"] != VERSION or record["facts"] != _facts(request):
            return None
        if record["files"] != _state(map(Path, record["files"])):
            return None
        told = tuple((str(kind), str(line)) for kind, line in record["told"])
        return Said(told, str(record["text"]), dict(record["data"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(request: Request, depends: Iterable[Path], said: Said, began: int) -> None:
    """Keep what is to be said until one of the files and folders changes.

    Not where one outside the target changed since the compile began, in nanoseconds of
    the epoch: nobody knows whether it was read before or after. Where the cache can't
    be written there is no record, and nothing is lost.
    """
    if not _plain(request):
        return
    state = _state(depends)
    late = [
        path
        for path, facts in state.items()
        if facts and facts[0] >= began and not Path(path).is_relative_to(request.target)
    ]
    if late or len(state) > MAX_FILES:
        return
    record = {
        "version": VERSION,
        "facts": _facts(request),
        "files": state,
        "told": said.told,
        "text": said.text,
        "data": said.data,
    }
    place = _place(request)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_name(f"{place.name}.{os.getpid()}")
        unfinished.write_text(json.dumps(record), "utf-8")
        unfinished.replace(place)


def folders_below(folder: Path) -> Iterator[Path]:
    """The folder and all in it: what is added, removed or renamed touches one."""
    for place, _, _ in os.walk(folder):
        yield Path(place)


def _plain(request: Request) -> bool:
    """Whether a compile depends on nothing but files, and asks nobody."""
    asks = request.interactive or request.refresh or request.require_llm
    own = request.template_dir or request.zoo_dir
    return not (asks or own or request.from_ir) and request.edits == "refuse"


def _facts(request: Request) -> str:
    """A digest of everything that is no file of a project: no secret is kept."""
    facts = (
        *map(str, astuple(request)),
        str(Path.cwd()),
        *(os.environ.get(name, "") for name in _VARIABLES),
        __version__,
        sys.version,
        code_changed(),
        _state([zoo_dir(), *zoo_dir().glob("*/*"), *map(Path, sys.path)]),
    )
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _place(request: Request) -> Path:
    name = hashlib.sha256(str(request.target.absolute()).encode()).hexdigest()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "autom3l" / "settled" / f"{name}.json"


def _state(places: Iterable[Path]) -> State:
    """When each was last changed, and its size; nothing where it is not."""
    found: State = {}
    for place in places:
        found[str(place)] = []
        with suppress(OSError):
            facts = place.stat()
            found[str(place)] = [facts.st_mtime_ns, facts.st_size, facts.st_ino]
    return found
