"""Search better values for a configuration.

python -m homes.tune configs/search.toml --out runs/tune
python -m homes.train runs/tune/best.toml --out runs/best

The same command goes on with a study that was interrupted, or that may have more trials.
"""

import argparse
import os
import shutil
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
import matplotlib.pyplot as plt
import optuna
import torch
from optuna.distributions import distribution_to_json
from optuna.trial import TrialState
from optuna.visualization.matplotlib import (
    plot_optimization_history,
    plot_param_importances,
)
from tqdm.auto import tqdm

from homes.config import load_config, save_config
from homes.metrics import METRIC
from homes.search import Search, load_search
from homes.train import train

FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


def tune(
    file: Path,
    out: Path,
    trials: int | None = None,
    minutes: float | None = None,
    workers: int = 1,
) -> optuna.Study:
    """Go on until the study in `out` has its trials; write the best configuration.

    The first trial is the base configuration, so the best is no worse on the validation
    rows. `minutes` are those of this call, and are over at the end of an epoch.
    """
    search = load_search(file)
    end = time.time() + 60 * (minutes or search.minutes)
    study = open_study(search, out)
    prepare(study, search, out)
    slots = range(count(study, *FINISHED), trials or search.trials)
    with tqdm(total=slots.stop, initial=slots.start, unit="trial", disable=None) as bar:
        for _ in run_trials(search, out, end, slots, workers):
            bar.update(count(study, *FINISHED) - bar.n)
    if not count(study, TrialState.COMPLETE):
        raise TimeoutError("no trial was finished in time: give it more minutes")
    save_config(search.config(study.best_params), out / "best.toml")
    save_report(study, out)
    return study


def open_study(search: Search, out: Path, slot: int = 0) -> optuna.Study:
    """The study that all processes share; `slot` seeds what one trial draws."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    training = load_config(search.base).train
    out.mkdir(parents=True, exist_ok=True)
    return optuna.create_study(
        storage=optuna.storages.RDBStorage(
            f"sqlite:///{out / 'study.db'}",
            engine_kwargs={"connect_args": {"timeout": 60}},
        ),
        study_name="tune",
        load_if_exists=True,
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=training.seed + slot),
        # Scores of the first epochs say more about the warm-up than about the values.
        pruner=optuna.pruners.MedianPruner(n_warmup_steps=training.epochs // 4),
    )


def prepare(study: optuna.Study, search: Search, out: Path) -> None:
    """Queue the first points, and what was running when the last call ended."""
    space = {key: distribution_to_json(d) for key, d in search.space.items()}
    about = {"base": asdict(load_config(search.base)), "space": space}
    if study.user_attrs.get("about", about) != about:
        raise ValueError(f"{search.base} or the space has changed: take another --out")
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


def run_trials(
    search: Search, out: Path, end: float, slots: Sequence[int], workers: int
) -> Iterator[None]:
    """Run a trial for each slot; yields after each."""
    run = partial(run_trial, search, out, end)
    # The first one alone: the others find its frozen features in the cache.
    for slot in slots if workers == 1 else slots[:1]:
        yield run(slot)
    if workers == 1 or len(slots) < 2:
        return
    threads = max(1, (os.cpu_count() or 1) // workers)
    spawn = get_context("spawn")  # CUDA survives no fork
    pool = ProcessPoolExecutor(workers, spawn, begin_worker, (threads,))
    try:
        for done in as_completed([pool.submit(run, slot) for slot in slots[1:]]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def begin_worker(threads: int) -> None:
    """Share the cores; end with the process that began this one, however it ends."""
    torch.set_num_threads(threads)
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


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
        except (FloatingPointError, ValueError, torch.OutOfMemoryError) as error:
            if slot == 0:
                raise  # no values are at fault: these are the base's own
            trial.set_user_attr("error", repr(error))
            study.tell(trial, state=TrialState.PRUNED)


def save_report(study: optuna.Study, out: Path) -> None:
    """The trials as a table; their history and what mattered as plots."""
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("search", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--trials", type=int, help="in all, with those already run")
    parser.add_argument("--minutes", type=float, help="of this call")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    args = parser.parse_args()
    study = tune(args.search, args.out, args.trials, args.minutes, args.workers)
    print(
        f"validation {METRIC} {study.best_value:.4f} in trial {study.best_trial.number}"
    )
    print(f"train it: python -m homes.train {args.out / 'best.toml'} --out runs/best")


if __name__ == "__main__":
    main()
