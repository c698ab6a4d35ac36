"""Search settings of emitted projects, kill the search midway, and resume it.

    python benchmarks/tuning.py [NAME ...] --weights DIR [--work DIR] [--trials N]
                                [--engine ray]

For each data set: compile, `tune` until a third of the trials are finished, SIGKILL,
`tune` again to the end. Told are the trials, whether those finished before the kill are
as they were, and the validation score of the compiled configuration beside the best.
With `--engine ray` the search runs on a cluster of this machine and nothing is killed.
Exit 1 where a trial was lost, repeated or changed, or the best is worse than the
compiled one; 0 also where the data are absent.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import optuna
from data_sets import DATA_SETS
from optuna.trial import FrozenTrial, TrialState
from projects import Project, compile_project, write_spec
from sqlalchemy.exc import OperationalError

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("flipkart_products", "adult_income")
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


def measure(name: str, args: argparse.Namespace, work: Path) -> bool:
    """Print one search; whether it kept what it promises."""
    data = next(d for d in DATA_SETS if d.name == name)
    if args.engine == "ray":
        data = replace(data, pins={**data.pins, "search": {"engine": "ray"}})
    spec = write_spec(data, (args.data / name).resolve(), work, args.weights)
    project = compile_project(spec, work, trial=False)
    command = [sys.executable, "-m", f"{project.package}.tune", "configs/search.toml"]
    command += ["--out", "runs/tuned", "--trials", str(args.trials)]
    if args.engine == "ray":
        seconds = _finish(command, project, work)
        print(f"{name}: {args.trials} trials on Ray in {seconds:.0f} s")
        print((project.folder / "runs/tuned/trials.csv").read_text("utf-8"))
        return True
    killed = _kill_midway(command, project, work, args.trials // 3)
    before = _trials(project)
    seconds = _finish(command, project, work)
    after = _trials(project)
    known = [trial for trial in before if trial.state.is_finished()]
    kept = after[: len(known)] == known
    states = Counter(trial.state for trial in after)
    whole = [trial for trial in after if trial.state in FINISHED]
    drawn = {tuple(sorted(trial.params.items())) for trial in whole}
    scores = [trial.value for trial in after if trial.state == TrialState.COMPLETE]
    compiled, best = scores[0] or 0.0, max(score or 0.0 for score in scores)
    print(f"{name}: killed after {killed:.0f} s, {len(known)} trials finished")
    print(f"  resumed to the end in {seconds:.0f} s:", end=" ")
    print(", ".join(f"{count} {state.name}" for state, count in states.items()))
    print(f"  finished ones unchanged: {kept}; repeated: {len(whole) - len(drawn)}")
    print(f"  compiled {compiled:.4f}, best {best:.4f}")
    once = len(whole) == len(drawn) == args.trials
    return kept and once and best >= compiled


def _kill_midway(
    command: list[str], project: Project, work: Path, trials: int
) -> float:
    """Kill the search after some finished trials, in the middle of the next."""
    start = time.perf_counter()
    with (work / "killed.log").open("wb") as log:
        search = subprocess.Popen(
            command,
            cwd=project.folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while sum(trial.state in FINISHED for trial in _trials(project)) < trials:
            if search.poll() is not None:
                sys.exit(f"the search ended by itself: see {work / 'killed.log'}")
            time.sleep(2)
        time.sleep(5)
        os.killpg(search.pid, signal.SIGKILL)
        search.wait()
    return time.perf_counter() - start


def _finish(command: list[str], project: Project, work: Path) -> float:
    start = time.perf_counter()
    with (work / "tune.log").open("wb") as log:
        subprocess.run(command, cwd=project.folder, check=True, stdout=log, stderr=log)
    return time.perf_counter() - start


def _trials(project: Project) -> list[FrozenTrial]:
    """What the study of a project holds; nothing before there is one."""
    file = project.folder / "runs/tuned/study.db"
    if not file.exists():
        return []
    try:
        study = optuna.load_study(study_name="tune", storage=f"sqlite:///{file}")
    except (KeyError, OperationalError):  # it is just being made
        return []
    return study.trials


def main() -> int:
    """Search for the data sets that the command line names, by default all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--engine", choices=["optuna", "ray"], default="optuna")
    args = parser.parse_args()
    if not args.data.is_dir():
        print("skipped: the data sets of ../shared/data are not here")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        work = (args.work or Path(folder)).resolve()
        good = [measure(name, args, work / name) for name in args.names or NAMES]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
