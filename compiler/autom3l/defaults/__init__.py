"""The default pipeline: complete and valid, by rules alone, each with its reason."""

from autom3l.defaults.pipeline import default_pipeline

__all__ = ["default_pipeline"]
