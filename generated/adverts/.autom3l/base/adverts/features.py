"""From rows to tensors, with what was learnt from the training rows."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor
from torch.utils.data import Dataset

from adverts.config import PROJECT, Config
from adverts.image import ImageBackbone, load_photos
from adverts.ngrams import hash_ngrams, rarity
from adverts.text import TextBackbone

Batch = dict[str, Tensor]


def batch_size(batch: Batch) -> int:
    return len(next(iter(batch.values())))


def take(batch: Batch, rows: Tensor) -> Batch:
    """The rows with these numbers or flags."""
    return {name: tensor[rows] for name, tensor in batch.items()}


class Rows(Dataset[Batch]):
    """Tensors of all rows; a batch is one indexing operation, not a loop over rows."""

    def __init__(self, tensors: Batch) -> None:
        self.tensors = tensors

    def __len__(self) -> int:
        return batch_size(self.tensors)

    def __getitems__(self, indices: list[int]) -> Batch:
        return take(self.tensors, torch.tensor(indices))


@dataclass(frozen=True)
class Features:
    """What rows become tensors with; `fit` looks at training rows only."""

    text: TextBackbone
    text_buckets: int
    text_ngrams: int
    text_rarity: list[float]  # of the n-grams in each bucket
    image: ImageBackbone

    @classmethod
    def fit(cls, rows: pd.DataFrame, config: Config) -> "Features":
        buckets, most = config.model.text_buckets, config.model.text_ngrams
        cache = PROJECT / config.data.cache
        return cls(
            text=TextBackbone(config.model.text_backbone, config.model.text_tokens),
            text_buckets=buckets,
            text_ngrams=most,
            text_rarity=rarity(hash_ngrams(rows, buckets, most, cache), buckets),
            image=ImageBackbone(config.model.image_backbone, config.model.image_size),
        )

    @classmethod
    def load(cls, folder: Path, config: Config) -> "Features":
        """What `save` wrote; needs nothing outside of `folder`."""
        fitted = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        return cls(
            **fitted,
            text=TextBackbone(
                str(folder / "text_backbone"), config.model.text_tokens, weights=False
            ),
            text_buckets=config.model.text_buckets,
            text_ngrams=config.model.text_ngrams,
            image=ImageBackbone(
                f"local-dir:{folder / 'image_backbone'}",
                config.model.image_size,
                weights=False,
            ),
        )

    def save(self, folder: Path) -> None:
        fitted = {"text_rarity": self.text_rarity}
        text = json.dumps(fitted, ensure_ascii=False, indent=1)
        (folder / "features.json").write_text(text, encoding="utf-8")
        self.text.save(folder / "text_backbone")
        self.image.save(folder / "image_backbone")

    def transform(self, rows: pd.DataFrame, cache: Path | None = None) -> Batch:
        """The inputs of the model; what is made of a cell once is looked up in `cache`."""
        photos, has_photo = load_photos(rows, self.image.size, cache)
        return {
            "text": self.text.tokens(rows),
            "ngrams": hash_ngrams(rows, self.text_buckets, self.text_ngrams, cache),
            "image": photos,
            "has_image": has_photo,
        }
