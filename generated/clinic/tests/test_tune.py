"""A search for better values: it goes on where it ended, and its best one trains."""

from pathlib import Path

import pytest
from filelock import Timeout

from clinic.config import Config, load_config, save_config
from clinic.metrics import METRIC
from clinic.train import train

pytest.importorskip("ray")

SEARCH = """
base = "base.toml"
trials = 2
minutes = 0

[space]
"train.lr" = { low = 1e-4, high = 1e-1, log = true }
"model.layers" = { low = 1, high = 3 }
"""


@pytest.fixture
def search(config: Config, tmp_path: Path) -> Path:
    """A search file beside its base."""
    save_config(config, tmp_path / "base.toml")
    file = tmp_path / "search.toml"
    file.write_text(SEARCH, encoding="utf-8")
    return file


def test_two_processes_do_not_search_in_one_folder(
    search: Path, tmp_path: Path
) -> None:
    from clinic.study import lock
    from clinic.tune import tune

    with lock(tmp_path / "tuned"), pytest.raises(Timeout):
        tune(search, tmp_path / "tuned")


def test_a_study_goes_on_and_its_best_trial_is_trained(
    search: Path, tmp_path: Path
) -> None:
    from clinic.tune import tune

    out = tmp_path / "tuned"
    (first,) = tune(search, out, trials=1).trials  # here; the others on the cluster
    study = tune(search, out, trials=3)
    again = study.trials
    assert again[0].params == first.params
    assert len(again) == 3
    base = load_config(search.with_name("base.toml"))
    assert again[0].params == {
        "train.lr": base.train.lr,
        "model.layers": base.model.layers,
    }
    scores = train(load_config(out / "best.toml"), tmp_path / "best")
    assert scores[METRIC] == pytest.approx(study.best_value, abs=1e-3)
