"""A search for better values: it goes on where it ended, and its best one trains."""

from pathlib import Path

import pytest
from filelock import Timeout

from shelves.config import Config, load_config, save_config
from shelves.metrics import METRIC
from shelves.train import train

pytest.importorskip("optuna")

SEARCH = """
base = "base.toml"
trials = 2
minutes = 0

[space]
"train.lr" = { low = 1e-4, high = 1e-1, log = true }
"model.layers" = { low = 0, high = 3 }
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
    from shelves.study import lock
    from shelves.tune import tune

    with lock(tmp_path / "tuned"), pytest.raises(Timeout):
        tune(search, tmp_path / "tuned")


def test_a_study_goes_on_and_its_best_trial_is_trained(
    search: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from shelves.tune import tune

    out = tmp_path / "tuned"
    first = tune(search, out).trials
    again = tune(search, out, trials=3)
    assert "3 of 3 trials, best " in capsys.readouterr().out
    assert [t.params for t in again.trials[:2]] == [t.params for t in first]
    assert len(again.trials) == 3
    base = load_config(search.with_name("base.toml"))
    assert again.trials[0].params == {
        "train.lr": base.train.lr,
        "model.layers": base.model.layers,
    }
    scores = train(load_config(out / "best.toml"), tmp_path / "best")
    assert scores[METRIC] == pytest.approx(again.best_value)
    assert not list(out.glob("trial-*"))


def test_an_interrupted_trial_is_tried_again(
    search: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shelves import study
    from shelves.tune import tune

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(study, "train", interrupted)
        tune(search, tmp_path / "tuned")
    failed, *finished = tune(search, tmp_path / "tuned").trials
    assert [t.state.name for t in (failed, *finished)] == ["FAIL"] + ["COMPLETE"] * 2
    assert failed.params == finished[0].params
