"""Values at the edges of an emitted project: no number, one number, no such choice."""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # torch is imported

HOMES = Path(__file__).parent.parent / "generated" / "homes"


@pytest.fixture
def homes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Imports a module of a golden project, in whose folder nothing may be left."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(HOMES))
    return lambda name: importlib.import_module(f"homes.{name}")


def test_a_score_that_nobody_can_tell_is_null(homes: Any) -> None:
    report = {"metrics": {"r2": {"value": math.nan, "low": 0.5}}, "of": "a.csv"}
    known = {"metrics": {"r2": {"value": None, "low": 0.5}}, "of": "a.csv"}
    assert homes("evaluate").known(report) == known


def test_beside_a_single_number_one_can_be_missing(homes: Any) -> None:
    np = importlib.import_module("numpy")
    for number in (25.0, -1e17):
        edges = homes("features")._bin_edges(np.array([number, np.nan]), 8)
        places = np.interp([number, np.nan], edges, np.arange(len(edges)))
        assert places[0] == 0
        assert np.isnan(places[1])


def test_numbers_lie_on_a_line_at_first(homes: Any) -> None:
    np, torch = (importlib.import_module(name) for name in ("numpy", "torch"))
    edges = [0.0, 1.0, 10.0, 89.0]  # 25 in the mean
    torch.manual_seed(0)  # slopes are drawn
    embed = homes("model").NumberEmbeddings([edges, [7.0, 8.0]], 4)
    places = np.interp([25.0, 26.0, 27.0, 5.0], edges, range(len(edges)))
    rows = torch.tensor(np.column_stack([places, places]), dtype=torch.float32)
    mean, one_more, two_more, fewer = embed(rows)[:, :4].detach()
    assert one_more.abs().max() > 1e-3
    assert torch.allclose(mean, torch.zeros(4), atol=1e-6)
    assert torch.allclose(two_more, 2 * one_more, atol=1e-6)
    assert torch.allclose(fewer, -20 * one_more, atol=1e-5)


@pytest.mark.parametrize(
    "edges", [[0.0], [-1e308, 1e308], [0.0, 1e-310], [1e-180, 3e-180], [1e200, 1e300]]
)
def test_no_number_is_too_far_away(edges: list[float], homes: Any) -> None:
    torch = importlib.import_module("torch")
    embed = homes("model").NumberEmbeddings([edges], 4)
    embedded = embed(torch.tensor([[0.0], [len(edges) - 1.0], [torch.nan]]))
    assert embedded.isfinite().all()


@pytest.mark.parametrize(
    ("key", "limits"),
    [
        ("train.lrx", "low = 1, high = 2"),
        ("train.lr", "low = 'a', high = 2.0"),
        ("model.layers", "choices = [77]"),
    ],
)
def test_a_search_names_the_key_that_is_wrong(
    key: str, limits: str, homes: Any, tmp_path: Path
) -> None:
    file = tmp_path / "search.toml"
    base = HOMES / "configs/base.toml"
    text = (
        f'base = "{base}"\ntrials = 1\nminutes = 0\n[space]\n"{key}" = {{ {limits} }}'
    )
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=f"search.toml: '{key}': "):
        homes("search").load_search(file)


def test_where_all_rows_are_held_out_none_is_left(homes: Any, tmp_path: Path) -> None:
    columns = homes("columns")
    names = [*columns.FEATURES, columns.SPLIT, columns.TARGET]
    rows = [[value] * len(names) for value in "1123"]  # of three groups
    table = "\n".join(map(",".join, [names, *rows]))
    (tmp_path / "homes.csv").write_text(table, "utf-8")
    data = homes("config").load_config(
        HOMES / "configs/base.toml",
        [f"data.root={tmp_path}", "data.train=homes.csv", "data.test_fraction=1"],
    )
    with pytest.raises(ValueError, match=r"homes\.csv leaves no row of 4 to learn"):
        homes("data").load_parts(data.data, seed=0)


def test_of_the_groups_one_is_left_in_any_case(homes: Any) -> None:
    pd = importlib.import_module("pandas")
    rows = pd.DataFrame({homes("columns").SPLIT: list("aaabbbcccc")})
    rest, held = homes("data").hold_out(rows, 9, seed=0)
    assert 0 < len(rest) < 5
    assert len(rest) + len(held) == 10


def test_the_table_adds_to_the_outputs_past_the_trunk(homes: Any) -> None:
    torch, model = importlib.import_module("torch"), homes("model")
    seen = model.Network.__new__(model.Network)
    torch.nn.Module.__init__(seen)
    table = torch.ones(2, 3)
    seen.table, seen.image = (lambda _: table), (lambda *_: torch.ones(2, 4))
    seen.modality_dropout, seen.trunk = 0.0, torch.nn.Identity()
    seen.scales, seen.heads = torch.ones(2, 7), torch.zeros(2, 7, 1)
    seen.bias, seen.skip = torch.zeros(2, 1), torch.nn.Linear(3, 1, bias=False)
    outputs = seen.eval()({"image": torch.ones(2, 2, 4)})
    assert torch.allclose(outputs, seen.skip(table)[:, None].expand(2, 2, 1))
    assert outputs.any()


def test_a_run_of_other_values_is_found(homes: Any, tmp_path: Path) -> None:
    config = homes("config")
    mine, other = (
        config.load_config(HOMES / "configs/base.toml", override)
        for override in ([], ["train.lr=0.5"])
    )
    was_begun = homes("checkpoint").was_begun
    assert not was_begun(mine, tmp_path)
    config.save_config(mine, tmp_path / "config.toml")
    assert was_begun(mine, tmp_path)
    with pytest.raises(ValueError, match="other values"):
        was_begun(other, tmp_path)
