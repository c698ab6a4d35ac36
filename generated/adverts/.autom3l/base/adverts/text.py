"""Text columns: a pretrained language model, tuned with the rest of the network."""

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer

from adverts.columns import TEXT


class TextBackbone:
    """What a pretrained language model needs beside its weights: tokenizer and shape.

    `weights`: the source has them, too; those of a run come with its network.
    """

    def __init__(self, source: str, max_tokens: int, weights: bool = True) -> None:
        self.source = source
        self.max_tokens = max_tokens
        self.weights = weights
        self.tokenizer = AutoTokenizer.from_pretrained(source)
        self.config = AutoConfig.from_pretrained(source)

    def save(self, folder: Path) -> None:
        self.tokenizer.save_pretrained(folder)
        self.config.save_pretrained(folder)

    def build(self) -> nn.Module:
        """The model, new each time."""
        if self.weights:
            model = AutoModel.from_pretrained(self.source, dtype=torch.float32)
        else:
            model = AutoModel.from_config(self.config, dtype=torch.float32)
        model.pooler = None  # of another task, and read by nobody
        return model

    def tokens(self, rows: pd.DataFrame) -> Tensor:
        """Token numbers of each cell, -1 after its end: (rows, text columns, longest)."""
        cells = rows[TEXT].fillna("").to_numpy().ravel().tolist()
        known = [cell for cell in cells if cell]
        settings = {"truncation": True, "max_length": self.max_tokens}
        found = iter(self.tokenizer(known, **settings)["input_ids"] if known else [])
        tokens = [next(found) if cell else [] for cell in cells]
        longest = max(map(len, tokens), default=0) or 1
        table = np.full((len(tokens), longest), -1, dtype=np.int32)
        for row, numbers in zip(table, tokens, strict=True):
            row[: len(numbers)] = numbers
        return torch.from_numpy(table).view(len(rows), len(TEXT), longest)


def lengths(tokens: Tensor) -> Tensor:
    """How many tokens the cells of each row have together: (rows,)."""
    return (tokens >= 0).flatten(1).sum(dim=1)


class TextEncoder(nn.Module):
    """A pretrained language model, all of whose weights learn."""

    def __init__(self, backbone: TextBackbone) -> None:
        super().__init__()
        self.model = backbone.build()
        self.width = backbone.config.hidden_size
        self.padding = backbone.tokenizer.pad_token_id

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, text columns, tokens) to (batch, text columns, width).

        Column by column, for one of titles must not be as long as one of reviews.
        """
        return torch.stack([self._embed(cells) for cells in tokens.unbind(1)], dim=1)

    def _embed(self, cells: Tensor) -> Tensor:
        """Zeros for empty cells."""
        if not len(cells):  # the model takes no empty batch
            return torch.zeros(0, self.width, device=cells.device)
        longest = max(int((cells >= 0).any(dim=0).sum()), 1)
        if cells.is_cuda:  # where each new length costs more than a few tokens
            longest = math.ceil(longest / 8) * 8
        cells = cells[:, :longest]
        mask = cells >= 0
        present = mask[:, :1].clone()
        mask[:, 0] = True  # no row may be without a token
        states = self.model(
            input_ids=cells.where(cells >= 0, self.padding), attention_mask=mask.long()
        ).last_hidden_state
        pooled = (states * mask[..., None]).sum(dim=1) / mask.sum(dim=1)[:, None]
        return pooled.float().where(present, 0)

    def layers(self) -> dict[str, int]:
        """The layer of each weight: 0 embeds, and what follows the last belongs to it."""
        layers, layer = {}, 0
        for name, _ in self.model.named_parameters():
            if number := re.search(r"\.(\d+)\.", name):
                layer = int(number[1]) + 1
            layers[name] = layer
        return layers
