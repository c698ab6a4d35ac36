"""Which rows come in one batch: each is to be told apart from all others of it."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.data import Sampler


class Batches(Sampler[list[int]]):
    """Every row once; with `vectors`, those that are alike come together."""

    def __init__(self, rows: int, batch_size: int) -> None:
        self.rows = rows
        self.batch_size = batch_size
        self.vectors: Tensor | None = None  # of the rows, as the network sees them now

    def __len__(self) -> int:
        return -(-self.rows // self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        order = torch.randperm(self.rows)
        if self.vectors is not None:
            order = order[_by_likeness(self.vectors[order], len(self))]
        batches = order.split(self.batch_size)
        for number in torch.randperm(len(batches)).tolist():
            yield batches[number].tolist()


def _by_likeness(vectors: Tensor, batches: int) -> Tensor:
    """An order in which those that are nearest to the same one follow each other.

    So what the network confuses comes in one batch, as hard negatives do.
    """
    nearest = (vectors @ vectors[:batches].T).argmax(dim=1)
    return nearest.argsort(stable=True)
