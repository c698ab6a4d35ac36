"""Search better values for a configuration.

python -m adverts.tune configs/search.toml --out runs/tune
python -m adverts.train runs/tune/best.toml --out runs/best

The same command goes on with a study that was interrupted, or that may have more trials.
"""

import argparse
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path

import optuna
import torch
from filelock import Timeout
from optuna.trial import TrialState
from tqdm.auto import tqdm

from adverts.errors import told_in_a_line
from adverts.metrics import METRIC
from adverts.search import Search, load_search
from adverts.study import (
    FINISHED,
    count,
    lock,
    open_study,
    prepare,
    run_trial,
    save_best,
)


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
    Raises `filelock.Timeout` while another process is at this study.
    """
    search = load_search(file)
    end = time.time() + 60 * (search.minutes if minutes is None else minutes)
    with lock(out):
        study = open_study(search, out)
        prepare(study, search, out)
        trials = search.trials if trials is None else trials
        slots = range(count(study, *FINISHED), trials)
        with tqdm(
            total=slots.stop, initial=slots.start, unit="trial", disable=None
        ) as bar:
            for _ in run_trials(search, out, end, slots, workers):
                done = count(study, *FINISHED)
                bar.update(done - bar.n)
                if count(study, TrialState.COMPLETE):
                    best = f"best {METRIC} {study.best_value:.4f}"
                    bar.write(f"{done} of {trials} trials, {best}")
        save_best(study, search, out)
    return study


def run_trials(
    search: Search, out: Path, end: float, slots: Sequence[int], workers: int
) -> Iterator[None]:
    """Run a trial for each slot; yields after each."""
    run = partial(run_trial, search, out, end)
    # The first one alone: the others find in the cache what it made.
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


@told_in_a_line()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("search", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--trials", type=int, help="in all, with those already run")
    parser.add_argument("--minutes", type=float, help="of this call")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    args = parser.parse_args()
    try:
        study = tune(args.search, args.out, args.trials, args.minutes, args.workers)
    except Timeout:
        parser.error(f"--out {args.out}: another process is at this study")
    print(
        f"validation {METRIC} {study.best_value:.4f} in trial {study.best_trial.number}"
    )
    print(f"train it: python -m adverts.train {args.out / 'best.toml'} --out runs/best")


if __name__ == "__main__":
    main()
