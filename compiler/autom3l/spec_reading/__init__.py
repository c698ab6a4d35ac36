"""Reading the spec: YAML text, types, contradictions, each mistake with its line."""

from autom3l.spec_reading.loading import load_spec

__all__ = ["load_spec"]
