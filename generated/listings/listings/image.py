"""Image columns: frozen features of a pretrained network, computed once and cached."""

import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import pandas as pd
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn
from tqdm.auto import tqdm

from listings.cache import Frozen, cached
from listings.columns import IMAGE

BATCH = 64


class ImageBackbone(Frozen):
    """A pretrained vision network that is not trained further."""

    def __init__(self, source: str, size: int) -> None:
        super().__init__(source)
        self.size = size

    def load(self) -> nn.Module:
        import timm  # here, for it takes seconds

        return timm.create_model(self.source, pretrained=True, num_classes=0)

    @cached_property
    def folded(self) -> nn.Module:
        from listings.folding import fold_batch_norms

        return fold_batch_norms(self.model)

    @cached_property
    def transform(self) -> Callable[[Image.Image], Tensor]:
        from timm.data import create_transform, resolve_model_data_config

        settings = resolve_model_data_config(self.model)
        return create_transform(**settings | {"input_size": (3, self.size, self.size)})

    @cached_property
    def width(self) -> int:
        """Of its features, by a first pass: later ones are not as slow."""
        Image.preinit()  # else the first photo waits for what opens it
        nothing = self.transform(Image.new("RGB", (self.size, self.size)))
        return self._features(nothing[None]).shape[1]

    def save(self, folder: Path) -> None:
        from timm.models import save_for_hf

        save_for_hf(self.model, str(folder), safe_serialization=True)

    def embed(self, rows: pd.DataFrame, cache: Path | None = None) -> Tensor:
        """One feature vector per cell, NaN where no photo opens.

        Shape (rows, image columns, width).
        """
        cells = rows[IMAGE].to_numpy().ravel()
        photos = sorted({cell for cell in cells if isinstance(cell, Path)})
        named = {f"{self.size} {_state(photo)}": photo for photo in photos}
        vectors = cached(cache and cache / self.weights(cache), named, self._embed)
        self.width = vectors.shape[1]
        if absent := int(vectors[:, 0].isnan().sum()):
            warnings.warn(f"{absent} of {len(photos)} photos do not open", stacklevel=2)
        row_of = {photo: i for i, photo in enumerate(photos, start=1)}
        table = torch.cat([torch.full((1, self.width), torch.nan), vectors])
        indices = [row_of.get(cell, 0) for cell in cells]
        return table[indices].view(len(rows), len(IMAGE), self.width)

    def _embed(self, photos: list[Path]) -> Tensor:
        vectors = torch.full((len(photos), self.width), torch.nan)
        with ThreadPoolExecutor() as pool:
            for start in tqdm(
                range(0, len(photos), BATCH), "photos", leave=False, disable=None
            ):
                pixels = list(pool.map(self._pixels, photos[start : start + BATCH]))
                opened = [i for i, p in enumerate(pixels, start) if p is not None]
                if opened:
                    batch = torch.stack([p for p in pixels if p is not None])
                    vectors[opened] = self._features(batch)
        return vectors

    @torch.inference_mode()
    def _features(self, batch: Tensor) -> Tensor:
        """One vector per picture: (rows, width)."""
        # Channels last, as convolutions are fastest.
        batch = batch.to(self.device, memory_format=torch.channels_last)
        return self.folded(batch).cpu()

    def _pixels(self, photo: Path) -> Tensor | None:
        try:
            with Image.open(photo) as image:
                upright = ImageOps.exif_transpose(image)
                return self.transform(upright.convert("RGB"))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return None


def _state(photo: Path) -> str:
    """The photo as it is now: it may be replaced, or come later."""
    seen = photo.stat() if photo.exists() else None
    return f"{photo} {seen.st_size} {seen.st_mtime_ns}" if seen else f"{photo}"
