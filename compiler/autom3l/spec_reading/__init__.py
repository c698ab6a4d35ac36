"""Reading the spec: YAML text, types, contradictions, each mistake with its line."""

from autom3l.spec_reading.amending import amend
from autom3l.spec_reading.contradictions import DETAILS
from autom3l.spec_reading.document import NoMappingError, read_document
from autom3l.spec_reading.loading import SIZE, default_name, load_spec
from autom3l.spec_reading.mistakes import COUNTS, FILLED, KEYS

__all__ = [
    "COUNTS",
    "DETAILS",
    "FILLED",
    "KEYS",
    "SIZE",
    "NoMappingError",
    "amend",
    "default_name",
    "load_spec",
    "read_document",
]
