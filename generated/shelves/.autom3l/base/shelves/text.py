"""Text columns: frozen sentence embeddings, computed once and kept in a cache."""

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from shelves.cache import Frozen, cached
from shelves.columns import TEXT

BATCH = 32


class TextBackbone(Frozen):
    """A pretrained language model that is not trained further."""

    def __init__(self, source: str, max_tokens: int) -> None:
        super().__init__(source)
        self.max_tokens = max_tokens

    def load(self) -> nn.Module:
        from transformers import AutoModel  # here, for it takes seconds

        return AutoModel.from_pretrained(self.source, dtype=torch.float32)

    @cached_property
    def tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self.source)

    @cached_property
    def width(self) -> int:
        """Of its features, by a first pass: later ones are not as slow."""
        return self._embed(["?"]).shape[1]

    def save(self, folder: Path) -> None:
        self.tokenizer.save_pretrained(folder)
        self.model.save_pretrained(folder)

    def embed(self, rows: pd.DataFrame, cache: Path | None = None) -> Tensor:
        """One embedding per cell, NaN where empty: (rows, text columns, width)."""
        cells = rows[TEXT].fillna("").to_numpy().ravel()
        texts = sorted({cell for cell in cells if cell}, key=lambda t: (len(t), t))
        how = f"mean of {self.max_tokens} tokens: "
        folder = cache and cache / self.weights(cache)
        vectors = cached(folder, {how + t: t for t in texts}, self._embed)
        self.width = vectors.shape[1]
        row_of = {text: i for i, text in enumerate(texts, start=1)}
        table = torch.cat([torch.full((1, self.width), torch.nan), vectors])
        indices = [row_of.get(cell, 0) for cell in cells]
        return table[indices].view(len(rows), len(TEXT), self.width)

    @torch.inference_mode()
    def _embed(self, texts: list[str]) -> Tensor:
        """Texts of similar length share a batch, so that little of it is padding."""
        vectors = []
        for start in tqdm(
            range(0, len(texts), BATCH), "texts", leave=False, disable=None
        ):
            tokens = self.tokenizer(
                texts[start : start + BATCH],
                padding=True,
                truncation=True,
                max_length=self.max_tokens,
                return_tensors="pt",
            ).to(self.device)
            states = self.model(**tokens).last_hidden_state
            mask = tokens["attention_mask"][..., None]
            pooled = (states * mask).sum(dim=1) / mask.sum(dim=1)
            vectors.append(nn.functional.normalize(pooled, dim=1).cpu())
        return torch.cat(vectors) if vectors else torch.empty(0, self.width)
