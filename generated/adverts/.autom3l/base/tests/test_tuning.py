"""Pretrained weights: which of them learn, how fast, and in how much memory."""

from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from adverts.checkpoint import load_run
from adverts.config import Config
from adverts.data import load_parts
from adverts.features import Batch, Features, batch_size
from adverts.model import Network
from adverts.text import lengths
from adverts.train import train
from adverts.tuning import MicroBatches, SimilarLengths, parameter_groups


@pytest.fixture
def features(config: Config) -> Features:
    return Features.fit(load_parts(config.data, seed=0).train, config)


def test_the_text_backbone_is_tuned(
    config: Config, features: Features, tmp_path: Path
) -> None:
    before = dict(features.text.build().named_parameters())
    train(config, tmp_path / "run")
    model = load_run(tmp_path / "run").network.language.model.cpu()
    after = dict(model.named_parameters())
    assert before.keys() == after.keys()
    assert not all(torch.allclose(before[name], after[name]) for name in before)


def test_the_image_backbone_is_tuned(
    config: Config, features: Features, tmp_path: Path
) -> None:
    before = dict(features.image.build().named_parameters())
    train(config, tmp_path / "run")
    model = load_run(tmp_path / "run").network.photos.model.cpu()
    after = dict(model.named_parameters())
    assert before.keys() == after.keys()
    assert not all(torch.allclose(before[name], after[name]) for name in before)


def test_every_weight_that_learns_has_its_rate(
    config: Config, features: Features
) -> None:
    network = Network(features, config.model)
    groups = parameter_groups(network, config.train)
    rates = {id(weight): group["lr"] for group in groups for weight in group["params"]}
    assert rates.keys() == {id(p) for p in network.parameters() if p.requires_grad}
    assert sum(len(group["params"]) for group in groups) == len(rates)
    assert rates[id(network.heads)] == config.train.lr
    weights = list(network.language.model.parameters())
    assert rates[id(weights[-1])] == config.train.backbone_lr
    assert rates[id(weights[0])] < config.train.backbone_lr
    weights = list(network.photos.model.parameters())
    assert rates[id(weights[-1])] == config.train.backbone_lr
    assert rates[id(weights[0])] < config.train.backbone_lr


def loss_of(rows: Batch) -> Tensor:
    return (rows["x"] @ WEIGHTS).square().mean()


WEIGHTS = nn.Parameter(torch.ones(2))


def test_micro_batches_have_the_gradients_of_their_batch() -> None:
    accelerator = Accelerator()
    optimizer = accelerator.prepare(torch.optim.SGD([WEIGHTS], 0.1))
    batch = {"x": torch.arange(14.0).view(7, 2)}
    gradients = []
    for rows in (7, 3):
        loss = MicroBatches(accelerator, optimizer, rows).backward(batch, loss_of)
        assert loss.item() == pytest.approx(loss_of(batch).item())
        assert WEIGHTS.grad is not None
        gradients.append(WEIGHTS.grad.clone())
    torch.testing.assert_close(gradients[0], gradients[1])


def test_a_batch_that_is_too_large_is_tried_in_smaller_parts() -> None:
    accelerator = Accelerator()
    optimizer = accelerator.prepare(torch.optim.SGD([WEIGHTS], 0.1))
    micro_batches = MicroBatches(accelerator, optimizer, 64)
    sizes = []

    def hungry(rows: Batch) -> Tensor:
        sizes.append(batch_size(rows))
        if batch_size(rows) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return loss_of(rows)

    batch = {"x": torch.arange(14.0).view(7, 2)}
    loss = micro_batches.backward(batch, hungry)
    assert loss.item() == pytest.approx(loss_of(batch).item())
    assert sizes == [7, 3, 1, 1, 1, 1, 1, 1, 1]
    micro_batches.rows = 64
    with pytest.raises(RuntimeError, match="another"):
        micro_batches.backward(batch, another)


def another(rows: Batch) -> Tensor:
    raise RuntimeError("another error")


def test_every_row_once_and_little_padding() -> None:
    tokens = torch.full((100, 1, 20), -1)
    for row, cell in enumerate(tokens):
        cell[0, : row % 20] = 1
    sampler = SimilarLengths(lengths(tokens), batch_size=8)
    torch.manual_seed(0)
    first, second = list(sampler), list(sampler)
    assert sorted(first) == sorted(second) == list(range(100))
    assert first != second
    torch.manual_seed(0)
    assert list(sampler) == first
    longest = [max(row % 20 for row in first[i : i + 8]) for i in range(0, 100, 8)]
    assert sum(longest) / len(longest) < 12  # of random batches, about 18


def test_padding_and_empty_cells_change_nothing(
    config: Config, features: Features
) -> None:
    encoder = Network(features, config.model).language.eval()
    tokens = torch.tensor([[[2, 4, -1, -1]], [[2, 4, 5, 3]], [[-1] * 4]])
    together, alone = encoder(tokens), encoder(tokens[:1, :, :2])
    torch.testing.assert_close(together[:1], alone)
    assert not together[2].any()
    assert encoder(tokens[2:]).shape == alone.shape
    assert encoder(tokens[:0]).shape[0] == 0


def test_missing_photos_change_nothing(config: Config, features: Features) -> None:
    encoder = Network(features, config.model).photos.eval()
    size = config.model.image_size
    photos = torch.randint(0, 255, (3, 1, 3, size, size), dtype=torch.uint8)
    there = torch.tensor([[True], [False], [True]])
    embedded = encoder(photos, there)
    torch.testing.assert_close(embedded[2:], encoder(photos[2:], there[2:]))
    assert not embedded[1].any()
    assert encoder(photos[:0], there[:0]).shape[0] == 0
