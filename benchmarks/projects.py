"""The way of one data set from its tables to predictions, by public commands only."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_sets import DataSet
from measuring import Finished, run
from ruamel.yaml import YAML
from scoring import read_text

_TOOL = [sys.executable, "-m", "autom3l"]


@dataclass(frozen=True)
class Project:
    """An emitted project and what its IR says. `trial_s` is `None` without a trial."""

    folder: Path
    package: str
    compile_s: float
    trial_s: float | None
    encoders: tuple[str, ...]
    numeric: tuple[str, ...]
    categorical: tuple[str, ...]


def write_spec(
    data: DataSet,
    source: Path,
    work: Path,
    weights: Path | None,
    hardware: str = "cpu",
) -> Path:
    """`autom3l init` with the target alone, then files, weights and pins added."""
    work.mkdir(parents=True, exist_ok=True)
    spec = work / "spec.yaml"
    spec.unlink(missing_ok=True)
    table = str(source / "train.csv")
    run([*_TOOL, "init", table, "--target", data.target, "-o", str(spec)], work, "init")
    yaml = YAML()
    drafted: dict[str, Any] = yaml.load(spec.read_text("utf-8"))
    for part, name in (("validation", "valid.csv"), ("test", "test.csv")):
        if (source / name).is_file():
            drafted["data"][part] = os.path.relpath(source / name, work)
    # What is measured must not depend on whether a model hub can be reached.
    drafted["constraints"] = {"offline": True, "hardware": hardware}
    if weights:
        drafted["weights_dir"] = os.path.relpath(weights.resolve(), work)
    drafted.update(data.pins)
    with spec.open("w", encoding="utf-8") as file:
        yaml.dump(drafted, file)
    return spec


def compile_project(spec: Path, work: Path, *, trial: bool) -> Project:
    """Compile into `work/project`; what the trial took is not part of `compile_s`."""
    options = [] if trial else ["--no-trial"]
    command = [*_TOOL, "compile", str(spec), "-o", "project", "--overwrite", *options]
    total = run(command, work, "compile").seconds
    log = (work / "compile.log").read_text("utf-8")
    stages = re.findall(r"^trial +([0-9.]+) s$", log, re.MULTILINE)
    trial_s = float(stages[0]) if trial else None
    folder = work / "project"
    ir = json.loads((folder / ".autom3l" / "pipeline.json").read_text("utf-8"))
    used = [c for c in ir["columns"] if c["role"] == "feature"]
    chosen = [encoder for encoder in ir["encoders"].values() if encoder]
    discrete = {"categorical", "boolean", "ordinal"}
    return Project(
        folder=folder,
        package=ir["package"],
        compile_s=total - (trial_s or 0),
        trial_s=trial_s,
        encoders=tuple(e.get("backbone") or e["card"] for e in chosen),
        numeric=tuple(c["name"] for c in used if c["modality"] == "numeric"),
        categorical=tuple(c["name"] for c in used if c["modality"] in discrete),
    )


def train(project: Project, epochs: int | None, *, seed: int | None = None) -> Finished:
    """Train with the emitted configuration, but for what is given."""
    settings = {"epochs": epochs, "seed": seed}
    command = [*_module(project, "train"), "configs/base.toml", "--out", "runs/base"]
    for name, value in settings.items():
        command += ["--set", f"train.{name}={value}"] if value is not None else []
    return run(command, project.folder, "train")


def predict(project: Project, data: DataSet, source: Path, work: Path) -> Path:
    """Evaluate, then predict the test table; returns the predictions' path."""
    run([*_module(project, "evaluate"), "runs/base"], project.folder, "evaluate")
    table = _without_target(data, source, work / "blind")
    out = work / "predictions.csv"
    command = [*_module(project, "predict"), "runs/base", str(table), str(out)]
    run(command, project.folder, "predict")
    return out


def _module(project: Project, name: str) -> list[str]:
    return [sys.executable, "-m", f"{project.package}.{name}"]


def _without_target(data: DataSet, source: Path, folder: Path) -> Path:
    """The test table without its target, where its image paths still lead."""
    folder.mkdir(exist_ok=True)
    for entry in source.iterdir():
        link = folder / entry.name
        if entry.is_dir() and not link.exists():
            link.symlink_to(entry)
    table = folder / "test.csv"
    read_text(source / "test.csv").drop(columns=data.target).to_csv(table, index=False)
    return table
