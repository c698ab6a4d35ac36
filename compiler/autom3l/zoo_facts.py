"""Cards held against the libraries they describe; nothing is downloaded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import timm
import torch
from torch.utils.flop_counter import FlopCounterMode
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
# The length of text for which cards state their work.
TOKENS = 128


def _compare(card: Card) -> Iterator[Fact]:
    if card.kind == "timm":
        yield from _timm(card)
    elif card.kind == "transformer":
        yield from _transformer(card)


def _timm(card: Card) -> Iterator[Fact]:
    with torch.device("meta"):
        model: Any = timm.create_model(card.backbone, pretrained=False, num_classes=0)
        size = model.pretrained_cfg["input_size"]
        width, gflops = _run(model, torch.empty(1, *size))
    yield "parameters", card.parameters, sum(p.numel() for p in model.parameters())
    yield "width", card.width, width
    yield "gflops", card.gflops, gflops
    yield "input_size", card.input_size, size[-1]
    yield "licence", card.licence.lower(), model.pretrained_cfg["license"]


def _transformer(card: Card) -> Iterator[Fact]:
    stated: dict[str, Any] = json.loads(json.dumps(card.architecture))
    config: Any = AutoConfig.for_model(**stated, attn_implementation="eager")
    with torch.device("meta"):
        model = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
        size = getattr(config, "embedding_size", config.hidden_size)
        # Token numbers would be looked at for padding, which meta tensors can't be.
        embedded = torch.empty(1, TOKENS, size)
        width, gflops = _run(model, inputs_embeds=embedded)
    yield "parameters", card.parameters, sum(p.numel() for p in model.parameters())
    yield "width", card.width, width
    yield "gflops", card.gflops, gflops
    longest = min(card.max_tokens, config.max_position_embeddings)
    yield "max_tokens", card.max_tokens, longest


def _run(model: Any, *inputs: Any, **named: Any) -> tuple[int, float]:
    """Values per input, and the work of one pass in billions to three digits."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        output = model.eval()(*inputs, **named)
    vectors = getattr(output, "last_hidden_state", output)
    return vectors.shape[-1], float(f"{counter.get_total_flops() / 1e9:.3g}")
