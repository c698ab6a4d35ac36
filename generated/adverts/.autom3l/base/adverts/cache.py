"""What is made of a text or photo once, on disk, named by all that it depends on."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

T = TypeVar("T")


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


def cached_photos(
    folder: Path | None, inputs: Iterable[str], decode: Callable[[], dict[str, Tensor]]
) -> dict[str, Tensor]:
    """What `decode` made of the `inputs`, mapped from disk, now or in another run."""
    if folder is None:
        return decode()
    name = hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:16]
    file = folder / f"{name}.safetensors"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        save_file(decode(), file)
    return load_file(file)
