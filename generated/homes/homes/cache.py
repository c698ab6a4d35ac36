"""What is made of a text or photo once, on disk, named by all that it depends on."""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from homes.errors import InputError

T = TypeVar("T")


class Frozen(ABC):
    """A pretrained network that is not trained further, loaded when it has to look.

    A run that finds all features in its cache begins without it.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.note: Path | None = None  # where a cache says what the weights are

    @abstractmethod
    def load(self) -> nn.Module:
        """The network, with its weights."""

    @cached_property
    def model(self) -> Any:
        """The network; raises `InputError` where its features came of other weights."""
        model = self.load().eval().to(self.device)
        if self.note and self.note.exists() and self.note.read_text() != digest(model):
            self.note.unlink()
            raise InputError(
                f"{self.source} has changed since its features were cached: start again"
            )
        return model

    def weights(self, cache: Path) -> str:
        """The digest of the weights, as the cache knows it since they were loaded first."""
        folder = Path(self.source.removeprefix("local-dir:"))
        about = [self.source]
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            about.append(f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}")
        name = hashlib.sha256("\n".join(about).encode()).hexdigest()[:16]
        note = self.note = cache / f"{name}.weights"
        if not note.exists():
            weights = digest(self.model)
            cache.mkdir(parents=True, exist_ok=True)
            unfinished = note.with_suffix(f".{os.getpid()}")
            unfinished.write_text(weights)
            unfinished.replace(note)
        return note.read_text()


def digest(model: nn.Module) -> str:
    """What tells the weights of a network from others."""
    weights = hashlib.sha256()
    for tensor in model.state_dict().values():
        weights.update(tensor.cpu().numpy().tobytes())
    return weights.hexdigest()[:16]


def cached(
    folder: Path | None, cells: Mapping[str, T], compute: Callable[[list[T]], Tensor]
) -> Tensor:
    """What `compute` makes of the cells, each named by all that it depends on.

    It is asked for those only that no run has kept in the folder.
    """
    if folder is None or not cells:
        return compute([*cells.values()])
    found: dict[bytes, Tensor] = {}
    for file in folder.glob("*.safetensors"):
        part = load_file(file)
        found.update(zip(map(bytes, part["cells"].numpy()), part["features"]))

    name_of = {hashlib.sha256(name.encode()).digest(): name for name in cells}
    new = [cell for cell in name_of if cell not in found]
    if new:
        features = compute([cells[name_of[cell]] for cell in new])
        folder.mkdir(parents=True, exist_ok=True)
        written = bytearray(b"".join(new))
        named = torch.frombuffer(written, dtype=torch.uint8).view(len(new), -1)
        file = folder / f"{hashlib.sha256(written).hexdigest()[:16]}.safetensors"
        unfinished = file.with_suffix(f".{os.getpid()}")
        save_file({"cells": named, "features": features}, unfinished)
        unfinished.replace(file)
        found.update(zip(new, features))
    return torch.stack([found[cell] for cell in name_of])
