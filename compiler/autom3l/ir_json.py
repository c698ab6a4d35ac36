"""The pipeline IR as canonical JSON text, and back."""

from __future__ import annotations

from pydantic import TypeAdapter

from autom3l.ir import Pipeline

PIPELINE = TypeAdapter(Pipeline)


def to_json(pipeline: Pipeline) -> str:
    """Canonical JSON text of the IR, with a final newline; the same on any machine."""
    return PIPELINE.dump_json(pipeline, indent=2).decode() + "\n"


def from_json(text: str) -> Pipeline:
    """The IR read back; raises `pydantic.ValidationError`."""
    return PIPELINE.validate_json(text)
