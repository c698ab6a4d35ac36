"""A card: the facts of one model that a pipeline may use, and advice in words."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from autom3l.encoders import Pooling

CardModality = Literal["tabular", "text", "image"]
Kind = Literal["mlp", "hashed_ngrams", "transformer", "convnet", "timm"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Count = Annotated[int, Field(ge=0)]
Words = Annotated[str, Field(min_length=1)]
Language = Annotated[str, Field(pattern=r"^([a-z]{2,3}|multilingual|any)$")]

# The modality of each kind, and the facts it needs besides those of every card.
KINDS: dict[Kind, tuple[CardModality, tuple[str, ...]]] = {
    "mlp": ("tabular", ()),
    "hashed_ngrams": ("text", ("max_tokens", "languages")),
    "transformer": (
        "text",
        (
            *("backbone", "folders", "parameters", "width", "gflops"),
            *("max_tokens", "pooling", "languages", "architecture"),
        ),
    ),
    "convnet": ("image", ("input_size",)),
    "timm": (
        "image",
        ("backbone", "folders", "parameters", "width", "gflops", "input_size"),
    ),
}


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class Card:
    """The checked facts of one model, and `advice`: when to choose it, when not.

    `backbone` is its name on the model hub (`AutoModel`) or in timm (`create_model`);
    `folders` are the names under which local weights are looked up. `width` is the
    number of values per text or image, without a classifier; `gflops` the work of a
    forward pass for one image or 128 tokens, in billions of operations (two for each
    multiplication). Those and `parameters` are 0 where they follow the pipeline.
    `size` is the class of that work. `fixed_size`: no other than `input_size` pixels.
    `licence` is an SPDX identifier, or the name that the library gives; `languages` are
    ISO 639-1 codes, `multilingual` or `any`; `domains` what a specialised model was
    trained on. `prefix` stands before every text, where the model was trained so.
    Vectors of cards with the same `space` can be compared, those of a text with those
    of a picture; `pooling` then is how such a model makes one of a text.
    `architecture` is the configuration that transformers builds it from.
    """

    name: Name
    modality: CardModality
    kind: Kind
    library: Literal["torch", "transformers", "timm"]
    licence: Words
    parameters: Count
    width: Count
    download: bool
    size: Literal["tiny", "small", "base", "large"]
    strengths: Annotated[tuple[Words, ...], Field(min_length=1)]
    advice: Words
    gflops: Annotated[float, Field(ge=0)] = 0.0
    backbone: str = ""
    folders: tuple[Words, ...] = ()
    max_tokens: Count = 0
    input_size: Count = 0
    fixed_size: bool = False
    pooling: Pooling | None = None
    languages: tuple[Language, ...] = ()
    domains: tuple[Words, ...] = ()
    prefix: str = ""
    space: str = ""
    architecture: dict[str, str | bool | int | float | tuple[str, ...]] = field(
        default_factory=dict
    )
