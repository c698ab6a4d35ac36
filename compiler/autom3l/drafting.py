"""`autom3l init`: a first spec, drafted from the data.

What the rules see stands in it as commented settings, ready to be corrected: a line
with `#` and no or two spaces is a setting, one with `#` and a single space is prose.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from autom3l.column import Column
from autom3l.defaults.retrieval import choose_retrieval
from autom3l.defaults.split import choose_split
from autom3l.defaults.target import read_target
from autom3l.defaults.task import infer_task
from autom3l.diagnostics import DataError, Diagnostic, UserError
from autom3l.inference.columns import infer_columns
from autom3l.inference.sides import find_pairs, find_sides, guess_sides
from autom3l.ir import Decision, Section, Split, Task
from autom3l.profile import DataProfile
from autom3l.profiling import profile_data
from autom3l.spec import Spec, SpecData
from autom3l.spec_reading import DETAILS, default_name
from autom3l.yaml_text import yaml_comment, yaml_list, yaml_text

_HEADER = """\
# Drafted by `autom3l init`. A commented setting is what the rules see in the data: it
# changes nothing as it stands. Uncommented, it is a fact that wins over every rule.
"""
_FOOTER = """\
# Also: constraints (offline, licences, max_parameters, hardware, tuning_minutes), llm,
# weights_dir and seed; `autom3l schema spec` prints every key with its meaning.
"""
# The keys of the spec to come, as the command line has them.
_GIVEN = {"target": "--target", "data.train": "TABLE", "left": "--left"}
_GIVEN |= {"right": "--right"}
# Of numbers alone nobody can say whether x1 and x2 are two sides of anything.
_SPEAKING_WORDS = 1.5
_OTHER_PARTS = {"validation": ("valid", "validation", "val", "dev"), "test": ("test",)}


@dataclass(frozen=True)
class Wish:
    """What is asked of a table: columns to predict, and the sides of a row."""

    target: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    task: Literal["retrieval", "matching"] | None = None


@dataclass(frozen=True)
class _Findings:
    """What the rules see in one table."""

    spec: Spec
    profile: DataProfile
    task: Task
    split: Split
    columns: tuple[Column, ...]
    decisions: tuple[Decision, ...]

    def why(self, subject: str, section: Section) -> str:
        """The reason and the evidence of one decision, for a comment."""
        decision = next(
            d for d in self.decisions if (d.subject, d.section) == (subject, section)
        )
        evidence = f" ({decision.evidence})" if decision.evidence else ""
        return yaml_comment(f"{decision.reason}{evidence}")


def draft_spec(table: Path, wish: Wish, spec: Path | None = None) -> str:
    """The text of a spec for a table; `spec` is the file it is meant for.

    Paths in it are relative to the folder of `spec` (by default the current one).
    Raises `DataError` and `PlanError` for what keeps a table from being used.
    """
    place = spec or Path("spec.yaml")
    try:
        findings = _find(_first_spec(table, wish, place))
    except UserError as error:
        raise type(error)(map(_as_given, error.diagnostics)) from None
    body = [*_data(findings, table), *_task(findings), "", *_columns(findings)]
    return "\n".join([_HEADER, *body, "", _FOOTER])


def _as_given(diagnostic: Diagnostic) -> Diagnostic:
    """Told of what was given on the command line: there is no spec yet."""
    where = diagnostic.where
    return replace(diagnostic, where=_GIVEN.get(where, where))


def _first_spec(table: Path, wish: Wish, place: Path) -> Spec:
    folder = os.path.realpath(place.parent)
    source = Path(os.path.realpath(table.parent), table.name)
    train = Path(os.path.relpath(source, folder)).as_posix()
    data = SpecData(train=train)
    first = Spec(folder, default_name(place), data, wish.target)
    task = wish.task or ("retrieval" if wish.left else "auto")
    return replace(first, task=task, left=wish.left, right=wish.right)


def _find(spec: Spec) -> _Findings:
    profile = profile_data(spec)
    spec = _sided(spec, profile)
    task, task_why = infer_task(spec, profile)
    spec, columns, columns_why = _typed(spec, profile)
    sides = find_sides(spec, profile)
    retrieval, columns, sides_why = choose_retrieval(sides, columns, task)
    pairs = find_pairs(spec, profile)
    split, split_why = choose_split(
        spec, profile, task, columns, pairs=pairs, retrieval=retrieval
    )
    decisions = (*task_why, *split_why, *sides_why, *columns_why)
    return _Findings(spec, profile, task, split, columns, decisions)


def _sided(spec: Spec, profile: DataProfile) -> Spec:
    """As a matching, where two labels stand beside columns that come in pairs."""
    names = [c.name for c in profile.columns if c.name not in spec.target]
    sides = guess_sides(names)
    if sides is None or len(spec.target) > 1 or spec.left or spec.task == "retrieval":
        return spec
    left, right = sides
    sided = replace(spec, task="matching", left=(left,), right=(right,))
    pairs = find_pairs(sided, profile)
    speaking = any(
        profile.column(name).words_mean >= _SPEAKING_WORDS
        for pair in pairs
        for name in (pair.left, pair.right)
    )
    labels = read_target(profile, spec.target[0]).distinct
    return sided if speaking and len(pairs) > 1 and labels == 2 else spec


def _typed(
    spec: Spec, profile: DataProfile
) -> tuple[Spec, tuple[Column, ...], tuple[Decision, ...]]:
    """The columns; image paths are also tried from the folders beside the table."""
    try:
        return spec, *infer_columns(spec, profile)
    except DataError:
        for folder in _folders(Path(profile.source.paths[0]).parent):
            images = Path(os.path.relpath(folder, spec.folder)).as_posix()
            moved = replace(spec, data=replace(spec.data, images=images))
            try:
                return moved, *infer_columns(moved, profile)
            except DataError:
                continue
        raise


def _folders(parent: Path) -> list[Path]:
    return sorted(p for p in parent.iterdir() if p.is_dir() and p.name[0] != ".")


def _data(findings: _Findings, table: Path) -> Iterator[str]:
    spec, profile = findings.spec, findings.profile
    for warning in profile.warnings:
        yield f"# {yaml_comment(warning)}"
    yield f"name: {yaml_text(spec.name)}"
    yield "data:"
    size = f"{profile.rows:,} rows, {len(profile.columns)} columns"
    yield f"  train: {yaml_text(spec.data.train)}  # {size}"
    for part, names in _OTHER_PARTS.items():
        for other in _beside(table, names):
            path = Path(spec.data.train).with_name(other).as_posix()
            note = "lies beside the table; without it, rows are split off"
            yield f"#  {part}: {yaml_text(path)}  # {note}"
    if spec.data.images:
        yield f"  images: {yaml_text(spec.data.images)}  # image paths start from here"


def _task(findings: _Findings) -> Iterator[str]:
    task, split, spec = findings.task, findings.split, findings.spec
    if spec.target:
        yield f"target: {_one_or_list(spec.target)}"
    if spec.task == "matching":
        yield "task: matching  # are both sides of a row the same thing?"
    elif spec.task == "retrieval":
        yield f"task: retrieval  # {findings.why('kind', 'task')}"
    if spec.left:
        names = "what the names of a side have, or a list of them"
        yield f"left: {_one_or_list(spec.left)}  # {names}"
        yield f"right: {_one_or_list(spec.right)}"
    if spec.task == "auto":
        yield f"#task: {task.kind}  # {findings.why('kind', 'task')}"
    yield f"#metric: {task.metric}  # {findings.why('metric', 'task')}"
    shares = f"validation: {split.validation:g}, test: {split.test:g}"
    why = findings.why("kind", "split")
    by = f", column: {yaml_text(split.column)}" if split.column else ""
    yield f"#split: {{kind: {split.kind}{by}, {shares}}}  # {why}"


def _one_or_list(names: tuple[str, ...]) -> str:
    return yaml_list(names) if len(names) > 1 else yaml_text(names[0])


def _columns(findings: _Findings) -> Iterator[str]:
    used = sum(column.role == "feature" for column in findings.columns)
    settings = [f"{yaml_text(c.name)}: {_pin(c)}" for c in findings.columns]
    width = min(max(map(len, settings), default=0), 40)
    yield f"#columns:  # {used} of {len(settings)} feed the model"
    for column, setting in zip(findings.columns, settings, strict=True):
        role = "" if column.role == "feature" else f"{column.role}: "
        why = findings.why(column.name, "columns")
        yield f"#  {setting:<{width}}  # {role}{why}"


def _pin(column: Column) -> str:
    """The pin that says of a column what the rules say."""
    if column.role != "feature":
        return "drop"
    details = [f"modality: {column.modality}"]
    if column.missing:
        details.append(f"missing: {yaml_list(column.missing)}")
    if column.levels and column.modality in DETAILS["levels"]:
        details.append(f"levels: {yaml_list(column.levels)}")
    if column.datetime:
        details.append(f"format: {yaml_text(column.datetime.format)}")
    if column.items and not column.items.brackets:
        details.append(f"separator: {yaml_text(column.items.separator)}")
    return column.modality if len(details) == 1 else f"{{{', '.join(details)}}}"


def _beside(table: Path, words: tuple[str, ...]) -> list[str]:
    """Tables in the same folder that are called after another part of the rows."""
    names = [f"{word}{''.join(table.suffixes)}" for word in words]
    if "train" in table.name:
        names += [table.name.replace("train", word) for word in words]
    known = dict.fromkeys(n for n in names if n != table.name)
    return [name for name in known if (table.parent / name).is_file()]
