"""What templates may speak of: all they need, computed and named in one place."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass
from glob import has_magic
from typing import Literal

from autom3l.additions import (
    NUMBERS,
    Derivation,
    Filling,
    Frozen,
    Sides,
    TableInput,
    derivation,
    filling,
    near,
    sides,
    table_inputs,
)
from autom3l.backbones import Backbones, backbones
from autom3l.column import Column, Derived, Modality
from autom3l.encoders import Encoders, TextEncoder
from autom3l.fitted import decision_type, fitted_fields
from autom3l.ir import (
    Data,
    Decision,
    Ensemble,
    Fusion,
    Loss,
    Pipeline,
    Section,
    Split,
    Task,
    Training,
)
from autom3l.losses import loss_of
from autom3l.retrieval import Retrieval
from autom3l.writing import (
    DateKind,
    as_written,
    date_kinds,
    marks,
    number_example,
    probability,
    split_format,
)

Branch = Literal["tabular", "text", "image"]

_CHUNK_CELLS, _SAMPLE_CELLS = 2_000_000, 8_000_000  # in memory at a time
# Whose decisions stand beside a column or a number, not with the design.
_BY_COLUMN: tuple[Section, ...] = ("columns", "derived", "imputation")


@dataclass(frozen=True)
class Context:
    """The names in scope of every template; each field is one of them.

    `numeric` … `image` are the feature columns of that modality, in table order, and
    `tabular` all of those which the tabular encoder reads. `branches` are the encoders
    that the model has, in the order of its inputs.
    `inputs` are the tensors of the tabular encoder; `backbones` are the encoders with
    pretrained weights; `lexical`: n-grams stand beside embeddings of texts; `cached`:
    something of the cells is kept on disk. `bagged`: a network per fold; `boosted`:
    trees predict beside it, from the tensors `boosted_inputs`. `loss` is one by name,
    never `auto`. `decision_type`: what is fitted on validation rows to turn
    probabilities into predictions. `fitted_fields`: what is learnt from training rows,
    or, when they are `streamed` in chunks of `chunk_rows`, from `sample_rows`. `marked`
    columns have texts for a missing value, `number_marks` texts to cut from numbers,
    `target_marks` from the target, which writes 1234.5 as `target_example`; `epochs`:
    some datetime counts seconds, `epoch_days`: some part counts days. `probability`
    begins the name of a column of probabilities in the predictions; `number_example` is
    a column whose numbers need more than `float`, with one of them; `identifiers` are
    copied there. `reasons` says why each column is read as it is, `design` everything
    else. `image_lists`: the paths of a cell stand in brackets. `train_is_glob`: the
    training table may be several files. `date_kinds`: how the dates that are read are
    written; `split_format`: how the column of a time split is parsed.
    `read` are the features and what is read only to derive from; `*_read` those of a
    modality. `plain_numbers`: some features are numbers; `own_cells`: the functions
    that read cells stand in a module of their own, for several others use them.
    `why_derived` and `why_filled`: the reasons by number and column. `sides`: whose
    embeddings a matching compares. `retrieval`: the sides of one, else `None`;
    `two_sided`: its queries have other columns than its items; `near`: the encoders
    whose frozen features tell by themselves how alike both sides are.
    """

    pipeline: Pipeline
    name: str
    package: str
    data: Data
    train_is_glob: bool
    task: Task
    split: Split
    encoders: Encoders
    fusion: Fusion
    training: Training
    ensemble: Ensemble
    bagged: bool
    boosted: bool
    boosted_inputs: list[str]
    drawn: bool
    streamed: bool
    chunk_rows: int
    sample_rows: int
    loss: Loss
    design: tuple[Decision, ...]
    reasons: dict[str, str]
    numeric: tuple[Column, ...]
    ordinal: tuple[Column, ...]
    boolean: tuple[Column, ...]
    categorical: tuple[Column, ...]
    datetime: tuple[Column, ...]
    multi_category: tuple[Column, ...]
    text: tuple[Column, ...]
    image: tuple[Column, ...]
    tabular: tuple[Column, ...]
    unused: tuple[Column, ...]
    identifiers: tuple[Column, ...]
    has_tabular: bool
    has_text: bool
    has_image: bool
    branches: tuple[Branch, ...]
    inputs: tuple[TableInput, ...]
    backbones: Backbones
    frozen_text: bool
    lexical: bool
    frozen_image: bool
    cached: bool
    decision_type: Literal["", "float", "list"]
    fitted_fields: tuple[str, ...]
    marked: tuple[Column, ...]
    number_marks: tuple[tuple[Column, list[str]], ...]
    target_marks: list[str]
    target_example: str
    decimal_comma: tuple[Column, ...]
    bracketed: tuple[Column, ...]
    epochs: bool
    epoch_days: bool
    image_separator: str
    image_lists: bool
    probability: str
    number_example: tuple[str, str] | None
    date_kinds: tuple[DateKind, ...]
    split_format: str
    derived: tuple[Derived, ...]
    derivation: Derivation
    filling: Filling
    imputed: tuple[Column, ...]
    read: tuple[Column, ...]
    numeric_read: tuple[Column, ...]
    dates_read: tuple[Column, ...]
    lists_read: tuple[Column, ...]
    plain_numbers: bool
    own_cells: bool
    why_derived: dict[str, str]
    why_filled: dict[str, str]
    sides: Sides
    retrieval: Retrieval | None
    two_sided: bool
    near: tuple[Frozen, ...]


def context(pipeline: Pipeline) -> Context:
    """The context of one pipeline; raises `ValueError` when `package` is no name."""
    if not pipeline.package.isidentifier() or keyword.iskeyword(pipeline.package):
        raise ValueError(f"not a package name: {pipeline.package!r}")
    tabular = pipeline.features(
        "numeric", "ordinal", "boolean", "categorical", "datetime", "multi_category"
    )
    derived, filled = derivation(pipeline), filling(pipeline)
    inputs = table_inputs(pipeline)
    text, image = pipeline.features("text"), pipeline.features("image")
    present: tuple[tuple[Branch, bool], ...] = (
        ("tabular", bool(inputs)),
        ("text", bool(text)),
        ("image", bool(image)),
    )
    width = len(pipeline.columns) + len(pipeline.task.targets)
    read = _read(pipeline, derived)
    numeric, lists = _of("numeric", read), _of("multi_category", read)
    dates = [c.datetime for c in _of("datetime", read) if c.datetime]
    pretrained = backbones(pipeline.encoders)
    lexical = _lexical(pipeline.encoders.text)
    return Context(
        pipeline=pipeline,
        name=pipeline.name,
        package=pipeline.package,
        data=pipeline.data,
        train_is_glob=has_magic(pipeline.data.train),
        task=pipeline.task,
        split=pipeline.split,
        encoders=pipeline.encoders,
        fusion=pipeline.fusion,
        training=pipeline.training,
        ensemble=pipeline.ensemble,
        bagged=pipeline.ensemble.folds > 1,
        boosted=pipeline.ensemble.trees != "none",
        boosted_inputs=_boosted_inputs(pipeline, inputs),
        drawn=pipeline.drawn,
        streamed=pipeline.data.streamed,
        chunk_rows=max(_CHUNK_CELLS // width, 1_000),
        sample_rows=min(max(_SAMPLE_CELLS // width, 20_000), 200_000),
        loss=loss_of(pipeline.training, pipeline.task.kind),
        design=tuple(d for d in pipeline.decisions if d.section not in _BY_COLUMN),
        reasons=_reasons(pipeline, "columns"),
        numeric=pipeline.features("numeric"),
        ordinal=pipeline.features("ordinal"),
        boolean=pipeline.features("boolean"),
        categorical=pipeline.features("categorical"),
        datetime=pipeline.features("datetime"),
        multi_category=pipeline.features("multi_category"),
        text=text,
        image=image,
        tabular=tabular,
        unused=tuple(c for c in pipeline.columns if c not in read),
        identifiers=tuple(c for c in pipeline.columns if c.role == "identifier"),
        has_tabular=bool(inputs),
        has_text=bool(text),
        has_image=bool(image),
        branches=tuple(branch for branch, there in present if there),
        inputs=inputs,
        backbones=pretrained,
        frozen_text="text" in pretrained.frozen,
        lexical=lexical,
        frozen_image="image" in pretrained.frozen,
        cached=lexical or bool(pretrained.frozen) or "image" in pretrained.tuned,
        decision_type=decision_type(pipeline),
        fitted_fields=fitted_fields(pipeline, inputs),
        marked=tuple(c for c in read if c.missing),
        number_marks=tuple((c, marks(c.number)) for c in numeric if marks(c.number)),
        target_marks=marks(pipeline.task.number),
        target_example=as_written(pipeline.task.number) if pipeline.task.number else "",
        decimal_comma=tuple(
            c for c in numeric if c.number is not None and c.number.decimal == ","
        ),
        bracketed=tuple(c for c in lists if c.items is not None and c.items.brackets),
        epochs="epoch" in date_kinds(dates),
        epoch_days=any(
            "epoch_days" in c.datetime.parts
            for c in pipeline.features("datetime")
            if c.datetime
        ),
        image_separator=next((c.items.separator for c in image if c.items), ""),
        image_lists=any(c.items.brackets for c in image if c.items),
        probability=probability(pipeline.task),
        number_example=number_example(numeric),
        date_kinds=date_kinds(dates),
        split_format=split_format(pipeline),
        derived=pipeline.derived,
        derivation=derived,
        filling=filled,
        imputed=pipeline.imputed(),
        read=read,
        numeric_read=numeric,
        dates_read=_of("datetime", read),
        lists_read=lists,
        plain_numbers=bool(pipeline.features(*NUMBERS)),
        own_cells=filled.numbers or filled.ranks or derived.parsing,
        why_derived=_reasons(pipeline, "derived"),
        why_filled=_reasons(pipeline, "imputation"),
        sides=sides(pipeline),
        retrieval=pipeline.retrieval,
        two_sided=bool(pipeline.retrieval and pipeline.retrieval.two_sided),
        near=near(pipeline),
    )


def _read(pipeline: Pipeline, derived: Derivation) -> tuple[Column, ...]:
    columns = {*pipeline.features(), *derived.sources}
    return tuple(column for column in pipeline.columns if column in columns)


def _of(modality: Modality, columns: Sequence[Column]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.modality == modality)


def _reasons(pipeline: Pipeline, section: Section) -> dict[str, str]:
    names = (*(c.name for c in pipeline.columns), *(d.name for d in pipeline.derived))
    reasons = dict.fromkeys(names, "")
    for decision in pipeline.decisions:
        if decision.section == section:
            evidence = f" ({decision.evidence})" if decision.evidence else ""
            reasons[decision.subject] = decision.reason + evidence
    return reasons


def _boosted_inputs(pipeline: Pipeline, inputs: tuple[TableInput, ...]) -> list[str]:
    if pipeline.ensemble.trees != "all":
        return [*inputs]
    return [*inputs, *backbones(pipeline.encoders).frozen]


def _lexical(text: TextEncoder | None) -> bool:
    return text is not None and text.kind == "transformer" and text.buckets > 0
