"""Reading the spec: YAML text, types, contradictions, each mistake with its line."""

from autom3l.spec_reading.contradictions import DETAILS
from autom3l.spec_reading.loading import default_name, load_spec

__all__ = ["DETAILS", "default_name", "load_spec"]
