"""Frozen features are computed once for each cell."""

from pathlib import Path

import torch
from torch import Tensor, nn

from shelves.cache import cached


def test_a_cell_is_computed_once_for_the_same_weights(tmp_path: Path) -> None:
    asked: list[list[int]] = []

    def double(cells: list[int]) -> Tensor:
        asked.append(cells)
        return torch.tensor([[2.0 * cell] for cell in cells])

    model, other = nn.Linear(1, 1), nn.Linear(1, 1)
    first = cached(tmp_path, model, {"a": 1, "b": 2}, double)
    again = cached(tmp_path, model, {"c": 3, "b": 2}, double)
    once_more = cached(tmp_path, other, {"b": 2}, double)
    assert asked == [[1, 2], [3], [2]]
    assert [t.flatten().tolist() for t in (first, again, once_more)] == [
        [2, 4],
        [6, 4],
        [4],
    ]
