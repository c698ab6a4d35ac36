"""Compile a multimodal table into a standalone PyTorch training repository."""

__version__ = "0.1.0"
