"""Cards held against the libraries they describe; nothing is downloaded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import timm
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from transformers import (
    AutoConfig,
    AutoModel,
    CLIPTextModelWithProjection,
    SiglipTextModel,
)

from autom3l.card import Card
from autom3l.diagnostics import Diagnostic, did_you_mean

Facts = dict[str, Any]
# The length of text for which cards state their work, if they read as much.
TOKENS = 128
# What the halves of image-text pairs are, by how they pool, and their vector.
HALVES: dict[str | None, tuple[Any, str]] = {
    "clip": (CLIPTextModelWithProjection, "text_embeds"),
    "siglip": (SiglipTextModel, "pooler_output"),
}
# The most work of a class of size, in billions of operations.
SIZES = {"tiny": 3.0, "small": 20.0, "base": 50.0}


def check_facts(cards: Iterable[Card]) -> Iterator[Diagnostic]:
    """Facts that timm or transformers contradict (Z009), and cards that they can't
    build (Z010).

    Models are built without weights on the meta device: half a second for each, and no
    memory. Cards whose size follows the pipeline have nothing to compare.
    """
    for card in cards:
        facts = library_facts(card)
        if isinstance(facts, Diagnostic):
            yield facts
            continue
        for fact, true in facts.items():
            stated = getattr(card, fact)
            if stated != true:
                message = f"card {card.name!r} states {fact}: {stated!r}"
                hint = f"{card.library} says {true!r}"
                yield Diagnostic("Z009", message, hint=hint)


def library_facts(card: Card) -> Facts | Diagnostic:
    """What the library says of the facts that it knows, or why it can't (Z010)."""
    try:
        return _facts(card)
    except Exception as error:  # whatever a library raises about a team's own card
        message = f"card {card.name!r}: {card.library} can't build it"
        hint = str(error).strip().partition("\n")[0]
        return Diagnostic("Z010", message, hint=hint)


def _facts(card: Card) -> Facts:
    if card.kind == "timm":
        return _timm(card)
    if card.kind == "transformer":
        return _transformer(card)
    return {}


def _timm(card: Card) -> Facts:
    names = timm.list_pretrained()
    if card.backbone not in names:
        hint = did_you_mean(card.backbone, names)
        raise ValueError(f"no pretrained model {card.backbone!r}; {hint}")
    with torch.device("meta"):
        model: Any = timm.create_model(card.backbone, pretrained=False, num_classes=0)
        settings = model.pretrained_cfg
        facts = _measured(model, torch.empty(1, *settings["input_size"]))
    licence = settings["license"]
    return {
        **facts,
        "input_size": settings["input_size"][-1],
        "fixed_size": bool(settings.get("fixed_input_size")),
        # Cards write it in the usual case.
        "licence": card.licence if card.licence.lower() == licence else licence,
    }


def _transformer(card: Card) -> Facts:
    stated: dict[str, Any] = json.loads(json.dumps(card.architecture))
    config: Any = AutoConfig.for_model(**stated, attn_implementation="eager")
    if card.pooling in HALVES:
        return _half(card, config)
    with torch.device("meta"):
        model = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
        size = getattr(config, "embedding_size", config.hidden_size)
        # Token numbers would be looked at for padding, which meta tensors can't be.
        facts = _measured(model, inputs_embeds=torch.empty(1, TOKENS, size))
    longest = min(card.max_tokens, _positions(model, config))
    return {**facts, "max_tokens": longest}


def _half(card: Card, config: Any) -> Facts:
    kind, vector = HALVES[card.pooling]
    tokens = min(TOKENS, card.max_tokens)
    with torch.device("meta"):
        words = torch.zeros(1, tokens, dtype=torch.long)
        facts = _measured(kind(config), words, vector=vector)
    return {**facts, "max_tokens": config.max_position_embeddings}


def _positions(model: nn.Module, config: Any) -> int:
    """The longest text: RoBERTa and its kin count from behind the padding token."""
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            padding = -1 if module.padding_idx is None else module.padding_idx
            return module.num_embeddings - padding - 1
    return int(config.max_position_embeddings)


def _measured(
    model: Any, *inputs: Any, vector: str = "last_hidden_state", **named: Any
) -> Facts:
    """Parameters, values per input, and the work of one pass to three digits."""
    model.eval().requires_grad_(False)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        output = model(*inputs, **named)
    vectors = getattr(output, vector, output)
    gflops = float(f"{counter.get_total_flops() / 1e9:.3g}")
    return {
        "parameters": sum(p.numel() for p in model.parameters()),
        "width": vectors.shape[-1],
        "gflops": gflops,
        "size": next((n for n, most in SIZES.items() if gflops <= most), "large"),
    }
