"""Tables that may not fit into memory are read in chunks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from autom3l.defaults import memory
from autom3l.diagnostics import PlanError
from autom3l.ir import Ensemble
from autom3l.spec import SpecData
from tables import AGES, ENGLISH, ROWS, SPEED, Table, decision, plan

TABLE: Table = {"age": AGES, "weight": AGES[::-1], "y": SPEED}


def test_rows_are_held_in_memory_while_they_are_few(tmp_path: Path) -> None:
    pipeline = plan(tmp_path, TABLE, "y")
    assert not pipeline.data.streamed
    assert not [d for d in pipeline.decisions if d.subject == "rows"]


def test_very_many_cells_are_read_in_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "FEW_ROWS", ROWS - 1)
    read = len(plan(tmp_path, TABLE, "y").features())
    monkeypatch.setattr(memory, "MANY_CELLS", read * ROWS - 1)
    pipeline = plan(tmp_path, TABLE, "y")
    assert pipeline.data.streamed
    assert pipeline.ensemble == Ensemble(1, "none")
    evidence = decision(pipeline, "data", "rows").evidence
    assert evidence == f"{ROWS} rows of {read} features"
    monkeypatch.setattr(memory, "MANY_CELLS", read * ROWS)
    assert not plan(tmp_path, TABLE, "y").data.streamed
    monkeypatch.setattr(memory, "MANY_CELLS", 0)
    monkeypatch.setattr(memory, "FEW_ROWS", ROWS)
    assert not plan(tmp_path, TABLE, "y").data.streamed


@pytest.mark.parametrize("limit", [0, 10**9])
@pytest.mark.parametrize("pinned", [False, True])
def test_the_spec_may_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, pinned: bool
) -> None:
    monkeypatch.setattr(memory, "MANY_CELLS", limit)
    monkeypatch.setattr(memory, "FEW_ROWS", 0)
    pinning: dict[str, Any] = {"data": SpecData("train.csv", streamed=pinned)}
    pipeline = plan(tmp_path, TABLE, "y", **pinning)
    assert pipeline.data.streamed is pinned
    assert decision(pipeline, "data", "rows").source == "spec"


def test_texts_are_not_read_in_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MANY_CELLS", 0)
    monkeypatch.setattr(memory, "FEW_ROWS", 0)
    table: Table = {"about": ENGLISH, "y": SPEED}
    assert not plan(tmp_path, table, "y").data.streamed
    with pytest.raises(PlanError, match="P247"):
        plan(tmp_path, table, "y", data=SpecData("train.csv", streamed=True))
