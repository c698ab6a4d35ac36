"""What a run leaves behind: weights as safetensors, everything else JSON or TOML."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from leaves import target
from leaves.config import Config, load_config, save_config
from leaves.features import Batch, Features, batch_size
from leaves.model import Network

BATCH = 1024


@dataclass(frozen=True)
class Run:
    """A trained model and all that it needs to predict."""

    config: Config
    features: Features
    network: Network
    decision: list[float]


def save_run(run: Run, folder: Path) -> None:
    """Write the run; `load_run` needs nothing but this folder."""
    save_config(run.config, folder / "config.toml")
    (folder / "decision.json").write_text(json.dumps(run.decision), "utf-8")
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
    decision = json.loads((folder / "decision.json").read_text("utf-8"))
    return Run(config, features, network.eval(), decision)


@torch.inference_mode()
def compute_outputs(network: Network, batch: Batch) -> Tensor:
    """Probabilities of all rows, on the CPU: (rows, classes)."""
    device = network.scales.device
    network.eval()
    outputs = []
    for start in range(0, max(batch_size(batch), 1), BATCH):  # no rows: one empty chunk
        chunk = {n: t[start : start + BATCH].to(device) for n, t in batch.items()}
        outputs.append(target.outputs(network(chunk)).cpu())
    return torch.cat(outputs)
