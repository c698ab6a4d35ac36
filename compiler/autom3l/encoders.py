"""The part of the IR that turns the cells of a modality into embeddings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from autom3l.column import CONFIG

Tuning = Literal["frozen", "full", "lora"]
Augmentation = Literal["none", "flip_shift"]
Pooling = Literal["mean", "cls", "clip", "siglip"]


@dataclass(frozen=True, config=CONFIG)
class TabularEncoder:
    """Embeddings of all tabular features of a row.

    A number enters through a piecewise-linear encoding with at most `bins` bins (arXiv
    2203.05556), a line at first, and gets `number_width` values, a categorical cell
    `level_width`.
    """

    card: str
    bins: int
    number_width: int
    level_width: int


@dataclass(frozen=True, config=CONFIG)
class TextEncoder:
    """One shared encoder for every text column; `max_tokens` per cell.

    `hashed_ngrams` needs no weights: word n-grams hashed into `buckets` embeddings of
    `width` values.
    `transformer` loads `backbone` (a hub name, or a folder of that name under the
    weights folder) and pools its last hidden states; `clip` (arXiv 2103.00020) and
    `siglip` (arXiv 2502.14786) do so as they were trained to. Its features are computed
    once (`frozen`), all its weights are trained (`full`), or adapters of low rank
    beside them (`lora`, arXiv 2106.09685). `prefix` stands before each text.
    Beside its features may stand a linear model of n-grams of words and letters, of a
    cell at most `ngrams`, hashed into `buckets`, of which 0 is no such model.
    """

    card: str
    kind: Literal["hashed_ngrams", "transformer"]
    tuning: Tuning
    max_tokens: int
    backbone: str = ""
    pooling: Pooling = "mean"
    buckets: int = 0
    ngrams: int = 512
    width: int = 64
    prefix: str = Field(default="", exclude_if=lambda v: not v)


@dataclass(frozen=True, config=CONFIG)
class ImageEncoder:
    """One shared encoder for every image column; images are `size` x `size` RGB.

    `convnet` is a small network trained from scratch; `timm` loads `backbone`, with the
    tunings of a text encoder. `augmentation` varies the photos of networks that train.
    """

    card: str
    kind: Literal["convnet", "timm"]
    tuning: Tuning
    size: int
    backbone: str = ""
    augmentation: Augmentation = "none"


@dataclass(frozen=True, config=CONFIG)
class Encoders:
    """At most one encoder per modality; `None` where the table has no such column.

    `one_space`: texts and pictures get vectors that can be compared with each other.
    """

    tabular: TabularEncoder | None = None
    text: TextEncoder | None = None
    image: ImageEncoder | None = None
    one_space: bool = Field(default=False, exclude_if=lambda v: not v)
