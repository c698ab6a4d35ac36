"""The network: every column embedded, late fusion, an ensemble of heads."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from listings.columns import CATEGORICAL, IMAGE, TEXT
from listings.config import ModelConfig
from listings.features import Batch, Features, batch_size
from listings.ngrams import NgramModel
from listings.target import OUTPUTS

# The inputs of each modality, and what they hold where its cells are empty.
MODALITIES: dict[str, dict[str, float]] = {
    "table": {"numbers": torch.nan, "codes": 1},
    "text": {"text": torch.nan, "ngrams": 0},
    "image": {"image": torch.nan},
}


class Network(nn.Module):
    """Embeds each column, concatenates, and predicts with `members` small networks.

    The members share all weights but their input scales and heads (TabM, arXiv
    2410.24210): the accuracy of an ensemble at about the cost of one network.
    """

    def __init__(self, features: Features, config: ModelConfig) -> None:
        super().__init__()
        self.table = TableEncoder(features, config)
        self.skip = nn.Linear(self.table.width, OUTPUTS, bias=False)  # past the trunk
        nn.init.zeros_(self.skip.weight)
        self.text = Adapter(len(TEXT), features.text.width, config)
        self.image = Adapter(len(IMAGE), features.image.width, config)
        width = self.table.width + self.text.width + self.image.width
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
        self.ngrams = NgramModel(features.text_rarity)
        self.modality_dropout = config.modality_dropout

    def forward(self, batch: Batch) -> Tensor:
        """The outputs of each member: (batch, members, OUTPUTS)."""
        if self.training:
            for modality in MODALITIES:
                dropped = torch.rand(batch_size(batch)) < self.modality_dropout
                batch = hide(batch, modality, dropped)
        table = self.table(batch)
        embedded = torch.cat(
            [
                table,
                self.text(batch["text"], ~batch["text"][..., 0].isnan()),
                self.image(batch["image"], ~batch["image"][..., 0].isnan()),
            ],
            dim=1,
        )
        members = self.trunk(embedded[:, None] * self.scales)
        outputs = torch.einsum("bmw,mwo->bmo", members, self.heads) + self.bias
        linear = self.skip(table) + self.ngrams(batch["ngrams"])
        return outputs + linear[:, None]


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
        self.width = (
            len(features.edges) * config.number_width
            + len(CATEGORICAL) * config.level_width
        )

    def forward(self, batch: Batch) -> Tensor:
        parts = [
            self.numbers(batch["numbers"]),
            *(embed(batch["codes"][:, i]) for i, embed in enumerate(self.levels)),
        ]
        return torch.cat(parts, dim=1)


class NumberEmbeddings(nn.Module):
    """Piecewise-linear encoding of numbers over quantile bins (arXiv 2203.05556).

    At first all pieces lie on a line, so that few rows suffice for what is linear.
    """

    starts: Tensor

    def __init__(self, edges: list[list[float]], width: int) -> None:
        super().__init__()
        scaled = [standardised(edge) for edge in edges]
        lowest = torch.stack([edge[0] for edge in scaled])
        spans = pad_sequence([edge.diff() for edge in scaled], batch_first=True)
        slopes = torch.empty(len(edges), width).uniform_(-1.0, 1.0) / width**0.5
        self.register_buffer("starts", torch.arange(spans.shape[1]).float())
        self.pieces = nn.Parameter(spans[..., None] * slopes[:, None])
        self.bias = nn.Parameter(lowest[:, None] * slopes)
        self.missing = nn.Parameter(torch.zeros(len(edges), width))

    def forward(self, places: Tensor) -> Tensor:
        """Places among bins (batch, numbers), NaN if missing, to (batch, numbers * width).

        Of each bin, the share that lies below the number is its input: 1 for those
        which it has passed, 0 for those which it has not reached.
        """
        shares = (places.nan_to_num()[..., None] - self.starts).clamp(0.0, 1.0)
        embedded = torch.einsum("bnk,nkw->bnw", shares, self.pieces) + self.bias
        return torch.where(places.isnan()[..., None], self.missing, embedded).flatten(1)


def standardised(edges: list[float]) -> Tensor:
    """The edges by their mean and standard deviation; 0 where there is but one."""
    values = torch.tensor(edges, dtype=torch.float64)
    distances = values - values.mean()
    distances /= distances.abs().max().clamp(min=1e-307)  # whose squares are numbers
    return (distances / distances.std(correction=0)).nan_to_num().float()


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


def hide(batch: Batch, modality: str, rows: Tensor) -> Batch:
    """The batch as if the flagged rows had no cell of the modality."""
    hidden = dict(batch)
    for name, empty in MODALITIES[modality].items():
        flags = rows.to(batch[name].device).view(-1, *[1] * (batch[name].dim() - 1))
        hidden[name] = batch[name].masked_fill(flags, empty)
    return hidden
