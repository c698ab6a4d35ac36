"""N-grams of texts: names, codes and single words, which an embedding blurs."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.pipeline import FeatureUnion, make_union
from torch import Tensor, nn

from listings.cache import cached
from listings.columns import TEXT
from listings.target import OUTPUTS

CHUNK = 2048  # cells whose n-grams are found at a time
# Each of many n-grams is a small part of its cell, and would learn as slowly.
SCALE = 10.0
# Share of the training rows that must do without. N-grams know the rows that they were
# seen in so soon that the network would have nothing left to learn.
DROPOUT = 0.5


def hash_ngrams(
    rows: pd.DataFrame, buckets: int, most: int, cache: Path | None = None
) -> Tensor:
    """Bucket numbers from 1 of the n-grams of each cell, those of words first; then 0.

    Shape (rows, text columns, at most `most`), cut to the fullest cell.
    """
    cells = rows[TEXT].fillna("").to_numpy().ravel()
    row_of = {text: row for row, text in enumerate(dict.fromkeys(cells))}
    folder = cache and cache / f"{most} of {buckets} n-grams"
    make = partial(_hash, buckets=buckets, most=most)
    hashed = cached(folder, {t: t for t in row_of}, make)
    longest = np.count_nonzero(hashed.numpy(), axis=1).max(initial=1)
    table = hashed[:, :longest][[row_of[cell] for cell in cells]]
    return table.view(len(rows), len(TEXT), longest)


def rarity(ngrams: Tensor, buckets: int) -> list[float]:
    """Smoothed inverse frequency of each bucket among the cells (TF-IDF)."""
    cells = ngrams.flatten(0, 1).numpy()
    frequency = np.bincount(cells.ravel(), minlength=1 + buckets)
    return (np.log((1 + len(cells)) / (1 + frequency)) + 1).round(4).tolist()


class NgramModel(nn.Module):
    """A linear model: what the n-grams of a row add to the outputs, by their rarity.

    It learns together with the network beside it, as in Wide & Deep (arXiv 1606.07792).
    """

    rarity: Tensor

    def __init__(self, rarity: list[float]) -> None:
        super().__init__()
        self.register_buffer("rarity", torch.tensor([0.0, *rarity[1:]]))
        self.weights = nn.EmbeddingBag(len(rarity), OUTPUTS, mode="sum", padding_idx=0)
        nn.init.zeros_(self.weights.weight)

    def forward(self, ngrams: Tensor) -> Tensor:
        """(batch, text columns, n-grams) to (batch, OUTPUTS)."""
        cells = ngrams.flatten(0, 1)
        shares = SCALE * nn.functional.normalize(self.rarity[cells], dim=1)
        added = self.weights(cells, per_sample_weights=shares)
        added = added.view(*ngrams.shape[:2], OUTPUTS).sum(dim=1)
        if self.training:
            added = added * (torch.rand_like(added[:, :1]) >= DROPOUT)
        return added


def _hash(texts: Sequence[str], buckets: int, most: int) -> Tensor:
    table = np.zeros((len(texts), most), dtype=np.int32)
    vectorizer = _vectorizer(buckets)
    for start in range(0, len(texts), CHUNK):
        found = vectorizer.transform(texts[start : start + CHUNK])
        for row, first, end in zip(table[start:], found.indptr, found.indptr[1:]):
            numbers = found.indices[first:end][:most]
            row[: len(numbers)] = 1 + numbers
    return torch.from_numpy(table)


def _vectorizer(buckets: int) -> FeatureUnion:
    """Words and pairs of words in one half of the buckets, parts of words in the other."""
    half = {"n_features": buckets // 2, "alternate_sign": False, "norm": None}
    return make_union(
        HashingVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", **half),
        HashingVectorizer(ngram_range=(3, 5), analyzer="char_wb", **half),
    )
