"""The study in a folder: every trial with its values and its score, in one file."""

import shutil
import time
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import matplotlib
import matplotlib.pyplot as plt
import optuna
import torch
from filelock import BaseFileLock, FileLock
from optuna.distributions import distribution_to_json
from optuna.trial import TrialState
from optuna.visualization.matplotlib import (
    plot_optimization_history,
    plot_param_importances,
)

from leaves.config import load_config, save_config
from leaves.errors import InputError
from leaves.metrics import METRIC
from leaves.search import Search
from leaves.train import train

FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
DIRECTION: Literal["minimize", "maximize"] = "maximize"
# How training fails with values that are out of the question.
FAILURES = (FloatingPointError, ValueError, torch.OutOfMemoryError)


def lock(out: Path) -> BaseFileLock:
    """Lets one process at a time search in `out`; others get a `filelock.Timeout`."""
    out.mkdir(parents=True, exist_ok=True)
    return FileLock(out / "tune.lock", blocking=False)


def open_study(search: Search, out: Path, slot: int = 0) -> optuna.Study:
    """The study that all processes share; `slot` seeds what one trial draws."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    training = load_config(search.base).train
    study = optuna.create_study(
        storage=open_storage(out),
        study_name="tune",
        load_if_exists=True,
        direction=DIRECTION,
        # Scores of the first epochs say more about the warm-up than about the values.
        pruner=optuna.pruners.MedianPruner(n_warmup_steps=training.epochs // 4),
    )
    # After an interruption, others are drawn than those that are tried again.
    seed = training.seed + slot + 1000 * count(study, TrialState.FAIL)
    study.sampler = optuna.samplers.TPESampler(seed=seed)
    return study


def open_storage(out: Path) -> optuna.storages.RDBStorage:
    patient = {"connect_args": {"timeout": 60}}  # others may be writing
    file = f"sqlite:///{out / 'study.db'}"
    return optuna.storages.RDBStorage(file, engine_kwargs=patient)


def prepare(study: optuna.Study, search: Search, out: Path) -> None:
    """Queue the first points, and what was running when the last call ended."""
    space = {key: distribution_to_json(d) for key, d in search.space.items()}
    about = {"base": asdict(load_config(search.base)), "space": space}
    if study.user_attrs.get("about", about) != about:
        raise InputError(f"{search.base} or the space has changed: take another --out")
    study.set_user_attr("about", about)
    for trial in study.get_trials(states=[TrialState.RUNNING]):
        put_back(study, trial.number)
    for unfinished in out.glob("trial-*"):
        shutil.rmtree(unfinished)
    for point in search.points:
        study.enqueue_trial(point, skip_if_exists=True)


def put_back(study: optuna.Study, number: int) -> None:
    """An interrupted trial counts as failed; its values are tried again."""
    study.tell(number, state=TrialState.FAIL)
    trial = study.trials[number]
    study.enqueue_trial(trial.system_attrs.get("fixed_params", trial.params))


def count(study: optuna.Study, *states: TrialState) -> int:
    return len(study.get_trials(deepcopy=False, states=states))


def run_trial(search: Search, out: Path, end: float, slot: int) -> None:
    """Train with the values that the study asks for, and tell it the score."""
    if time.time() > end:
        return
    study = open_study(search, out, slot)
    trial = study.ask(search.space)

    def report(epoch: int, scores: dict[str, float]) -> None:
        trial.report(scores[METRIC], epoch)
        if trial.should_prune():
            raise optuna.TrialPruned
        if time.time() > end:
            raise TimeoutError

    log = (out / "log.txt").open("a", encoding="utf-8")
    # A run may hold a copy of its backbones, so the best one is trained again.
    with TemporaryDirectory(prefix="trial-", dir=out) as run:
        try:
            with log, redirect_stdout(log), redirect_stderr(log):
                print(f"trial {trial.number}: {trial.params}")
                scores = train(search.config(trial.params), Path(run), report=report)
            study.tell(trial, scores[METRIC])
        except TimeoutError:
            put_back(study, trial.number)
        except optuna.TrialPruned:
            study.tell(trial, state=TrialState.PRUNED)
        except FAILURES as error:
            if slot == 0:
                raise  # no values are at fault: these are the base's own
            trial.set_user_attr("error", repr(error))
            study.tell(trial, state=TrialState.PRUNED)


def save_best(study: optuna.Study, search: Search, out: Path) -> None:
    """The best configuration; the trials as a table, and what mattered as plots."""
    if not count(study, TrialState.COMPLETE):
        raise TimeoutError(
            "no trial was finished in time: give it more minutes, or trials"
        )
    save_config(search.config(study.best_params), out / "best.toml")
    shown = ("number", "state", "value", "params", "user_attrs", "duration")
    study.trials_dataframe(shown).to_csv(out / "trials.csv", index=False)
    matplotlib.use("Agg")  # needs no screen
    with warnings.catch_warnings(action="ignore"):  # experimental; few trials
        plot_optimization_history(study, target_name=METRIC)
        plt.savefig(out / "history.png", bbox_inches="tight")
        if count(study, TrialState.COMPLETE) > 1:
            plot_param_importances(study)
            plt.savefig(out / "importance.png", bbox_inches="tight")
    plt.close("all")
