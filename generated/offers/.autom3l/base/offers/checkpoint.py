"""What a run leaves behind: weights as safetensors, everything else as text."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from lightgbm import Booster
from safetensors.torch import load_file, save_file
from torch import Tensor

from offers import target
from offers.boosting import blend, boosted_outputs
from offers.config import Config, load_config, save_config
from offers.errors import InputError
from offers.features import Batch, Features, batch_size
from offers.model import Network

BATCH = 1024


@dataclass(frozen=True)
class Run:
    """Trained models and all that they need to predict."""

    config: Config
    features: Features
    networks: list[Network]  # of the folds
    boosters: list[Booster]
    share: float  # of the boosters in what is predicted
    decision: float

    def outputs(self, batch: Batch) -> Tensor:
        """Probabilities of all rows, on the CPU: (rows, classes)."""
        outputs = _mean(compute_outputs(network, batch) for network in self.networks)
        boosted = _mean(boosted_outputs(booster, batch) for booster in self.boosters)
        return blend(outputs, boosted, self.share)


def fold_folders(folder: Path, config: Config) -> list[Path]:
    """Where a run keeps what belongs to each fold."""
    return [folder / "folds" / str(n) for n in range(config.train.folds)]


def save_run(run: Run, scores: dict[str, float], folder: Path) -> None:
    """Write the run; `load_run` needs nothing but this folder."""
    save_config(run.config, folder / "config.toml")
    run.features.save(folder)
    members = zip(fold_folders(folder, run.config), run.networks, run.boosters)
    for fold, network, booster in members:
        save_file(network.state_dict(), fold / "model.safetensors")
        booster.save_model(fold / "booster.txt")
    (folder / "share.json").write_text(json.dumps(run.share), "utf-8")
    (folder / "decision.json").write_text(json.dumps(run.decision), "utf-8")
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
    folds = fold_folders(folder, config)
    return Run(
        config,
        features,
        [_load_network(fold, features, config) for fold in folds],
        [Booster(model_file=fold / "booster.txt") for fold in folds],
        json.loads((folder / "share.json").read_text("utf-8")),
        json.loads((folder / "decision.json").read_text("utf-8")),
    )


@torch.inference_mode()
def compute_outputs(network: Network, batch: Batch) -> Tensor:
    """What `Run.outputs` is made of: the outputs of one network."""
    device = network.scales.device
    network.eval()
    outputs = []
    for start in range(0, max(batch_size(batch), 1), BATCH):  # no rows: one empty chunk
        chunk = {n: t[start : start + BATCH].to(device) for n, t in batch.items()}
        outputs.append(target.outputs(network(chunk)).cpu())
    return torch.cat(outputs)


def _load_network(folder: Path, features: Features, config: Config) -> Network:
    network = Network(features, config.model)
    network.load_state_dict(load_file(folder / "model.safetensors"))
    return network.eval()


def _mean(outputs: Iterable[Tensor]) -> Tensor:
    return torch.stack([*outputs]).mean(dim=0)
