"""Image columns: a small convolutional network, trained from scratch."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.nn import functional as F

from leaves.columns import IMAGE


def load_photos(rows: pd.DataFrame, size: int) -> tuple[Tensor, Tensor]:
    """The photo of each cell, and whether there is one that opens.

    Bytes (rows, image columns, 3, size, size), zeros where there is none; flags (rows,
    image columns). A photo is cropped to its central square.
    """
    cells = rows[IMAGE].to_numpy().ravel()
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
    shape = (len(rows), len(IMAGE))
    photos = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
    return photos.view(*shape, 3, size, size), torch.from_numpy(present).view(shape)


def open_photo(path: Path) -> Image.Image | None:
    """The photo in RGB; `None` when it is missing or broken."""
    try:
        with Image.open(path) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


class ImageEncoder(nn.Module):
    """Four convolutions with pooling and a global average, shared by all columns."""

    width = 64

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in pairwise((3, 16, 32, 64, self.width)):
            layers += [nn.Conv2d(before, after, 3, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
        self.net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, photos: Tensor) -> Tensor:
        """Bytes (batch, columns, 3, size, size) to (batch, columns, width)."""
        pixels = photos.flatten(0, 1).float() / 127.5 - 1.0
        if self.training:
            pixels = _shifted_and_flipped(pixels)
        return self.net(pixels).view(*photos.shape[:2], self.width)


def _shifted_and_flipped(pixels: Tensor, reach: int = 4) -> Tensor:
    """One shift for the whole batch, which is cheap; each photo flips or not."""
    size = pixels.shape[-1]
    padded = F.pad(pixels, (reach,) * 4, mode="reflect")
    top, left = torch.randint(0, 2 * reach + 1, (2,)).tolist()
    shifted = padded[..., top : top + size, left : left + size]
    flipped = torch.rand(len(pixels), 1, 1, 1, device=pixels.device) < 0.5
    return torch.where(flipped, shifted.flip(-1), shifted)
