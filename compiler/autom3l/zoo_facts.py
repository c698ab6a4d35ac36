"""Cards held against the libraries they describe; nothing is downloaded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import timm
import torch
from transformers import AutoConfig, AutoModel

from autom3l.card import Card
from autom3l.diagnostics import Diagnostic


def check_facts(cards: Iterable[Card]) -> Iterator[Diagnostic]:
    """Facts that timm or transformers contradict (Z009).

    Models are built without weights on the meta device, so it takes seconds and no
    memory. Cards whose size follows the pipeline have nothing to compare.
    """
    for card in cards:
        for fact, stated, true in _compare(card):
            if stated != true:
                message = f"card {card.name!r} states {fact}: {stated!r}"
                hint = f"{card.library} says {true!r}"
                yield Diagnostic("Z009", message, hint=hint)


Fact = tuple[str, object, object]


def _compare(card: Card) -> Iterator[Fact]:
    if card.kind == "timm":
        yield from _timm(card)
    elif card.kind == "transformer":
        yield from _transformer(card)


def _timm(card: Card) -> Iterator[Fact]:
    with torch.device("meta"):
        model: Any = timm.create_model(card.backbone, pretrained=False, num_classes=0)
        size = model.pretrained_cfg["input_size"]
        width = model.eval()(torch.empty(1, *size)).shape[1]
    yield "parameters", card.parameters, sum(p.numel() for p in model.parameters())
    yield "width", card.width, width
    yield "input_size", card.input_size, size[-1]
    yield "licence", card.licence.lower(), model.pretrained_cfg["license"]


def _transformer(card: Card) -> Iterator[Fact]:
    stated: dict[str, Any] = json.loads(json.dumps(card.architecture))
    config: Any = AutoConfig.for_model(**stated)
    with torch.device("meta"):
        model = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
    yield "parameters", card.parameters, sum(p.numel() for p in model.parameters())
    yield "width", card.width, config.hidden_size
    longest = min(card.max_tokens, config.max_position_embeddings)
    yield "max_tokens", card.max_tokens, longest
