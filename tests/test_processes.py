"""However an emitted project is launched, it learns the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from test_variants import ABOUT, AGE, TUNED, TWO, pipeline, pretrained, write

# Run in the project, with its fixtures. What is random within a network is off, since
# each process draws for its own rows.
TEST = """
import json
import os
import subprocess
import sys
from dataclasses import fields, replace

import pytest
import torch
from PACKAGE.config import PROJECT, save_config
from PACKAGE.train import train
from safetensors.torch import load_file

MAIN = '''
from accelerate.state import AcceleratorState
from PACKAGE.train import main
main()
assert AcceleratorState().EXPECTED
'''

def launched(config, out):
    settings, script = out.with_suffix(".toml"), out.with_suffix(".py")
    save_config(config, settings)
    script.write_text(MAIN)
    given = [str(script), str(settings), "--out", str(out)]
    command = [sys.executable, "-m", *"LAUNCH".split(), *given]
    variables = {"ACCELERATE_USE_CPU": "true", "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-6000:]

def test_they_learn_the_same(config, tmp_path):
    random = [f.name for f in fields(config.model) if f.name.endswith("dropout")]
    model = replace(config.model, **dict.fromkeys(random, 0.0))
    config = replace(config, model=model)
    one, other = tmp_path / "one", tmp_path / "other"
    train(config, one)
    launched(config, other)
    weights, others = (load_file(run / "model.safetensors") for run in (one, other))
    assert weights.keys() == others.keys()
    for name, weight in weights.items():
        torch.testing.assert_close(others[name], weight, rtol=1e-4, atol=1e-5)
    kept = [(run / "metrics.jsonl").read_text().splitlines() for run in (one, other)]
    for entry, same in zip(*kept, strict=True):
        assert json.loads(same) == pytest.approx(json.loads(entry), abs=1e-5)

"""
TUNED_TEXT = pretrained(
    pipeline("tuned_text", TWO, TUNED, columns=(AGE, ABOUT)), text="full"
)


ONE = "--num_processes 1 --num_machines 1 --mixed_precision no"
LAUNCHES = {
    "two processes": (
        "torch.distributed.run --standalone --nproc-per-node 2",
        "num_processes == 2",
    ),
    "compiled": (
        f"accelerate.commands.launch {ONE} --dynamo_backend eager",
        "dynamo_plugin.backend.value == 'EAGER'",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("launch", LAUNCHES)
def test_it_learns_what_one_plain_process_would(launch: str, tmp_path: Path) -> None:
    """Also where a pretrained model is tuned, some of whose weights nobody reads."""
    command, expected = LAUNCHES[launch]
    test = TEST.replace("PACKAGE", TUNED_TEXT.package)
    test = test.replace("LAUNCH", command).replace("EXPECTED", expected)
    write(TUNED_TEXT, tmp_path)
    models = tmp_path / "tests" / "conftest.py"
    sure = "hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, vocab_size"
    models.write_text(models.read_text().replace("vocab_size", sure))
    ngrams = tmp_path / TUNED_TEXT.package / "ngrams.py"
    ngrams.write_text(ngrams.read_text().replace("DROPOUT = 0.5", "DROPOUT = 0.0"))
    file = tmp_path / "tests" / "test_processes.py"
    file.write_text(test)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"tests/{file.name}"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-9000:]
    assert "1 passed" in done.stdout
