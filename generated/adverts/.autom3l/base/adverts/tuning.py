"""How pretrained weights are tuned: at their own rates, and a few rows at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.optimizer import AcceleratedOptimizer
from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size
from torch import Tensor, nn
from torch.utils.data import Sampler

from adverts.config import TrainConfig
from adverts.features import Batch, batch_size
from adverts.image import ImageEncoder
from adverts.model import Network
from adverts.text import TextEncoder

POOL = 16  # batches whose rows are sorted by length


def precision() -> str:
    """bfloat16 where the GPU computes in it, else single."""
    gpu = torch.cuda.is_available()
    half = gpu and torch.cuda.is_bf16_supported(including_emulation=False)
    return "bf16" if half else "no"


def parameter_groups(network: Network, settings: TrainConfig) -> list[dict[str, Any]]:
    """Weights by learning rate; linear and convolutional ones decay, nothing else does.

    `lr` is the rate of all that is not pretrained.
    """
    rates: dict[int, float] = {}
    rates |= layer_rates(network.language, settings)
    rates |= layer_rates(network.photos, settings)
    dense = nn.Linear | nn.Conv2d
    decayed = {id(m.weight) for m in network.modules() if isinstance(m, dense)}
    groups: defaultdict[tuple[float, float], list[nn.Parameter]] = defaultdict(list)
    for weight in network.parameters():
        decay = settings.weight_decay if id(weight) in decayed else 0.0
        groups[rates.get(id(weight), settings.lr), decay].append(weight)
    return [
        {"params": weights, "lr": lr, "weight_decay": decay}
        for (lr, decay), weights in groups.items()
    ]


def layer_rates(
    encoder: TextEncoder | ImageEncoder, settings: TrainConfig
) -> dict[int, float]:
    """Of each weight, by its id: the nearer to the input, the less it has to change."""
    layers = encoder.layers()
    last = max(layers.values())
    return {
        id(weight): settings.backbone_lr * settings.layer_decay ** (last - layers[name])
        for name, weight in encoder.model.named_parameters()
    }


class MicroBatches:
    """Gradients of a batch, `rows` of it at a time; what is learnt from stays the batch."""

    def __init__(
        self, accelerator: Accelerator, optimizer: AcceleratedOptimizer, rows: int
    ) -> None:
        self.accelerator = accelerator
        self.optimizer = optimizer
        self.rows = rows

    def backward(self, batch: Batch, loss_of: Callable[[Batch], Tensor]) -> Tensor:
        """The loss of the batch, after its gradients have taken the place of others.

        Where memory runs out, the batch starts again with half as many rows at a time.
        """
        while True:
            self.optimizer.zero_grad()
            try:
                return self._backward(batch, loss_of)
            except RuntimeError as error:
                # Of several processes, the others would wait for this one in vain.
                alone = self.accelerator.num_processes == 1
                if self.rows == 1 or not alone or not should_reduce_batch_size(error):
                    raise
            self.rows = min(self.rows, batch_size(batch)) // 2 or 1
            clear_device_cache(garbage_collection=True)
            self.accelerator.print(f"out of memory: {self.rows} rows at a time")

    def _backward(self, batch: Batch, loss_of: Callable[[Batch], Tensor]) -> Tensor:
        size = batch_size(batch)
        total = torch.zeros((), device=self.accelerator.device)
        for start in range(0, size, self.rows):
            rows = {name: t[start : start + self.rows] for name, t in batch.items()}
            loss = loss_of(rows) * (batch_size(rows) / size)
            self.accelerator.backward(loss)
            total += loss.detach()
        return total


class SimilarLengths(Sampler[int]):
    """Every row once in random order, those of a batch of similar length.

    So little of a batch is padding. The order depends on the seed of torch alone, which
    `train` sets anew for every epoch.
    """

    def __init__(self, lengths: Tensor, batch_size: int) -> None:
        self.lengths = lengths
        self.batch_size = batch_size

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        pools = torch.randperm(len(self.lengths)).split(POOL * self.batch_size)
        pools = [pool[self.lengths[pool].argsort(stable=True)] for pool in pools]
        *whole, last = torch.cat(pools).split(self.batch_size)
        for batch in torch.randperm(len(whole)).tolist():
            yield from whole[batch].tolist()
        yield from last.tolist()  # it may be a short one
