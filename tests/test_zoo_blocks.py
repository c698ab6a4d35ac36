"""Every pretrained card is one that the emitted blocks can load and encode with.

`make test` tries the smallest card of each architecture, `make zoo` all of them.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pandas as pd
import pytest
from autom3l.card import Card
from autom3l.column import Column
from autom3l.encoders import Encoders, ImageEncoder, Pooling, TextEncoder
from autom3l.ir import Data, Fusion, Pipeline, Split, Task, Training
from autom3l.rendering import render
from autom3l.resources import templates_dir, zoo_dir
from autom3l.rewrites import rewrite
from autom3l.zoo import load_zoo
from PIL import Image

pytestmark = pytest.mark.slow  # a hundred networks are built

CARDS = load_zoo([zoo_dir()]).cards
TEXTS = [card for card in CARDS if card.kind == "transformer"]
IMAGES = [card for card in CARDS if card.kind == "timm"]


def by_family(cards: Sequence[Card], family: Callable[[Card], Hashable]) -> list[Any]:
    """All cards; those that are not the smallest of their family are marked."""
    smallest: dict[Hashable, Card] = {}
    for card in sorted(cards, key=lambda card: card.gflops):
        smallest.setdefault(family(card), card)
    stands = {card.name for card in smallest.values()}
    every = pytest.mark.every_card
    return [
        pytest.param(card, id=card.name, marks=() if card.name in stands else every)
        for card in cards
    ]


def text_family(card: Card) -> Hashable:
    """What transformers builds it as, and how it is pooled."""
    return card.architecture["model_type"], card.pooling


def image_family(card: Card) -> Hashable:
    """The letters that its name begins with: resnet, convnext, vit."""
    return "".join(takewhile(str.isalpha, card.name))


WORDS = ("[CLS]", "[PAD]", "[SEP]", "[UNK]", "a", "dog", "sleeps", "here")
MAX_TOKENS = 512  # longer ones would take minutes
DEEP = 50  # billions of operations; of what needs more, two layers are built


def project(folder: Path, package: str, column: Column, encoders: Encoders) -> None:
    """The emitted project of one column, in a folder to import from."""
    pipeline = Pipeline(
        version=1,
        name=package,
        package=package,
        data=Data("..", "train.csv", "csv"),
        task=Task("regression", ("price",), "r2"),
        split=Split("random", 0.1, 0.1),
        columns=(column,),
        encoders=encoders,
        fusion=Fusion(1, 1, 16, 0.1, 0.0, 8, 0.2),
        training=Training(1, 8, 1e-3, 0.0, 0.1, 1, 1),
    )
    for path, text in rewrite(render(pipeline, [templates_dir()])).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    """The emitted modules by pooling, and `timm`."""
    folder = tmp_path_factory.mktemp("projects")
    about, photo = Column("about", "text"), Column("photo", "image")
    for pooling in get_args(Pooling):
        text = TextEncoder(
            *("bert-base-uncased", "transformer", "frozen", 64),
            backbone="google-bert/bert-base-uncased",
            pooling=pooling,
        )
        project(folder, f"zoo_{pooling}", about, Encoders(text=text))
    image = ImageEncoder("resnet18", "timm", "frozen", 224, "resnet18.a1_in1k")
    project(folder, "zoo_timm", photo, Encoders(image=image))
    sys.path.insert(0, str(folder))
    modules = {p: importlib.import_module(f"zoo_{p}.text") for p in get_args(Pooling)}
    yield {**modules, "timm": importlib.import_module("zoo_timm.image")}
    sys.path.remove(str(folder))


def save_small(card: Card, folder: Path) -> None:
    """The card's model with two layers and eight words, and a tokenizer for them."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import (
        AutoConfig,
        AutoModel,
        CLIPTextModelWithProjection,
        PreTrainedTokenizerFast,
        SiglipTextModel,
    )

    layers = "n_layers" if "n_layers" in card.architecture else "num_hidden_layers"
    small = {"vocab_size": len(WORDS), layers: 2, "pad_token_id": 1, "bos_token_id": 0}
    ends = {"eos_token_id": 2, "cls_token_id": 0, "sep_token_id": 2}
    stated = json.loads(json.dumps(card.architecture))  # lists, no tuples
    config = AutoConfig.for_model(**{**stated, **small, **ends})
    halves = {"clip": CLIPTextModelWithProjection, "siglip": SiglipTextModel}
    build: Any = halves.get(card.pooling or "", AutoModel.from_config)
    build(config).save_pretrained(folder)
    vocabulary = {word: i for i, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast: Any = PreTrainedTokenizerFast
    fast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        # As BERT's: no model may stumble over what others don't know.
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    ).save_pretrained(folder)


@pytest.mark.parametrize("card", by_family(TEXTS, text_family))
def test_a_text_card_encodes_in_its_block(
    card: Card, blocks: dict[str, ModuleType], tmp_path: Path
) -> None:
    import torch

    save_small(card, tmp_path)
    tokens = min(card.max_tokens, MAX_TOKENS)
    backbone: Any = blocks[card.pooling or "mean"].TextBackbone(str(tmp_path), tokens)
    assert backbone.width == card.width
    # The last one is longer than the model can read.
    cells = ["a dog sleeps", "", "a dog sleeps here", "dog " * (tokens + 40)]
    vectors = backbone.embed(pd.DataFrame({"about": cells}))
    assert vectors.shape == (4, 1, card.width)
    assert vectors[1].isnan().all()
    assert torch.allclose(vectors[[0, 2, 3]].norm(dim=2), torch.ones(3, 1), atol=1e-4)
    # What stands beside a text in its batch, and so its padding, changes nothing.
    alone = backbone.embed(pd.DataFrame({"about": cells[:1]}))
    assert torch.allclose(alone[0], vectors[0], atol=1e-4)
    assert not torch.allclose(vectors[0], vectors[2], atol=1e-4)


@pytest.mark.parametrize("card", by_family(IMAGES, image_family))
def test_an_image_card_encodes_in_its_block(
    card: Card,
    blocks: dict[str, ModuleType],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import timm

    create: Any = timm.create_model
    depth = {"depth": 2} if card.gflops > DEEP else {}

    def without_weights(name: str, *, pretrained: bool, num_classes: int) -> Any:
        assert pretrained
        return create(name, pretrained=False, num_classes=num_classes, **depth)

    monkeypatch.setattr(timm, "create_model", without_weights)
    backbone: Any = blocks["timm"].ImageBackbone(card.backbone, card.input_size)
    assert backbone.width == card.width
    photo = tmp_path / "red.png"
    Image.new("RGB", (90, 60), "red").save(photo)
    photos = pd.DataFrame({"photo": [photo, tmp_path / "none.png"]})
    with pytest.warns(UserWarning, match="1 of 2 photos do not open"):
        vectors = backbone.embed(photos)
    assert vectors.shape == (2, 1, card.width)
    assert vectors[0].isfinite().all()
    assert vectors[1].isnan().all()
