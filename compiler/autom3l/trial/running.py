"""The steps of a trial, in a folder of their own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import Any

from autom3l.backbones import backbones
from autom3l.diagnostics import Diagnostic, TrialError
from autom3l.filetree import FileTree
from autom3l.ir import Pipeline
from autom3l.tables import find_files
from autom3l.trial.checks import (
    read_metrics,
    wrong_metrics,
    wrong_predictions,
    wrong_reload,
)
from autom3l.trial.data import Rows, link_images, trial_rows, write_table
from autom3l.trial.environment import must_download, pretrained_names, trial_environment
from autom3l.trial.processes import Ending, run_confined

TRIAL_ROWS = 300
TRIAL_SECONDS = 1800.0
_PREDICTED = 50
_TOKENS = 64  # of a cell, where a language model learns from it
_OUTPUT_LINES = 15
_RUN = "runs/trial"
_DOWNLOAD_HINT = (
    "the weights of {} had to be downloaded: where that can't be, say "
    "`constraints: {{offline: true}}` or give `weights_dir`"
)


@dataclass(frozen=True)
class TrialReport:
    """What a passed trial did: the seconds of each step, the metrics it wrote."""

    steps: tuple[tuple[str, float], ...]
    metrics: dict[str, Any]

    @property
    def seconds(self) -> float:
        """Of all steps."""
        return sum(seconds for _, seconds in self.steps)


def run_trial(
    tree: FileTree,
    pipeline: Pipeline,
    target: Path,
    *,
    on_rows: bool = True,
    seconds: float = TRIAL_SECONDS,
    tell: Callable[[str], object] = str,
) -> TrialReport:
    """Try the project in a temporary folder, with rows of the user's own table.

    `target` is where the project would go: the paths of `pipeline.data` start from
    there. Raises `DataError` where the table can't be read, and `TrialError` when a
    step fails or all of them take more than `seconds`; its folder is then kept. Without
    `on_rows`, only the project's own tests run: they draw their rows themselves.
    `tell` is called with the name of each step before it runs.
    """
    # Lexically, for the target need not exist yet and `..` would lead nowhere.
    root = Path(os.path.normpath(Path(os.path.realpath(target), pipeline.data.root)))
    rows = trial_rows(pipeline, root, TRIAL_ROWS) if on_rows else {}
    folder = Path(mkdtemp(prefix="autom3l-trial-"))
    project = folder / "project"
    keep = False
    try:
        _write(tree, project)
        steps = [_TESTS]
        if rows:
            _write_data(pipeline, rows, root, folder / "data")
            settings = _settings(pipeline, root, folder / "data")
            predicted = min(_PREDICTED, len(next(iter(rows.values()))))
            steps += _steps_on_rows(pipeline, project, settings, predicted)
        names = " and ".join(pretrained_names(pipeline))
        hint = _DOWNLOAD_HINT.format(names) if must_download(pipeline) else ""
        environment = trial_environment(pipeline, project)
        return _try(
            project,
            steps,
            environment=environment,
            seconds=seconds,
            hint=hint,
            tell=tell,
        )
    except TrialError:
        keep = True
        raise
    finally:
        if not keep:
            shutil.rmtree(folder)


def _write(tree: FileTree, project: Path) -> None:
    for path, text in tree.items():
        place = project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="\n")


def _write_data(pipeline: Pipeline, rows: Rows, root: Path, data: Path) -> None:
    """`train`, with every column, and `new`: fewer rows, and no target."""
    data.mkdir()
    source = pipeline.data
    new = {
        name: cells[:_PREDICTED]
        for name, cells in rows.items()
        if name not in pipeline.task.targets
    }
    write_table(data / f"train.{source.format}", rows, source)
    write_table(data / f"new.{source.format}", new, source)
    first, *_ = find_files(source.train, str(root), "data.train")
    images = root / source.images if source.images else Path(first).parent
    link_images(pipeline, rows, images, data)


@dataclass(frozen=True)
class _Step:
    """`python -m` with `arguments`; `check` says in words what is then wrong."""

    name: str
    arguments: tuple[str, ...]
    check: Callable[[], str] = str


_TESTS = _Step("test", ("pytest", "-q", "-x", "-p", "no:cacheprovider"))


def _steps_on_rows(
    pipeline: Pipeline, project: Path, settings: Iterable[str], predicted: int
) -> list[_Step]:
    package, data = pipeline.package, project.parent / "data"
    run, first, again = (project / name for name in (_RUN, "first.csv", "again.csv"))
    names = [c.name for c in pipeline.columns if c.role == "identifier"]
    new = str(data / f"new.{pipeline.data.format}")
    predict = (f"{package}.predict", _RUN, new)
    train = (f"{package}.train", "configs/base.toml", "--out", _RUN)
    if pipeline.retrieval:
        find = (f"{package}.retrieve", _RUN, new)
        copied = [f"item {column.name}" for column in pipeline.columns]
        uses = [
            _Step("index", (f"{package}.index", _RUN, new)),
            _Step(
                "retrieve",
                (*find, first.name, "--top=1"),
                lambda: wrong_predictions(first, predicted, copied),
            ),
            _Step(
                "reload",
                (*find, again.name, "--top=1"),
                lambda: wrong_reload(first, again),
            ),
        ]
    else:
        uses = [
            _Step(
                "predict",
                (*predict, first.name),
                lambda: wrong_predictions(first, predicted, names),
            ),
            _Step("reload", (*predict, again.name), lambda: wrong_reload(first, again)),
        ]
    return [
        _Step("train", (*train, *(f"--set={setting}" for setting in settings))),
        _Step(
            "evaluate",
            (f"{package}.evaluate", _RUN),
            lambda: wrong_metrics(run / "metrics.json"),
        ),
        *uses,
    ]


def _settings(pipeline: Pipeline, root: Path, data: Path) -> Iterator[str]:
    """What differs from the configuration: other rows, and little work."""
    source = pipeline.data
    table = f"train.{source.format}"
    yield f"data.root={data}"
    yield f"data.train={table}"
    if source.validation:
        yield f"data.validation={table}"
    if source.test:
        yield f"data.test={table}"
    if source.images and pipeline.features("image"):
        yield "data.images=."
    if source.weights and pretrained_names(pipeline):
        yield f"data.weights={root / source.weights}"
    if "text" in backbones(pipeline.encoders).tuned and pipeline.encoders.text:
        yield f"model.text_tokens={min(pipeline.encoders.text.max_tokens, _TOKENS)}"
    yield "train.epochs=1"
    yield "train.batch_size=32"
    if pipeline.ensemble.folds > 1:
        yield "train.folds=2"


def _try(
    project: Path,
    steps: Iterable[_Step],
    *,
    environment: dict[str, str],
    seconds: float,
    hint: str,
    tell: Callable[[str], object],
) -> TrialReport:
    """Run every step until one fails."""
    done: list[tuple[str, float]] = []
    end = monotonic() + seconds
    for step in steps:
        tell(step.name)
        start = monotonic()
        ending = run_confined(
            [sys.executable, "-m", *step.arguments],
            folder=project,
            environment=environment,
            output=project.parent / f"{step.name}.log",
            seconds=max(0.0, end - start),
        )
        failure = ending.failure or step.check()
        if failure:
            raise TrialError(_diagnostic(step, failure, ending, project, hint))
        done.append((step.name, monotonic() - start))
    metrics = project / _RUN / "metrics.json"
    return TrialReport(tuple(done), read_metrics(metrics) if metrics.exists() else {})


def _diagnostic(
    step: _Step, failure: str, ending: Ending, project: Path, hint: str
) -> Diagnostic:
    lines = ending.last_lines(_OUTPUT_LINES) or ["(it printed nothing)"]
    message = (
        f"the step {step.name!r} {failure}; the project is kept there, the target is "
        "untouched, and this is the end of the output:"
    )
    return Diagnostic("T001", message, str(project), hint, tuple(lines))
