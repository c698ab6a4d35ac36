"""Training that can be interrupted, and the average of its best checkpoints."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from accelerate.optimizer import AcceleratedOptimizer
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler

from messages import metrics
from messages.config import Config, save_config
from messages.model import Network

State = dict[str, Tensor]


class Progress:
    """Where training stands; `history` holds the scores of each finished epoch."""

    def __init__(
        self,
        out: Path,
        network: Network,
        optimizer: AcceleratedOptimizer,
        schedule: LRScheduler,
        keep: int,
    ) -> None:
        self.out = out
        self.resume_file = out / "resume.pt"
        self.parts = {"network": network, "optimizer": optimizer, "schedule": schedule}
        self.keep = keep
        self.history: list[dict[str, float]] = []

    @property
    def epoch(self) -> int:
        """The next one."""
        return len(self.history)

    @property
    def best(self) -> list[int]:
        """The `keep` best epochs, best first."""
        scores = [metrics.selection(entry) for entry in self.history]
        return sorted(range(len(scores)), key=lambda e: (-scores[e], e))[: self.keep]

    @property
    def waited(self) -> int:
        """Epochs without improvement."""
        return self.epoch - 1 - self.best[0] if self.history else 0

    def update(self, entry: dict[str, float], write: bool) -> None:
        """Count a finished epoch; `write` its state to disk."""
        epoch, before = self.epoch, self.best
        self.history.append({"epoch": epoch, **entry})
        if not write:
            return
        if epoch in self.best:
            self._file(epoch).parent.mkdir(parents=True, exist_ok=True)
            save_file(self.parts["network"].state_dict(), self._file(epoch))
        lines = "".join(json.dumps(past) + "\n" for past in self.history)
        (self.out / "metrics.jsonl").write_text(lines, "utf-8")
        state = {name: part.state_dict() for name, part in self.parts.items()}
        unfinished = self.out / "resume.pt.new"
        torch.save(state | {"history": self.history}, unfinished)
        unfinished.replace(self.resume_file)
        for dropped in set(before) - set(self.best):
            self._file(dropped).unlink(missing_ok=True)

    def load(self) -> None:
        """Go on from the last finished epoch, from the start if there is none."""
        if not self.resume_file.exists():
            return
        state = torch.load(self.resume_file, weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(state[name])
        self.history = state["history"]

    def checkpoints(self) -> list[State]:
        """The weights of the best epochs, best first."""
        return [load_file(self._file(epoch)) for epoch in self.best]

    def _file(self, epoch: int) -> Path:
        return self.out / "checkpoints" / f"epoch-{epoch:03d}.safetensors"


def begin(config: Config, out: Path) -> None:
    """A run with these values, in place of an earlier one: two are never mixed."""
    out.mkdir(parents=True, exist_ok=True)
    for file in (*out.glob("metrics*.json*"), out / "validation.json"):
        file.unlink(missing_ok=True)
    for folder in ("folds", "tensorboard", "checkpoints"):
        shutil.rmtree(out / folder, ignore_errors=True)
    (out / "resume.pt").unlink(missing_ok=True)
    save_config(config, out / "config.toml")


def remove_checkpoints(out: Path) -> None:
    """Remove what only an unfinished run needs."""
    for fold in (out / "folds").iterdir():
        (fold / "resume.pt").unlink(missing_ok=True)
        shutil.rmtree(fold / "checkpoints", ignore_errors=True)


def average(
    network: Network, checkpoints: list[State], validate: Callable[[], float]
) -> None:
    """Leave the greedy soup (arXiv 2203.05482) in `network`.

    A checkpoint joins the average only if that does not score worse.
    """
    chosen: list[State] = []
    best = -float("inf")
    for checkpoint in checkpoints:
        network.load_state_dict(_mean([*chosen, checkpoint]))
        score = validate()
        if score >= best:
            chosen, best = [*chosen, checkpoint], score
    network.load_state_dict(_mean(chosen))


def _mean(states: list[State]) -> State:
    return {
        name: torch.stack([state[name].float() for state in states]).mean(dim=0)
        for name in states[0]
    }
