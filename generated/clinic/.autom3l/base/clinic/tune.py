"""Search better values for a configuration, on a cluster.

python -m clinic.tune configs/search.toml --out runs/tune
python -m clinic.train runs/tune/best.toml --out runs/best

RAY_ADDRESS names the cluster; without it, Ray starts on this machine. Every machine has
this project and its data at the same path. The same command goes on with a study that was
interrupted, or that may have more trials.
"""

import argparse
import math
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import optuna
import ray
from filelock import Timeout
from ray import tune as ray_tune
from ray.tune.schedulers import ASHAScheduler
from ray.tune.search.optuna import OptunaSearch

from clinic.config import PROJECT, load_config
from clinic.errors import told_in_a_line
from clinic.metrics import METRIC
from clinic.search import Search, Values, load_search
from clinic.study import (
    DIRECTION,
    FAILURES,
    FINISHED,
    count,
    lock,
    open_storage,
    open_study,
    prepare,
    run_trial,
    save_best,
)
from clinic.train import train


def tune(
    file: Path,
    out: Path,
    trials: int | None = None,
    minutes: float | None = None,
    cpus: float = 1,
    gpus: float = 0,
) -> optuna.Study:
    """Go on until the study in `out` has its trials; write the best configuration.

    The first trial is the base configuration, and runs here, so the best is no worse on
    the validation rows. `minutes` are those of this call; a trial that they end counts
    as pruned. `cpus` and `gpus` are what one trial takes. Raises `filelock.Timeout`
    while another process is at this study.
    """
    search, out = load_search(file.resolve()), out.resolve()
    end = time.time() + 60 * (search.minutes if minutes is None else minutes)
    with lock(out):
        study = open_study(search, out)
        prepare(study, search, out)
        if not count(study, *FINISHED):
            run_trial(search, out, end, slot=0)
        wanted = search.trials if trials is None else trials
        left = wanted - count(study, *FINISHED)
        if left > 0 and time.time() < end:
            study = open_study(search, out, slot=count(study, *FINISHED))
            run_on_cluster(study, search, out, end, left, {"cpu": cpus, "gpu": gpus})
        save_best(study, search, out)
    return study


def run_on_cluster(
    study: optuna.Study,
    search: Search,
    out: Path,
    end: float,
    trials: int,
    resources: dict[str, float],
) -> None:
    """As many trials side by side as the cluster has resources for."""
    ray.init(
        ignore_reinit_error=True,
        include_dashboard=False,
        runtime_env={"env_vars": {"PYTHONPATH": str(PROJECT)}},
    )
    epochs = load_config(search.base).train.epochs
    trial = ray_tune.with_parameters(run_on_worker, search=search)
    ray_tune.Tuner(
        ray_tune.with_resources(trial, resources),
        tune_config=ray_tune.TuneConfig(
            metric=METRIC,
            mode=DIRECTION[:3],
            search_alg=Searcher(
                search.space,
                metric=METRIC,
                mode=DIRECTION[:3],
                study_name=study.study_name,
                storage=open_storage(out),
                sampler=study.sampler,
            ),
            # Scores of the first epochs say more about the warm-up than the values.
            scheduler=ASHAScheduler(
                "epoch", max_t=epochs + 1, grace_period=epochs // 4 + 1
            ),
            num_samples=trials,
            time_budget_s=None if math.isinf(end) else end - time.time(),
        ),
        run_config=ray_tune.RunConfig(
            name=f"{time.time():.0f}", storage_path=str(out / "ray")
        ),
    ).fit()


class Searcher(OptunaSearch):
    """Counts a trial that was stopped as pruned: its last score is of no whole run."""

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        whole = result is not None and result.get("whole")
        super().on_trial_complete(trial_id, result if whole else None, error)


def run_on_worker(values: Values, search: Search) -> None:
    """Train with the values, and report the score of each epoch and of the whole run."""

    def report(epoch: int, scores: dict[str, float], whole: bool = False) -> None:
        result = {METRIC: scores[METRIC], "epoch": epoch + 1, "whole": whole}
        ray_tune.report(result)

    config = search.config(values)
    with TemporaryDirectory() as run:
        try:
            scores = train(config, Path(run), report=report)
        except FAILURES as error:
            print(f"not trained with {values}: {error!r}")
            return
    report(config.train.epochs, scores, whole=True)


@told_in_a_line()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("search", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--trials", type=int, help="in all, with those already run")
    parser.add_argument("--minutes", type=float, help="of this call")
    parser.add_argument("--cpus", type=float, default=1, help="of one trial")
    parser.add_argument("--gpus", type=float, default=0, help="of one trial")
    args = parser.parse_args()
    try:
        study = tune(
            args.search, args.out, args.trials, args.minutes, args.cpus, args.gpus
        )
    except Timeout:
        parser.error(f"--out {args.out}: another process is at this study")
    print(
        f"validation {METRIC} {study.best_value:.4f} in trial {study.best_trial.number}"
    )
    print(f"train it: python -m clinic.train {args.out / 'best.toml'} --out runs/best")


if __name__ == "__main__":
    main()
