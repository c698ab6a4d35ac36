"""Emitted projects that train in several processes learn what one process would."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GENERATED = Path(__file__).parent.parent / "generated"

# Run in the project, with its fixtures. What is random within a network is off, since
# each process draws for its own rows.
TEST = """
import json
import subprocess
import sys
from dataclasses import fields, replace

import pytest
import torch
from PACKAGE.config import PROJECT, save_config
from PACKAGE.train import train
from safetensors.torch import load_file

LAUNCH = "-m torch.distributed.run --standalone --nproc-per-node 2 -m PACKAGE.train"

def in_two_processes(config, out):
    save_config(config, out.with_suffix(".toml"))
    given = [str(out.with_suffix(".toml")), "--out", str(out)]
    command = [sys.executable, *LAUNCH.split(), *given]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]

def test_they_learn_the_same(config, tmp_path):
    random = [f.name for f in fields(config.model) if f.name.endswith("dropout")]
    model = replace(config.model, **dict.fromkeys(random, 0.0))
    config = replace(config, model=model)
    one, two = tmp_path / "one", tmp_path / "two"
    train(config, one)
    in_two_processes(config, two)
    weights, others = (load_file(run / "model.safetensors") for run in (one, two))
    assert weights.keys() == others.keys()
    for name, weight in weights.items():
        torch.testing.assert_close(others[name], weight, rtol=1e-4, atol=1e-5)
    histories = [(run / "metrics.jsonl").read_text().splitlines() for run in (one, two)]
    for entry, other in zip(*histories, strict=True):
        assert json.loads(other) == pytest.approx(json.loads(entry), abs=1e-5)

def test_they_end(config, tmp_path):
    in_two_processes(config, tmp_path / "two")
    assert (tmp_path / "two" / "validation.json").exists()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("reviews", "test_they_learn_the_same"),
        ("adverts", "test_they_end"),  # it shifts and flips its photos by chance
    ],
)
def test_two_processes(name: str, test: str, tmp_path: Path) -> None:
    folder = shutil.copytree(GENERATED / name, tmp_path / name)
    file = folder / "tests" / "test_processes.py"
    file.write_text(TEST.replace("PACKAGE", name))
    command = [sys.executable, "-m", "pytest", "-q", f"tests/{file.name}", "-k", test]
    done = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "1 passed" in done.stdout
