"""What a run leaves behind: weights as safetensors, everything else as text."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from shelves.blend import blend, frozen_vectors
from shelves.config import Config, load_config, save_config
from shelves.errors import InputError
from shelves.features import Batch, Features, apart, batch_size, by_row
from shelves.model import Network

BATCH = 1024


@dataclass(frozen=True)
class Run:
    """A trained model and all that it needs to search."""

    config: Config
    features: Features
    network: Network
    share: float  # of the frozen features in what is alike

    def vectors(self, inputs: Batch) -> Tensor:
        """Of all rows, on the CPU: (rows, width); inner products say how alike."""
        learned = compute_outputs(self.network, inputs)
        return blend(learned, frozen_vectors(inputs), self.share)

    def sides(self, rows: Batch) -> Tensor:
        """Of both sides of all rows: (rows, sides, width)."""
        return by_row(self.vectors(apart(rows)), rows)


def save_run(run: Run, scores: dict[str, float], folder: Path) -> None:
    """Write the run; `load_run` needs nothing but this folder."""
    save_config(run.config, folder / "config.toml")
    run.features.save(folder)
    save_file(run.network.state_dict(), folder / "model.safetensors")
    (folder / "share.json").write_text(json.dumps(run.share), "utf-8")
    # Last, so that a folder with scores is a complete one.
    (folder / "validation.json").write_text(json.dumps(scores, indent=2), "utf-8")


def finished_scores(folder: Path) -> dict[str, float] | None:
    """The validation of a run, if the folder holds a whole one."""
    scores = folder / "validation.json"
    return json.loads(scores.read_text("utf-8")) if scores.exists() else None


def was_begun(config: Config, folder: Path) -> bool:
    """Whether a run was begun there; raises `InputError` for one with other values."""
    file = folder / "config.toml"
    begun = file.exists()
    if begun and load_config(file) != config:
        raise InputError(f"{folder} is a run with other values: take another --out")
    return begun


def load_run(folder: Path) -> Run:
    """The run as it was saved; raises `FileNotFoundError` for an unfinished one."""
    if not finished_scores(folder):
        raise FileNotFoundError(f"{folder} holds no finished run")
    config = load_config(folder / "config.toml")
    features = Features.load(folder, config)
    return Run(
        config,
        features,
        _load_network(folder, features, config),
        json.loads((folder / "share.json").read_text("utf-8")),
    )


@torch.inference_mode()
def compute_outputs(network: Network, batch: Batch) -> Tensor:
    """What `Run.vectors` is made of: the vectors of the network."""
    device = network.log_scale.device
    network.eval()
    outputs = []
    for start in range(0, max(batch_size(batch), 1), BATCH):  # no rows: one empty chunk
        chunk = {n: t[start : start + BATCH].to(device) for n, t in batch.items()}
        outputs.append(network(chunk).cpu())
    return torch.cat(outputs)


def _load_network(folder: Path, features: Features, config: Config) -> Network:
    network = Network(features, config.model)
    network.load_state_dict(load_file(folder / "model.safetensors"))
    return network.eval()
