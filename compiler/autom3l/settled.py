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
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from autom3l import __version__
from autom3l.request import Request
from autom3l.resources import code_changed, zoo_dir

VERSION = 1
MAX_FILES = 20_000
# What a plan may depend on besides files.
VARIABLES = ("OPENAI_BASE_URL", "OPENAI_API_KEY", "AUTOM3L_API_KEY")

State = dict[str, list[int]]


@dataclass(frozen=True)
class Depends:
    """Files and folders that a compile reads, and those that it writes or refuses for
    being another kind of thing."""

    read: Sequence[Path]
    written: Sequence[Path]


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
    # A record may hold anything.
    with _doubting(), suppress(KeyError, TypeError):
        record = json.loads(_place(request).read_bytes())
        paths = (list(map(Path, record[kind])) for kind in ("read", "written"))
        known = Depends(*paths)
        states = record["read"], record["written"]
        if record["facts"] != _facts(request) or _states(known) != states:
            return None
        if not os.access(request.target, os.W_OK | os.X_OK):
            return None
        told = tuple((str(kind), str(line)) for kind, line in record["told"])
        return Said(told, str(record["text"]), dict(record["data"]))
    return None


def remember(request: Request, depends: Depends, said: Said, began: int) -> None:
    """Keep what is to be said until one of the files and folders changes.

    Not where something that was read changed since the compile began, in nanoseconds of
    the epoch: nobody knows whether it was read before or after. Where the cache can't
    be written there is no record, and nothing is lost.
    """
    if not _plain(request):
        return
    with _doubting():
        read, written = _states(depends)
        late = any(max(facts[-2:], default=0) >= began for facts in read.values())
        if late or len(read) + len(written) > MAX_FILES:
            return
        record = {
            "facts": _facts(request),
            "read": read,
            "written": written,
            "told": said.told,
            "text": said.text,
            "data": said.data,
        }
        text, place = json.dumps(record), _place(request)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Under a name that nobody can have put a link at, and for nobody else to read.
        handle, unfinished = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(unfinished).replace(place)


@contextmanager
def _doubting() -> Iterator[None]:
    """Whatever is wrong with a record, without one everything is computed: names that
    are no text, a user without a home, a cache that can't be read or written.
    """
    with suppress(OSError, ValueError, RuntimeError):
        yield


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
        *(os.environ.get(name, "") for name in VARIABLES),
        VERSION,
        __version__,
        sys.version,
        code_changed(),
        _state([*sorted(zoo_dir().glob("*/*")), *map(Path, sys.path)]),
    )
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _place(request: Request) -> Path:
    name = hashlib.sha256(os.fsencode(request.target.absolute())).hexdigest()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "autom3l" / "settled" / f"{name}.json"


def _states(depends: Depends) -> tuple[State, State]:
    """What is read may lie behind links; what is written is none."""
    return _state(depends.read), _state(depends.written, own=True)


def _state(places: Iterable[Path], *, own: bool = False) -> State:
    """Of each: when its content and it itself were changed, and what it is; nothing
    where it is not. Into a folder of the target, users may put what they like.
    """
    found: State = {}
    for place in places:
        found[str(place)] = []
        with suppress(OSError):
            facts = place.lstat() if own else place.stat()
            found[str(place)] = [facts.st_ino, facts.st_mode]
            if not (own and stat.S_ISDIR(facts.st_mode)):
                times = (facts.st_mtime_ns, facts.st_ctime_ns)
                found[str(place)] += [facts.st_size, *times]
    return found
