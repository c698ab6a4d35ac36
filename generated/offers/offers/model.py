"""The network: every column embedded, late fusion, an ensemble of heads."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from offers.columns import CATEGORICAL, IMAGE, IMAGE_PAIRS, TEXT, TEXT_PAIRS
from offers.config import ModelConfig
from offers.features import Batch, Features, batch_size
from offers.target import OUTPUTS

# The inputs of each modality, and what they hold where its cells are empty.
MODALITIES: dict[str, dict[str, float]] = {
    "table": {"numbers": torch.nan, "codes": 1},
    "text": {"text": torch.nan},
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
        self.text = Adapter(TEXT, TEXT_PAIRS, features.text.width, config)
        self.image = Adapter(IMAGE, IMAGE_PAIRS, features.image.width, config)
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
        return outputs + self.skip(table)[:, None]


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
    """Brings columns to one width, all alike, and compares those of both sides.

    Beside the columns u, v of a pair stand |u - v|, u * v (arXiv 1908.10084) and the
    cosine of their embeddings; a learned stand-in is for a cell that is absent.
    """

    def __init__(
        self,
        columns: list[str],
        pairs: list[tuple[str, str]],
        embedding: int,
        config: ModelConfig,
    ) -> None:
        super().__init__()
        self.left = [columns.index(left) for left, _ in pairs]
        self.right = [columns.index(right) for _, right in pairs]
        width = config.adapter_width
        self.width = len(columns) * width + len(pairs) * (2 * width + 1)
        self.project = nn.Sequential(
            nn.LayerNorm(embedding), nn.Linear(embedding, width)
        )
        # After the comparison: what is dropped of one side would seem to be a difference.
        self.dropout = nn.Dropout(config.adapter_dropout)
        self.stand_ins = nn.Parameter(torch.zeros(len(columns), width))

    def forward(self, embedded: Tensor, present: Tensor) -> Tensor:
        """(batch, columns, embedding) and flags to (batch, width)."""
        embedded = embedded.nan_to_num()
        cells = torch.where(present[..., None], self.project(embedded), self.stand_ins)
        first, second = cells[:, self.left], cells[:, self.right]
        both = present[:, self.left] & present[:, self.right]
        near = F.cosine_similarity(
            embedded[:, self.left], embedded[:, self.right], dim=2
        )
        parts = [cells, (first - second).abs(), first * second, near * both]
        return self.dropout(torch.cat([part.flatten(1) for part in parts], dim=1))


def hide(batch: Batch, modality: str, rows: Tensor) -> Batch:
    """The batch as if the flagged rows had no cell of the modality."""
    hidden = dict(batch)
    for name, empty in MODALITIES[modality].items():
        flags = rows.to(batch[name].device).view(-1, *[1] * (batch[name].dim() - 1))
        hidden[name] = batch[name].masked_fill(flags, empty)
    return hidden
