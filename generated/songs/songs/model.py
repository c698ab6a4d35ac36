"""The network: every column embedded, late fusion, an ensemble of heads."""

import torch
from torch import Tensor, nn

from songs.columns import CATEGORICAL
from songs.config import ModelConfig
from songs.features import Batch, Features
from songs.target import OUTPUTS


class Network(nn.Module):
    """Embeds each column, concatenates, and predicts with `members` small networks.

    The members share all weights but their input scales and heads (TabM, arXiv
    2410.24210): the accuracy of an ensemble at about the cost of one network.
    """

    def __init__(self, features: Features, config: ModelConfig) -> None:
        super().__init__()
        self.table = TableEncoder(features, config)
        width = self.table.width
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
        embedded = torch.cat([self.table(batch)], dim=1)
        members = self.trunk(embedded[:, None] * self.scales)
        return torch.einsum("bmw,mwo->bmo", members, self.heads) + self.bias


class TableEncoder(nn.Module):
    """Embeddings of all numbers and levels of a row, concatenated."""

    def __init__(self, features: Features, config: ModelConfig) -> None:
        super().__init__()
        self.numbers = NumberEmbeddings(features.edges, config.number_width)
        self.levels = nn.ModuleList(
            # 0 is an unseen level, 1 a missing one.
            nn.Embedding(len(features.levels[column]) + 2, config.level_width)
            for column in CATEGORICAL
        )
        n_items = sum(map(len, features.items.values()))
        self.items = nn.Linear(n_items, config.level_width, bias=False)
        self.width = (
            len(features.edges) * config.number_width
            + len(CATEGORICAL) * config.level_width
            + config.level_width
        )

    def forward(self, batch: Batch) -> Tensor:
        parts = [
            self.numbers(batch["numbers"]),
            *(embed(batch["codes"][:, i]) for i, embed in enumerate(self.levels)),
            self.items(batch["items"]),
        ]
        return torch.cat(parts, dim=1)


class NumberEmbeddings(nn.Module):
    """Piecewise-linear encoding of numbers over quantile bins (arXiv 2203.05556)."""

    starts: Tensor

    def __init__(self, edges: list[list[float]], width: int) -> None:
        super().__init__()
        bins = torch.tensor([max(len(edge) - 1, 1) for edge in edges])
        most = int(bins.max())
        self.register_buffer("starts", torch.arange(most).float())
        weight = torch.empty(len(edges), most, width).uniform_(-1.0, 1.0)
        self.weight = nn.Parameter(weight / bins.sqrt()[:, None, None])
        self.bias = nn.Parameter(torch.zeros(len(edges), width))
        self.missing = nn.Parameter(torch.zeros(len(edges), width))

    def forward(self, places: Tensor) -> Tensor:
        """Places among bins (batch, numbers), NaN if missing, to (batch, numbers * width).

        Of each bin, the share that lies below the number is its input: 1 for those
        which it has passed, 0 for those which it has not reached.
        """
        shares = (places.nan_to_num()[..., None] - self.starts).clamp(0.0, 1.0)
        embedded = torch.einsum("bnk,nkw->bnw", shares, self.weight) + self.bias
        missing = places.isnan()[..., None]
        return torch.where(missing, self.missing, embedded.relu()).flatten(1)
