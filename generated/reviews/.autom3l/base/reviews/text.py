"""Text columns: hashed word n-grams, learned from scratch; nothing to download."""

import re
import zlib

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from reviews.columns import TEXT

WORD = re.compile(r"\w+")


def hash_ngrams(rows: pd.DataFrame, buckets: int, max_tokens: int) -> Tensor:
    """Bucket numbers of the words and word pairs of each cell, 0 where there is none.

    Shape (rows, text columns, 2 * max_tokens), cut to the longest cell.
    """
    cells = rows[TEXT].fillna("").to_numpy().ravel()
    hashed = [_hash(cell, buckets, max_tokens) for cell in cells]
    longest = max(map(len, hashed), default=0) or 1
    table = np.zeros((len(hashed), longest), dtype=np.int32)
    for row, codes in zip(table, hashed, strict=True):
        row[: len(codes)] = codes
    return torch.from_numpy(table).view(len(rows), len(TEXT), longest)


def rarity(ngrams: Tensor, buckets: int) -> list[float]:
    """Smoothed inverse frequency of each bucket among the cells (TF-IDF)."""
    cells = ngrams.flatten(0, 1)
    frequency = np.zeros(buckets)
    for cell in cells.numpy():
        frequency[np.unique(cell)] += 1
    return (np.log((1 + len(cells)) / (1 + frequency)) + 1).round(4).tolist()


class TextEncoder(nn.Module):
    """The sum of the embeddings of a cell's n-grams, weighted by their rarity."""

    rarity: Tensor

    def __init__(self, rarity: list[float], width: int) -> None:
        super().__init__()
        self.register_buffer("rarity", torch.tensor([0.0, *rarity[1:]]))
        self.embedding = nn.EmbeddingBag(len(rarity), width, mode="sum", padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=0.1)

    def forward(self, ngrams: Tensor) -> Tensor:
        """(batch, text columns, n-grams) to (batch, text columns, width)."""
        cells = ngrams.flatten(0, 1)
        weights = nn.functional.normalize(self.rarity[cells], dim=1)
        embedded = self.embedding(cells, per_sample_weights=weights)
        return embedded.view(*ngrams.shape[:2], self.embedding.embedding_dim)


def _hash(text: str, buckets: int, max_tokens: int) -> list[int]:
    words = WORD.findall(text.lower())[:max_tokens]
    pairs = [f"{first} {second}" for first, second in zip(words, words[1:])]
    # Python's own hash() is salted per process: checkpoints would not survive.
    return [1 + zlib.crc32(n.encode()) % (buckets - 1) for n in words + pairs]
