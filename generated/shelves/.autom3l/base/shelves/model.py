"""The network: every column embedded, late fusion, one vector."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from shelves.columns import CATEGORICAL, IMAGE, TEXT
from shelves.config import ModelConfig
from shelves.features import Batch, Features, batch_size

# The inputs of each modality, and what they hold where its cells are empty.
MODALITIES: dict[str, dict[str, float]] = {
    "table": {"codes": 1},
    "text": {"text": torch.nan},
    "image": {"image": torch.nan},
}


class Network(nn.Module):
    """Brings what is known of a query or an item to a vector; both lie in one space.

    The loss multiplies cosines by a learned scale, as in CLIP (arXiv 2103.00020).
    """

    def __init__(self, features: Features, config: ModelConfig) -> None:
        super().__init__()
        self.table = TableEncoder(features, config)
        self.text = Adapter(len(TEXT), features.text.width, config)
        self.image = Adapter(len(IMAGE), features.image.width, config)
        width = self.table.width + self.text.width + self.image.width
        layers: list[nn.Module] = []
        for _ in range(config.layers):
            layers += [nn.Linear(width, config.width), nn.ReLU()]
            layers += [nn.Dropout(config.dropout)]
            width = config.width
        self.trunk = nn.Sequential(*layers, nn.Linear(width, config.width))
        self.log_scale = nn.Parameter(torch.tensor(1 / 0.07).log())
        self.modality_dropout = config.modality_dropout

    def forward(self, batch: Batch) -> Tensor:
        """Vectors of length 1: (batch, width)."""
        if self.training:
            for modality in MODALITIES:
                dropped = torch.rand(batch_size(batch)) < self.modality_dropout
                batch = hide(batch, modality, dropped)
        embedded = torch.cat(
            [
                self.table(batch),
                self.text(batch["text"], ~batch["text"][..., 0].isnan()),
                self.image(batch["image"], ~batch["image"][..., 0].isnan()),
            ],
            dim=1,
        )
        return F.normalize(self.trunk(embedded), dim=1)


class TableEncoder(nn.Module):
    """Embeddings of all numbers and levels of a row, concatenated."""

    def __init__(self, features: Features, config: ModelConfig) -> None:
        super().__init__()
        self.levels = nn.ModuleList(
            # 0 is an unseen level, 1 a missing one.
            nn.Embedding(len(features.levels[column]) + 2, config.level_width)
            for column in CATEGORICAL
        )
        self.width = len(CATEGORICAL) * config.level_width

    def forward(self, batch: Batch) -> Tensor:
        parts = [*(embed(batch["codes"][:, i]) for i, embed in enumerate(self.levels))]
        return torch.cat(parts, dim=1)


class Adapter(nn.Module):
    """Brings columns to one width, all alike; a learned stand-in if absent."""

    def __init__(self, columns: int, embedding: int, config: ModelConfig) -> None:
        super().__init__()
        self.width = columns * config.adapter_width
        self.project = nn.Sequential(
            nn.LayerNorm(embedding),
            nn.Dropout(config.adapter_dropout),
            nn.Linear(embedding, config.adapter_width),
        )
        self.stand_ins = nn.Parameter(torch.zeros(columns, config.adapter_width))

    def forward(self, embedded: Tensor, present: Tensor) -> Tensor:
        """(batch, columns, embedding) and flags to (batch, columns * width)."""
        projected = self.project(embedded.nan_to_num())
        return torch.where(present[..., None], projected, self.stand_ins).flatten(1)


def hide(batch: Batch, modality: str, rows: Tensor) -> Batch:
    """The batch as if the flagged rows had no cell of the modality."""
    hidden = dict(batch)
    for name, empty in MODALITIES[modality].items():
        flags = rows.to(batch[name].device).view(-1, *[1] * (batch[name].dim() - 1))
        hidden[name] = batch[name].masked_fill(flags, empty)
    return hidden
