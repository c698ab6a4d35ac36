"""What a run leaves behind: weights as safetensors, everything else JSON or TOML."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from adverts import target
from adverts.config import Config, load_config, save_config
from adverts.features import Batch, Features
from adverts.model import Network
from adverts.text import lengths

BATCH = 64


@dataclass(frozen=True)
class Run:
    """A trained model and all that it needs to predict."""

    config: Config
    features: Features
    network: Network


def save_run(run: Run, folder: Path) -> None:
    """Write the run; `load_run` needs nothing but this folder."""
    save_config(run.config, folder / "config.toml")
    run.features.save(folder)
    # Last, so that a folder with weights is a complete one.
    save_file(run.network.state_dict(), folder / "model.safetensors")


def is_finished(folder: Path) -> bool:
    """Whether the folder holds a whole run."""
    return (folder / "model.safetensors").exists()


def load_run(folder: Path) -> Run:
    """The run as it was saved; raises `FileNotFoundError` for an unfinished one."""
    weights = load_file(folder / "model.safetensors")
    config = load_config(folder / "config.toml")
    features = Features.load(folder, config)
    network = Network(features, config.model)
    network.load_state_dict(weights)
    network.to(torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    return Run(config, features, network.eval())


@torch.inference_mode()
def compute_outputs(network: Network, batch: Batch) -> Tensor:
    """Probabilities of all rows, on the CPU: (rows, classes)."""
    device = network.scales.device
    network.eval()
    outputs = []
    # Rows of similar length share a chunk, so that little of it is padding.
    order = lengths(batch["text"]).argsort()
    for rows in order.split(BATCH):  # no rows: one empty chunk
        chunk = {name: tensor[rows].to(device) for name, tensor in batch.items()}
        outputs.append(target.outputs(network(chunk)).cpu())
    return torch.cat(outputs)[order.argsort()]
