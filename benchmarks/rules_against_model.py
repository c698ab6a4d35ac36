"""What a language model's answers change: rules alone and rules with it, side by side.

    python benchmarks/rules_against_model.py [NAME ...] [--train --weights DIR]

Plans each table of tests/transcripts twice with the same spec: without its model, and
with the recorded answers, which a scripted server on this machine gives. Both plans are
held against what a person has written down of the columns (column_truth.py); what else
is the model's own is counted by kind. With `--train` both projects are trained, too,
and predict the test table as in real_data.py.

Exit 1 when a step failed, 0 also where the data are absent.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autom3l.ir import Pipeline
from autom3l.ir_json import from_json
from autom3l.planning.planning import LEFT_TO_RULES
from column_truth import Hits, compare, load_truth
from data_sets import DATA_SETS, DataSet
from measuring import StepError
from projects import Project, compile_project, predict, train
from ruamel.yaml import YAML
from scoring import read_text, score
from text_tables import aligned

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from llm_server import serving  # noqa: E402 (its folder is known only now)
from scripted_passes import TRANSCRIPTS, by_pass, recorded  # noqa: E402

# Its directive wants few complaints to be missed, at the price of false alarms.
OWN = DataSet("own_table", "reklamation", "balanced_accuracy")
NAMES = tuple(sorted(path.stem for path in TRANSCRIPTS.glob("*.jsonl")))
PLANNERS = ("rules", "model")
_HEAD = (
    "table",
    "by",
    "read right",
    "drops: precision",
    "recall",
    "derived",
    "holes",
    "encoders",
    "recipe",
    "search",
    "score",
)
# The sections of a model's decisions, as columns of the table.
_CHANGES = {
    "derived": "derived",
    "imputation": "holes",
    "encoders": "encoders",
    "task": "recipe",
    "fusion": "recipe",
    "training": "recipe",
    "ensemble": "recipe",
    "search": "search",
}


@dataclass(frozen=True)
class Outcome:
    """One plan of one table.

    `changes`: how many decisions are the model's, by column of the printed table.
    `left`: the passes in which it was asked in vain.
    """

    name: str
    planner: str
    hits: Hits
    changes: Counter[str]
    left: tuple[str, ...]
    score: float | None


def main() -> int:
    """Compare the tables asked for; the exit code says if every step went well."""
    args = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        work = (args.work or Path(scratch)).resolve()
        outcomes, failed = _compare_all(args, work)
    if outcomes:
        print(aligned(_HEAD, [_cells(outcome) for outcome in outcomes]))
    for line in filter(None, map(_differences, outcomes)):
        print(line)
    return int(failed)


def _compare_all(args: argparse.Namespace, work: Path) -> tuple[list[Outcome], bool]:
    outcomes, failed = [], False
    for name in args.names or NAMES:
        source = _own_table(work) if name == OWN.name else args.data / name
        if not source.is_dir():
            print(f"{name}: skipped, its folder is absent", file=sys.stderr)
            continue
        for planner in PLANNERS:
            print(f"{name} by {planner} ...", file=sys.stderr, flush=True)
            folder = work / name / planner
            try:
                found = _outcome(name, planner, source.resolve(), folder, args)
            except StepError as error:
                print(f"{name} by {planner}: {error}", file=sys.stderr)
                failed = True
                continue
            outcomes.append(found)
    return outcomes, failed


def _own_table(work: Path) -> Path:
    """A folder as those of the shared data."""
    folder = work / OWN.name / "source"
    folder.mkdir(parents=True, exist_ok=True)
    script = [sys.executable, str(TRANSCRIPTS / f"{OWN.name}.py")]
    for part in ("train", "test"):
        drawn = subprocess.run([*script, part], capture_output=True, check=True)
        (folder / f"{part}.csv").write_bytes(drawn.stdout)
    truth = (TRANSCRIPTS / f"{OWN.name}.columns.json").read_bytes()
    (folder / "columns.json").write_bytes(truth)
    return folder


def _outcome(
    name: str, planner: str, source: Path, work: Path, args: argparse.Namespace
) -> Outcome:
    spec = _spec(name, args.weights, work)
    project = _compile(name, planner, spec, source, work)
    text = (project.folder / ".autom3l" / "pipeline.json").read_text("utf-8")
    pipeline = from_json(text)
    settled = {*spec.get("columns", {})}
    return Outcome(
        name=name,
        planner=planner,
        hits=compare(pipeline, load_truth(source / "columns.json"), settled),
        changes=_changes(pipeline),
        left=tuple(d.subject for d in pipeline.decisions if d.choice == LEFT_TO_RULES),
        score=_score(name, project, source, work, args) if args.train else None,
    )


def _spec(name: str, weights: Path | None, work: Path) -> dict[str, Any]:
    """That of the transcript, with the weights that are here."""
    spec: dict[str, Any] = YAML().load(TRANSCRIPTS / f"{name}.yaml")
    del spec["weights_dir"]
    if weights:
        spec["weights_dir"] = os.path.relpath(weights.resolve(), work)
    return spec


def _compile(
    name: str, planner: str, spec: dict[str, Any], source: Path, work: Path
) -> Project:
    work.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        link = work / entry.name
        if not link.exists():
            link.symlink_to(entry)
    path = work / "spec.yaml"
    with serving(by_pass(**recorded(name))) as script:
        if planner == "model":
            spec["llm"]["base_url"] = script.base_url
        else:
            del spec["llm"]
        YAML().dump(spec, path)
        return compile_project(path, work, trial=False)


def _changes(pipeline: Pipeline) -> Counter[str]:
    """Readings and drops aside, which are compared with the truth."""
    found: Counter[str] = Counter()
    for decision in pipeline.decisions:
        if decision.source != "llm":
            continue
        if decision.section in _CHANGES:
            found[_CHANGES[decision.section]] += 1
        elif decision.subject.endswith(" missing"):
            found["holes"] += 1
    return found


def _score(
    name: str, project: Project, source: Path, work: Path, args: argparse.Namespace
) -> float:
    """On the test table."""
    data = OWN if name == OWN.name else next(d for d in DATA_SETS if d.name == name)
    train(project, args.epochs)
    predictions = read_text(predict(project, data, source, work))
    return score(data, read_text(source / "test.csv")[data.target], predictions)


def _cells(outcome: Outcome) -> list[str]:
    hits = outcome.hits
    changes = (outcome.changes[column] for column in _HEAD[5:-1])
    return [
        outcome.name,
        outcome.planner,
        f"{hits.read} of {hits.total}",
        f"{hits.found} of {hits.dropped}",
        f"{hits.found} of {hits.useless}",
        *(str(n) if outcome.planner == "model" else "–" for n in changes),
        "–" if outcome.score is None else f"{outcome.score:.4f}",
    ]


def _differences(outcome: Outcome) -> str:
    """What the plan says otherwise than the truth, by name."""
    hits = outcome.hits
    parts = {
        "read otherwise": [f"{n} as {m}" for n, m in hits.misread.items()],
        "dropped though useful": hits.wrongly_dropped,
        "kept though useless": hits.wrongly_kept,
        LEFT_TO_RULES: outcome.left,
    }
    told = "; ".join(f"{what}: {', '.join(n)}" for what, n in parts.items() if n)
    return f"{outcome.name} by {outcome.planner}: {told}" if told else ""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    data = ROOT.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=data, help="data sets")
    weights = os.environ.get("AUTOM3L_WEIGHTS")
    parser.add_argument(
        "--weights",
        type=Path,
        default=Path(weights) if weights else None,
        help="folder of pretrained weights (default: $AUTOM3L_WEIGHTS)",
    )
    parser.add_argument("--train", action="store_true", help="train and score, too")
    parser.add_argument("--epochs", type=int, help="train no longer than this")
    parser.add_argument(
        "--work", type=Path, help="kept folder (default: a scratch one)"
    )
    args = parser.parse_args()
    unknown = sorted(set(args.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown table {unknown[0]!r}, not one of {', '.join(NAMES)}")
    return args


if __name__ == "__main__":
    sys.exit(main())
