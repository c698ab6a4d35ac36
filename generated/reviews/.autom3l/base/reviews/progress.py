"""Training that can be interrupted, and the average of its best checkpoints."""

from collections.abc import Callable
from pathlib import Path

import torch
from accelerate.optimizer import AcceleratedOptimizer
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler

from reviews.model import Network

State = dict[str, Tensor]


class Progress:
    """Where training stands after each epoch; `best` holds (score, epoch), best first."""

    def __init__(
        self,
        out: Path,
        network: Network,
        optimizer: AcceleratedOptimizer,
        schedule: LRScheduler,
        keep: int,
    ) -> None:
        self.out = out
        self.parts = {"network": network, "optimizer": optimizer, "schedule": schedule}
        self.keep = keep
        self.epoch = 0
        self.best: list[tuple[float, int]] = []

    @property
    def best_epoch(self) -> int:
        return self.best[0][1]

    def update(self, epoch: int, score: float, write: bool) -> None:
        """Count a finished epoch; `write` its state to disk."""
        self.epoch = epoch + 1
        ranked = sorted([*self.best, (score, epoch)], key=lambda e: (-e[0], e[1]))
        self.best = ranked[: self.keep]
        if not write:
            return
        if (score, epoch) in self.best:
            self._file(epoch).parent.mkdir(parents=True, exist_ok=True)
            save_file(self.parts["network"].state_dict(), self._file(epoch))
        state = {name: part.state_dict() for name, part in self.parts.items()}
        unfinished = self.out / "resume.pt.new"
        torch.save(state | {"epoch": self.epoch, "best": self.best}, unfinished)
        unfinished.replace(self.out / "resume.pt")
        for _, dropped in ranked[self.keep :]:
            self._file(dropped).unlink(missing_ok=True)

    def load(self) -> None:
        """Go on from the last finished epoch, from the start if there is none."""
        if not (self.out / "resume.pt").exists():
            return
        state = torch.load(self.out / "resume.pt", weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(state[name])
        self.epoch, self.best = state["epoch"], state["best"]

    def checkpoints(self) -> list[State]:
        """The weights of the best epochs, best first."""
        return [load_file(self._file(epoch)) for _, epoch in self.best]

    def _file(self, epoch: int) -> Path:
        return self.out / "checkpoints" / f"epoch-{epoch:03d}.safetensors"


def average(
    network: Network, checkpoints: list[State], validate: Callable[[], float]
) -> float:
    """Leave the greedy soup (arXiv 2203.05482) in `network`; return its score.

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
    return best


def _mean(states: list[State]) -> State:
    return {
        name: torch.stack([state[name].float() for state in states]).mean(dim=0)
        for name in states[0]
    }
