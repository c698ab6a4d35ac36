"""Decoded photos on disk, named by all that they depend on."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor


def cached_photos(
    folder: Path | None,
    inputs: Iterable[str],
    decode: Callable[[], dict[str, Tensor]],
) -> dict[str, Tensor]:
    """What `decode` made of the `inputs`, mapped from disk, now or in another run."""
    if folder is None:
        return decode()
    digest = hashlib.sha256("\0".join(inputs).encode())
    file = folder / f"{digest.hexdigest()[:16]}.safetensors"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        save_file(decode(), file)
    return load_file(file)
