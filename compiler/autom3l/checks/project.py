"""The project can be named, and its table read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from autom3l.checks.subject import Subject
from autom3l.defaults.memory import can_stream
from autom3l.defaults.naming import clashes
from autom3l.diagnostics import Diagnostic

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_.][A-Za-z0-9]+)*")


def names(subject: Subject) -> Iterator[Diagnostic]:
    """A distribution and a package that can be installed and imported (P250)."""
    pipeline = subject.pipeline
    if not _NAME.fullmatch(pipeline.name):
        message = f"{pipeline.name!r} is no project name"
        hint = "letters, digits and single hyphens, a letter first"
        yield Diagnostic("P250", message, "name", hint)
    package = pipeline.package
    if not (package.isidentifier() and package.isascii() and package.islower()):
        message = f"{package!r} is no package name"
        hint = "small letters, digits and underscores, a letter first"
        yield Diagnostic("P250", message, "package", hint)
    elif clashes(package):
        message = f"a package named {package!r} would clash with one it needs"
        yield Diagnostic("P250", message, "package", f"{package}_model")


def files(subject: Subject) -> Iterator[Diagnostic]:
    """Paths without control characters; signs and encoding of CSV (P251)."""
    data = subject.pipeline.data
    for name in ("root", "train"):
        if not getattr(data, name):
            yield Diagnostic("P251", "no path", f"data.{name}")
    for name in ("root", "train", "validation", "test", "images", "weights"):
        path = getattr(data, name)
        if not path.isprintable():
            message = f"control characters in {path!r}"
            yield Diagnostic("P251", message, f"data.{name}")
    for name in ("separator", "quote"):
        sign = getattr(data, name)
        if len(sign) != 1 or sign in "\r\n":
            yield Diagnostic("P251", f"{sign!r} is not one sign", f"data.{name}")
    if not _is_encoding(data.encoding):
        yield Diagnostic("P251", f"no encoding {data.encoding!r}", "data.encoding")


def rows(subject: Subject) -> Iterator[Diagnostic]:
    """Only rows without texts, photos and sides are read in chunks (P247)."""
    pipeline = subject.pipeline
    possible = can_stream(pipeline.task, pipeline.encoders, pipeline.pairs)
    if pipeline.data.streamed and not possible:
        message = "rows with texts, photos or two sides can't be read in chunks"
        yield Diagnostic("P247", message, "data.streamed", "set it to false")


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
