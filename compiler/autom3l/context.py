"""What templates may speak of: all they need, computed and named in one place."""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import Literal

from autom3l.ir import (
    Column,
    Data,
    Decision,
    Encoders,
    Fusion,
    Pipeline,
    Split,
    Task,
    Training,
)

Branch = Literal["tabular", "text", "image"]


@dataclass(frozen=True)
class Context:
    """The names in scope of every template; each field is one of them.

    `numeric` … `image` are the feature columns of that modality, in table order, and
    `tabular` all of those which the tabular encoder reads. `branches` are the encoders
    that the model has, in the order of its inputs.
    """

    pipeline: Pipeline
    name: str
    package: str
    data: Data
    task: Task
    split: Split
    encoders: Encoders
    fusion: Fusion
    training: Training
    decisions: tuple[Decision, ...]
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
    has_tabular: bool
    has_text: bool
    has_image: bool
    branches: tuple[Branch, ...]


def context(pipeline: Pipeline) -> Context:
    """The context of one pipeline; raises `ValueError` when `package` is no name."""
    if not pipeline.package.isidentifier() or keyword.iskeyword(pipeline.package):
        raise ValueError(f"not a package name: {pipeline.package!r}")
    tabular = pipeline.features(
        "numeric", "ordinal", "boolean", "categorical", "datetime", "multi_category"
    )
    text, image = pipeline.features("text"), pipeline.features("image")
    present: tuple[tuple[Branch, bool], ...] = (
        ("tabular", bool(tabular)),
        ("text", bool(text)),
        ("image", bool(image)),
    )
    return Context(
        pipeline=pipeline,
        name=pipeline.name,
        package=pipeline.package,
        data=pipeline.data,
        task=pipeline.task,
        split=pipeline.split,
        encoders=pipeline.encoders,
        fusion=pipeline.fusion,
        training=pipeline.training,
        decisions=pipeline.decisions,
        numeric=pipeline.features("numeric"),
        ordinal=pipeline.features("ordinal"),
        boolean=pipeline.features("boolean"),
        categorical=pipeline.features("categorical"),
        datetime=pipeline.features("datetime"),
        multi_category=pipeline.features("multi_category"),
        text=text,
        image=image,
        tabular=tabular,
        unused=tuple(c for c in pipeline.columns if c.role != "feature"),
        has_tabular=bool(tabular),
        has_text=bool(text),
        has_image=bool(image),
        branches=tuple(branch for branch, there in present if there),
    )
