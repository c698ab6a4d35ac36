"""Which encoders start from pretrained weights, and what becomes of those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from autom3l.encoders import Encoders, Tuning

Pretrainable = Literal["text", "image"]

# Names of vision transformers in timm. Their linear layers take adapters; convolutions,
# which other networks mostly consist of, don't.
_TRANSFORMERS = ("vit_", "deit_", "deit3_", "swin_")


@dataclass(frozen=True)
class Backbones:
    """The modalities whose encoder is `pretrained`, by how it is tuned.

    `frozen`: its features are computed once; `full`: all weights are trained; `lora`:
    only adapters beside them. `tuned` are those of the last two.
    """

    pretrained: tuple[Pretrainable, ...]
    frozen: tuple[Pretrainable, ...]
    full: tuple[Pretrainable, ...]
    lora: tuple[Pretrainable, ...]
    tuned: tuple[Pretrainable, ...]


def backbones(encoders: Encoders) -> Backbones:
    """Those of a pipeline, in the order of its branches."""
    tuning: dict[Pretrainable, Tuning] = {}
    if encoders.text and encoders.text.kind == "transformer":
        tuning["text"] = encoders.text.tuning
    if encoders.image and encoders.image.kind == "timm":
        tuning["image"] = encoders.image.tuning

    def those(*modes: Tuning) -> tuple[Pretrainable, ...]:
        return tuple(name for name, mode in tuning.items() if mode in modes)

    return Backbones(
        pretrained=tuple(tuning),
        frozen=those("frozen"),
        full=those("full"),
        lora=those("lora"),
        tuned=those("full", "lora"),
    )


def takes_adapters(backbone: str) -> bool:
    """Whether a vision network, by its name or that of its folder, can take LoRA."""
    return backbone.rpartition("/")[2].startswith(_TRANSFORMERS)
