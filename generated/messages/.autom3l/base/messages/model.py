"""The network: every column embedded, late fusion, an ensemble of heads."""

import torch
from torch import Tensor, nn

from messages.columns import TEXT
from messages.config import ModelConfig
from messages.features import Batch, Features
from messages.target import OUTPUTS


class Network(nn.Module):
    """Embeds each column, concatenates, and predicts with `members` small networks.

    The members share all weights but their input scales and heads (TabM, arXiv
    2410.24210): the accuracy of an ensemble at about the cost of one network.
    """

    def __init__(self, features: Features, config: ModelConfig) -> None:
        super().__init__()
        self.text = Adapter(len(TEXT), features.text.width, config)
        width = self.text.width
        signs = torch.randint(0, 2, (config.members, width)) * 2.0 - 1.0
        self.scales = nn.Parameter(signs)
        layers: list[nn.Module] = []
        for _ in range(config.layers):
            layers += [nn.Linear(width, config.width), nn.ReLU()]
            layers += [nn.Dropout(config.dropout)]
            width = config.width
        self.trunk = nn.Sequential(*layers)
        bound = width**-0.5
        heads = torch.empty(config.members, width, OUTPUTS).uniform_(-bound, bound)
        self.heads = nn.Parameter(heads)
        self.bias = nn.Parameter(torch.zeros(config.members, OUTPUTS))

    def forward(self, batch: Batch) -> Tensor:
        """The outputs of each member: (batch, members, OUTPUTS)."""
        embedded = torch.cat(
            [self.text(batch["text"], ~batch["text"][..., 0].isnan())], dim=1
        )
        members = self.trunk(embedded[:, None] * self.scales)
        return torch.einsum("bmw,mwo->bmo", members, self.heads) + self.bias


class Adapter(nn.Module):
    """Brings each column's embedding to one width; a learned stand-in if absent."""

    def __init__(self, columns: int, embedding: int, config: ModelConfig) -> None:
        super().__init__()
        self.width = columns * config.adapter_width
        self.projections = nn.ModuleList(
            nn.Sequential(
                nn.LayerNorm(embedding),
                nn.Dropout(config.adapter_dropout),
                nn.Linear(embedding, config.adapter_width),
            )
            for _ in range(columns)
        )
        self.stand_ins = nn.Parameter(torch.zeros(columns, config.adapter_width))

    def forward(self, embedded: Tensor, present: Tensor) -> Tensor:
        """(batch, columns, embedding) and flags to (batch, columns * width)."""
        columns = embedded.nan_to_num().unbind(dim=1)
        projected = [project(c) for project, c in zip(self.projections, columns)]
        stacked = torch.stack(projected, dim=1)
        return torch.where(present[..., None], stacked, self.stand_ins).flatten(1)
