"""The default pipeline, put together from the decisions of every section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autom3l.column import Column
from autom3l.defaults.encoders import (
    NO_PINS,
    Pins,
    choose_encoders,
    with_numbers,
)
from autom3l.defaults.ensemble import choose_ensemble
from autom3l.defaults.memory import choose_streaming
from autom3l.defaults.naming import package_name
from autom3l.defaults.ngrams import with_ngrams
from autom3l.defaults.pairs import choose_comparisons
from autom3l.defaults.retrieval import choose_retrieval
from autom3l.defaults.search import choose_search
from autom3l.defaults.split import choose_split
from autom3l.defaults.task import infer_task
from autom3l.defaults.training import (
    choose_fusion,
    choose_training,
    schedule_decision,
    training_rows,
)
from autom3l.defaults.tuning import with_tuning
from autom3l.inference.columns import infer_columns
from autom3l.inference.sides import find_pairs, find_sides
from autom3l.ir import Data, Decision, Ensemble, Pipeline, Source, Split
from autom3l.profile import DataProfile
from autom3l.spec import Spec
from autom3l.tables import as_pattern
from autom3l.zoo import Zoo


def default_pipeline(
    spec: Spec,
    profile: DataProfile,
    zoo: Zoo,
    *,
    root: str,
    weights: str,
    wished: Pins = NO_PINS,
) -> Pipeline:
    """A complete pipeline by rules alone, every decision with its reason.

    `root` leads from the emitted project to the spec's folder, `weights` is what `Data`
    records of the weights folder; `wished` encoders are taken instead of the rules'.
    Raises `PlanError` and `DataError` for what the data does not allow.
    """
    task, task_why = infer_task(spec, profile)
    columns, columns_why = infer_columns(spec, profile)
    retrieval, columns, sides_why = choose_retrieval(
        find_sides(spec, profile), columns, task
    )
    found = find_pairs(spec, profile)
    split, split_why = choose_split(
        spec, profile, task, columns, pairs=found, retrieval=retrieval
    )
    if retrieval is None:
        columns, role_why = _without_split_column(columns, split, split_why[0].source)
    else:
        role_why = ()
    pairs, derived, pairs_why = choose_comparisons(found, columns, profile)
    encoders, encoders_why = choose_encoders(
        spec, profile, zoo, columns, wished=wished, retrieval=retrieval
    )
    encoders = with_numbers(encoders, derived, profile, zoo)
    rows = training_rows(profile, split, task)
    encoders, ngrams_why = with_ngrams(
        encoders, task, pairs, rows, asked=spec.encoders.ngrams
    )
    fusion, fusion_why = choose_fusion(encoders, task, rows)
    training, training_why = choose_training(spec, profile, task, split)
    training, tuning_why = with_tuning(
        training, encoders, rows, spec.constraints.hardware
    )
    streamed, streamed_why = choose_streaming(
        spec,
        profile,
        task=task,
        columns=columns,
        encoders=encoders,
        pairs=pairs,
    )
    data = replace(_data(spec, profile, root, weights), streamed=streamed)
    ensemble, ensemble_why = choose_ensemble(data, task, split, encoders, rows)
    package = package_name(spec.name)
    strays = {d.subject for d in sides_why if d.section == "columns"}
    pipeline = Pipeline(
        version=1,
        name=spec.name,
        package=package,
        data=data,
        task=task,
        split=split,
        columns=columns,
        encoders=encoders,
        fusion=fusion,
        training=training,
        ensemble=ensemble,
        derived=derived,
        pairs=pairs,
        retrieval=retrieval,
        decisions=(
            *_naming(spec.name, package),
            *streamed_why,
            *task_why,
            *sides_why,
            *pairs_why,
            *_shares(split_why, ensemble),
            *(d for d in columns_why if d.subject not in strays),
            *role_why,
            *encoders_why,
            *ngrams_why,
            fusion_why,
            schedule_decision(training, rows),
            *training_why,
            *tuning_why,
            *ensemble_why,
        ),
    )
    search, search_why = choose_search(pipeline, spec.search, rows)
    decisions = (*pipeline.decisions, *search_why)
    return replace(pipeline, search=search, decisions=decisions)


def _data(spec: Spec, profile: DataProfile, root: str, weights: str) -> Data:
    source = profile.source
    return Data(
        root=root,
        train=as_pattern(spec.data.train, spec.folder, source.paths),
        format=source.format,
        validation=spec.data.validation or "",
        test=spec.data.test or "",
        images=spec.data.images or "",
        weights=weights,
        separator=source.separator,
        encoding=source.encoding,
        quote=source.quote,
    )


def _without_split_column(
    columns: Sequence[Column], split: Split, source: Source
) -> tuple[tuple[Column, ...], tuple[Decision, ...]]:
    """A group is never seen again, and a part's name says nothing of a row."""
    if split.kind not in ("group", "column"):
        return tuple(columns), ()
    kept = tuple(
        replace(column, role="split") if column.name == split.column else column
        for column in columns
    )
    decision = Decision(
        section="columns",
        subject=split.column,
        choice="drop (split)",
        reason="The rows are divided by it, so no part knows the values of another.",
        source=source,
    )
    return kept, (decision,)


def _shares(decisions: Sequence[Decision], ensemble: Ensemble) -> tuple[Decision, ...]:
    """Folds leave no share of the rows for validation alone."""
    folded = ensemble.folds > 1
    return tuple(d for d in decisions if not (folded and d.subject == "validation"))


def _naming(name: str, package: str) -> tuple[Decision, ...]:
    if package == name.lower().replace("-", "_"):
        return ()
    reason = f"A package named after {name!r} would clash with one it needs."
    return (Decision("data", "package", package, reason, "rule"),)
