"""Whether the rows of a table are held in memory."""

from __future__ import annotations

from collections.abc import Sequence

from autom3l.column import Column, Pair
from autom3l.encoders import Encoders
from autom3l.ir import Decision, Task
from autom3l.profile import DataProfile
from autom3l.spec import Spec

# Cells that are read, above which a table is streamed: each takes some 60 bytes, and
# twice that while its rows are divided into parts.
MANY_CELLS = 20_000_000
# Rows up to which little is gained: a model learns from some of them at once anyway.
FEW_ROWS = 200_000


def choose_streaming(
    spec: Spec,
    profile: DataProfile,
    *,
    task: Task,
    columns: Sequence[Column],
    encoders: Encoders,
    pairs: Sequence[Pair],
) -> tuple[bool, tuple[Decision, ...]]:
    """In chunks where there are very many cells, and the project knows how to."""
    read = sum(column.role == "feature" for column in columns)
    evidence = f"{profile.rows:,} rows of {read} features"
    if spec.data.streamed is not None:
        choice = "in chunks" if spec.data.streamed else "whole"
        reason = "The spec says so."
        why = Decision("data", "rows", choice, reason, "spec", evidence)
        return spec.data.streamed, (why,)
    many = profile.rows > FEW_ROWS and profile.rows * read > MANY_CELLS
    if not many or not can_stream(task, encoders, pairs):
        return False, ()
    reason = (
        "The table as text may not fit into memory; what the model learns from is kept "
        "on disk, and boosted trees, which need all of it at once, are left out."
    )
    return True, (Decision("data", "rows", "in chunks", reason, "rule", evidence),)


def can_stream(task: Task, encoders: Encoders, pairs: Sequence[Pair]) -> bool:
    """Whether nothing but a table is read; features of texts and photos have caches."""
    wordless = encoders.text is None and encoders.image is None
    return wordless and not pairs and task.kind != "retrieval"
