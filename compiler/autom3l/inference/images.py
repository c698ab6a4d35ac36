"""Image paths: they count only when the files are there and open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from autom3l.column import ListFormat
from autom3l.inference.facts import Facts, Verdict, quoted, share
from autom3l.inference.lists import BRACKETS, split_items

_SUFFIX = re.compile(
    r"(?!\w+://).+\.(?:jpe?g|png|gif|bmp|webp|tiff?|jfif|ppm|pgm)", re.IGNORECASE
)
_SEPARATORS = ("|", ";", ",", " ")
SAMPLE = 64
MAX_UNOPENABLE = 0.5


@dataclass(frozen=True)
class ImageCount:
    """How a sample of paths fared; `names` are a few that did not open."""

    tried: int
    absent: int
    corrupt: int
    names: tuple[str, ...]

    @property
    def opened(self) -> int:
        """Paths that an image was read from."""
        return self.tried - self.absent - self.corrupt

    def describe(self) -> str:
        """What became of the paths, for a sentence."""
        return (
            f"{self.tried - self.opened} of {self.tried} sampled image files do not "
            f"open ({self.absent} absent, {self.corrupt} corrupt: {quoted(self.names)})"
        )

    @property
    def unopenable(self) -> float:
        """Share of the paths tried that no image was read from."""
        return 1 - self.opened / self.tried if self.tried else 0.0


def images(facts: Facts, folder: Path) -> tuple[Verdict, ImageCount] | None:
    """Whether the cells are image paths below `folder`; opens headers only.

    Lists in brackets are taken for images only where most of the files are there.
    """
    format_ = _format(facts.sample) if facts.sample else None
    if format_ is None:
        return None
    count = open_sample(_named(facts, format_), folder)
    if format_.brackets and count.unopenable > MAX_UNOPENABLE:
        return None
    several = " Several images stand in one cell." if format_.separator else ""
    return (
        Verdict(
            modality="image",
            reason=f"The cells are paths of image files that exist and open.{several}",
            confidence=0.99 if not count.unopenable else 0.9,
            evidence=(
                f"{count.opened} of {count.tried} sampled files open, "
                f"{count.absent} absent, {count.corrupt} corrupt"
            ),
            missing=facts.missing,
            items=format_ if format_.separator else None,
        ),
        count,
    )


def open_sample(paths: list[str], folder: Path) -> ImageCount:
    """Tries up to `SAMPLE` paths spread over the list."""
    tried = _spread(paths)
    states = {path: _state(folder / path) for path in tried}
    bad = tuple(path for path, state in states.items() if state != "open")
    return ImageCount(
        tried=len(tried),
        absent=sum(state == "absent" for state in states.values()),
        corrupt=sum(state == "corrupt" for state in states.values()),
        names=bad[:3],
    )


def tried(facts: Facts, folder: Path) -> list[Path]:
    """The files that `images` looks at, whether they are there or not."""
    format_ = _format(facts.sample) if facts.sample else None
    names = _spread(_named(facts, format_)) if format_ else []
    return [folder / name for name in names]


def _named(facts: Facts, format_: ListFormat) -> list[str]:
    paths = (path for cell in facts.seen for path in _paths(cell, format_))
    return list(dict.fromkeys(paths))


def _spread(paths: list[str]) -> list[str]:
    step = max(1, len(paths) // SAMPLE)
    return paths[::step][:SAMPLE]


def _state(path: Path) -> str:
    # Pillow loads slowly and only tables with images need it.
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    if not path.is_file():
        return "absent"
    try:
        with Image.open(path) as image:
            return "open" if min(image.size) > 0 else "corrupt"
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return "corrupt"


def _format(values: tuple[str, ...]) -> ListFormat | None:
    """One path per cell (an empty separator), or how several are split."""
    if share(map(BRACKETS.fullmatch, values)) >= 0.9:
        listed = ListFormat(",", brackets=True)
        items = [path for value in values for path in _paths(value, listed)]
        return listed if share(map(_SUFFIX.fullmatch, items)) >= 0.9 else None
    if share(map(_SUFFIX.fullmatch, values)) < 0.9:
        return None
    for separator in _SEPARATORS:
        several = [value for value in values if separator in value]
        parts = [p for v in several for p in _paths(v, ListFormat(separator))]
        if parts and len(parts) > len(several) and all(map(_SUFFIX.fullmatch, parts)):
            return ListFormat(separator)
    return ListFormat("")


def _paths(cell: str, format_: ListFormat) -> list[str]:
    return split_items(cell, format_) if format_.separator else [cell]
