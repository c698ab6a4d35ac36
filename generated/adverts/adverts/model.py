"""The network: every column embedded, late fusion, an ensemble of heads."""

import torch
from torch import Tensor, nn

from adverts.columns import IMAGE, TEXT
from adverts.config import ModelConfig
from adverts.features import Batch, Features, batch_size
from adverts.image import ImageEncoder
from adverts.ngrams import NgramModel
from adverts.target import OUTPUTS
from adverts.text import TextEncoder

# The inputs of each modality, and what they hold where its cells are empty.
MODALITIES: dict[str, dict[str, float]] = {
    "text": {"text": -1, "ngrams": 0},
    "image": {"has_image": 0},
}


class Network(nn.Module):
    """Embeds each column, concatenates, and predicts with `members` small networks.

    The members share all weights but their input scales and heads (TabM, arXiv
    2410.24210): the accuracy of an ensemble at about the cost of one network.
    """

    def __init__(self, features: Features, config: ModelConfig) -> None:
        super().__init__()
        self.language = TextEncoder(features.text)
        self.text = Adapter(len(TEXT), self.language.width, config)
        self.photos = ImageEncoder(features.image)
        self.image = Adapter(len(IMAGE), self.photos.width, config)
        width = self.text.width + self.image.width
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
        embedded = torch.cat(
            [
                self.text(self.language(batch["text"]), batch["text"][..., 0] >= 0),
                self.image(
                    self.photos(batch["image"], batch["has_image"]), batch["has_image"]
                ),
            ],
            dim=1,
        )
        members = self.trunk(embedded[:, None] * self.scales)
        outputs = torch.einsum("bmw,mwo->bmo", members, self.heads) + self.bias
        return outputs + self.ngrams(batch["ngrams"])[:, None]


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
        columns = embedded.unbind(dim=1)
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
