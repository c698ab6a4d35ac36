"""Frozen features are computed once for each cell."""

from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from offers.cache import Frozen, cached, digest
from offers.config import PROJECT, Config
from offers.data import load_parts
from offers.features import Features


class Scale(Frozen):
    """A network of one number, which is in a file; it knows how often it was loaded."""

    loaded = 0

    def load(self) -> nn.Module:
        self.loaded += 1
        model = nn.Linear(1, 1)
        nn.init.constant_(
            model.weight, float((Path(self.source) / "w.txt").read_text())
        )
        return model


def test_a_cell_is_computed_once(tmp_path: Path) -> None:
    asked: list[list[int]] = []

    def double(cells: list[int]) -> Tensor:
        asked.append(cells)
        return torch.tensor([[2.0 * cell] for cell in cells])

    first = cached(tmp_path / "a", {"a": 1, "b": 2}, double)
    again = cached(tmp_path / "a", {"c": 3, "b": 2}, double)
    once_more = cached(tmp_path / "b", {"b": 2}, double)
    assert asked == [[1, 2], [3], [2]]
    assert [t.flatten().tolist() for t in (first, again, once_more)] == [
        [2, 4],
        [6, 4],
        [4],
    ]


def test_a_network_whose_weights_are_known_is_not_loaded(tmp_path: Path) -> None:
    folder, cache = tmp_path / "scale", tmp_path / "cache"
    folder.mkdir()
    scale = partial(Scale, str(folder))
    (folder / "w.txt").write_text("2")
    first, again = scale(), scale()
    known = first.weights(cache)
    assert known == again.weights(cache) == digest(first.model)
    assert (first.loaded, again.loaded) == (1, 0)
    (folder / "w.txt").write_text("3.0")
    other = scale()
    assert other.weights(cache) == digest(other.model) != known


def test_where_all_features_are_known_no_network_is_loaded(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = load_parts(config.data, seed=0).train
    cache = PROJECT / config.data.cache
    first = Features.fit(rows, config).transform(rows, cache)
    monkeypatch.setattr("offers.text.TextBackbone.load", None)
    monkeypatch.setattr("offers.image.ImageBackbone.load", None)
    again = Features.fit(rows, config).transform(rows, cache)
    torch.testing.assert_close(again, first, rtol=0, atol=0, equal_nan=True)


def test_weights_that_changed_unseen_are_an_error(tmp_path: Path) -> None:
    first, other = Scale("here"), Scale("here")
    first.load = lambda: nn.Linear(1, 1)  # type: ignore[method-assign]
    other.load = lambda: nn.Linear(1, 1)  # type: ignore[method-assign]
    assert first.weights(tmp_path) == other.weights(tmp_path)
    with pytest.raises(ValueError, match="here has changed"):
        _ = other.model
    assert other.weights(tmp_path) == digest(other.model)
