"""Reading the spec: YAML text, types, contradictions, each mistake with its line."""

from autom3l.spec_reading.contradictions import DETAILS
from autom3l.spec_reading.loading import SIZE, default_name, load_spec
from autom3l.spec_reading.mistakes import COUNTS, FILLED, KEYS

__all__ = ["COUNTS", "DETAILS", "FILLED", "KEYS", "SIZE", "default_name", "load_spec"]
