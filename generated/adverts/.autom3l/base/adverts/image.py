"""Image columns: a pretrained vision network, tuned with the rest of the network."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import timm
import torch
from PIL import Image, ImageOps
from timm.data import resolve_model_data_config
from timm.models import group_parameters
from timm.models._hub import save_config_for_hf
from torch import Tensor, nn
from torch.nn import functional as F

from adverts.cache import cached_photos
from adverts.columns import IMAGE


class ImageBackbone:
    """Where a pretrained vision network comes from.

    `weights`: the source has them, too; those of a run come with its network.
    """

    def __init__(self, source: str, size: int, weights: bool = True) -> None:
        self.source = source
        self.size = size
        self.weights = weights

    def save(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        save_config_for_hf(self.build(), str(folder / "config.json"))

    def build(self) -> nn.Module:
        """The network, new each time."""
        return timm.create_model(self.source, pretrained=self.weights, num_classes=0)


def load_photos(
    rows: pd.DataFrame, size: int, cache: Path | None = None
) -> tuple[Tensor, Tensor]:
    """The photo of each cell, and whether there is one that opens.

    Bytes (rows, image columns, 3, size, size), zeros where there is none; flags (rows,
    image columns). A photo is cropped to its central square. From `cache`, only the
    photos of a batch are read when it is needed.
    """
    cells = rows[IMAGE].to_numpy().ravel()
    states = [_state(c) if isinstance(c, Path) else "" for c in cells]
    found = cached_photos(cache, [f"{size}", *states], lambda: _decoded(cells, size))
    shape = (len(rows), len(IMAGE))
    return found["photos"].view(*shape, 3, size, size), found["present"].view(shape)


def _decoded(cells: np.ndarray, size: int) -> dict[str, Tensor]:
    pixels = np.zeros((len(cells), size, size, 3), dtype=np.uint8)
    present = np.zeros(len(cells), dtype=bool)

    def load(index: int) -> None:
        if isinstance(cells[index], Path):
            photo = open_photo(cells[index])
            if photo:
                pixels[index] = np.asarray(ImageOps.fit(photo, (size, size)))
                present[index] = True

    with ThreadPoolExecutor() as pool:
        list(pool.map(load, range(len(cells))))
    given = sum(isinstance(cell, Path) for cell in cells)
    if absent := given - int(present.sum()):
        warnings.warn(
            f"the photos of {absent} of {given} cells do not open", stacklevel=2
        )
    photos = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
    return {"photos": photos, "present": torch.from_numpy(present)}


def open_photo(path: Path) -> Image.Image | None:
    """The photo in RGB; `None` when it is missing or broken."""
    try:
        with Image.open(path) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def _state(photo: Path) -> str:
    """The photo as it is now: it may be replaced, or come later."""
    seen = photo.stat() if photo.exists() else None
    return f"{photo} {seen.st_size} {seen.st_mtime_ns}" if seen else f"{photo}"


class ImageEncoder(nn.Module):
    """A pretrained vision network, all of whose weights learn."""

    mean: Tensor
    std: Tensor

    def __init__(self, backbone: ImageBackbone) -> None:
        super().__init__()
        network = backbone.build()
        settings = resolve_model_data_config(network)
        for name in ("mean", "std"):
            bytes_ = 255 * torch.tensor(settings[name]).view(3, 1, 1)
            self.register_buffer(name, bytes_, persistent=False)
        with torch.inference_mode():
            empty = torch.zeros(1, 3, backbone.size, backbone.size)
            self.width = network.eval()(empty).shape[1]
        self.model = network

    def train(self, mode: bool = True) -> "ImageEncoder":
        """Batch norms keep their statistics: a batch at a time may be a few photos."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self

    def forward(self, photos: Tensor, present: Tensor) -> Tensor:
        """Bytes (batch, columns, 3, size, size) and flags to (batch, columns, width).

        Zeros where no photo is, which the network does not see.
        """
        cells, there = photos.flatten(0, 1), present.flatten()
        # It takes no empty batch: where there is no photo, a black one is looked at.
        known = cells[there] if there.any() else cells.new_zeros(1, *cells.shape[1:])
        pixels = (known - self.mean) / self.std
        if self.training:
            pixels = _shifted_and_flipped(pixels, reach=pixels.shape[-1] // 16)
        if pixels.device.type == "cpu":  # as its convolutions are fastest
            pixels = pixels.contiguous(memory_format=torch.channels_last)
        embedded = torch.zeros(len(cells), self.width, device=cells.device)
        embedded[there] = self.model(pixels)[: there.sum()].float()
        return embedded.view(*photos.shape[:2], self.width)

    def layers(self) -> dict[str, int]:
        """The layer of each weight, counted from the input."""
        matcher: Any = self.model.group_matcher
        return group_parameters(self.model, matcher(coarse=False), reverse=True)


def _shifted_and_flipped(pixels: Tensor, reach: int = 4) -> Tensor:
    """One shift for the whole batch, which is cheap; each photo flips or not."""
    size = pixels.shape[-1]
    padded = F.pad(pixels, (reach,) * 4, mode="reflect")
    top, left = torch.randint(0, 2 * reach + 1, (2,)).tolist()
    shifted = padded[..., top : top + size, left : left + size]
    flipped = torch.rand(len(pixels), 1, 1, 1, device=pixels.device) < 0.5
    return torch.where(flipped, shifted.flip(-1), shifted)
