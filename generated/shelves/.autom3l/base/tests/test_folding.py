"""Batch norms folded into convolutions change nothing but the speed."""

import pytest
import timm
import torch
from torch import nn

from shelves.folding import fold_batch_norms


def norms(network: nn.Module) -> list[nn.BatchNorm2d]:
    return [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]


@pytest.mark.parametrize("name", ["test_efficientnet", "test_resnet"])
def test_a_folded_network_answers_as_before(name: str) -> None:
    network = timm.create_model(name, num_classes=0).eval()
    for norm in norms(network):
        norm.running_mean = torch.randn(norm.num_features)
        norm.running_var = 0.5 + torch.rand(norm.num_features)
        nn.init.normal_(norm.bias)
    photos = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        before = network(photos)
        folded = fold_batch_norms(network)
        torch.testing.assert_close(folded(photos), before, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(network(photos), before)
    assert norms(network) and not norms(folded)


def test_a_norm_of_what_others_read_too_stays() -> None:
    class Fork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)

        def forward(self, photos: torch.Tensor) -> torch.Tensor:
            seen = self.conv(photos)
            return seen + self.norm(seen)

    assert norms(fold_batch_norms(Fork().eval()))


def test_a_network_that_cannot_be_traced_stays_as_it_is() -> None:
    class Choosing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm2d(3)

        def forward(self, photos: torch.Tensor) -> torch.Tensor:
            return self.norm(photos) if photos.sum() > 0 else photos

    network = Choosing().eval()
    assert fold_batch_norms(network) is network
