"""Random valid pipelines for property tests, with names and texts that are hostile."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import column_strategies
from autom3l.backbones import backbones
from autom3l.column import (
    Column,
    Derived,
)
from autom3l.defaults.ensemble import can_fold, kinds_of_trees
from autom3l.defaults.memory import can_stream
from autom3l.defaults.naming import package_name
from autom3l.defaults.search import SearchWish, choose_search
from autom3l.defaults.tabular import TABULAR
from autom3l.encoders import Encoders, ImageEncoder, TabularEncoder, TextEncoder
from autom3l.ir import (
    BackboneTraining,
    Data,
    Decision,
    Ensemble,
    Fusion,
    FusionKind,
    Optimizer,
    Pipeline,
    Schedule,
    Selection,
    Split,
    SplitKind,
    TableFormat,
    Task,
    TaskKind,
    Training,
)
from autom3l.losses import LOSSES
from autom3l.metrics import METRICS
from autom3l.retrieval import Retrieval
from autom3l.search import Dimension, Engine, Search, Setpoint
from autom3l.searchable import SEARCHABLE, own_value, searchable
from autom3l.spec import SpecSearch
from column_strategies import texts
from hypothesis import strategies as st

SELECTIONS = get_args(Selection)
FUSIONS: tuple[FusionKind, ...] = get_args(FusionKind)
OPTIMIZERS = get_args(Optimizer)
SCHEDULES = get_args(Schedule)
FORMATS: tuple[TableFormat, ...] = ("csv", "jsonl", "parquet")

paths = st.sampled_from(("a.csv", "data/train set.csv", "d'ata/x{{y}}.csv", "é/*.csv"))
words = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}(-[A-Za-z0-9]{1,8})?", fullmatch=True)


def shares(high: float = 0.9) -> st.SearchStrategy[float]:
    """Floats from 0 to `high` that are written with few digits."""
    return st.integers(0, int(high * 100)).map(lambda n: n / 100)


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """A pipeline that passes every check which needs neither data nor zoo."""
    names = draw(st.lists(texts, min_size=2, max_size=10, unique=True))
    kind = draw(st.sampled_from(tuple(METRICS)))
    several = kind == "multilabel" and len(names) > 3 and draw(st.booleans())
    targets = tuple(names[: 2 if several else 1])
    columns = [draw(column_strategies.columns(name)) for name in names[len(targets) :]]
    columns[0] = replace(columns[0], role="feature")
    data = draw(_data())
    split, columns = draw(_splits(kind, data, columns))
    columns = [draw(column_strategies.filled(column, columns)) for column in columns]
    retrieval = draw(_retrievals(columns)) if kind == "retrieval" else None
    two_sided = bool(retrieval and retrieval.two_sided)
    derived = draw(column_strategies.derived({*names}, split, columns))
    derived = [] if two_sided else derived
    pairs = draw(column_strategies.pairs(columns)) if kind == "binary" else []
    encoders = draw(_encoders(columns, derived))
    if retrieval and encoders.text and encoders.text.kind == "transformer":
        encoders = replace(encoders, text=replace(encoders.text, buckets=0))
    task = draw(_tasks(kind, targets))
    if two_sided and draw(st.booleans()):
        task = replace(task, targets=())
    if can_stream(task, encoders, pairs):
        data = replace(data, streamed=draw(st.booleans()))
    folds = draw(st.integers(1, 5)) if can_fold(data, task, split) else 1
    trees = draw(st.sampled_from(kinds_of_trees(data, task, encoders)))
    name = draw(words)
    pipeline = Pipeline(
        version=1,
        name=name,
        package=package_name(name),
        data=data,
        task=task,
        split=split,
        columns=tuple(columns),
        encoders=encoders,
        fusion=draw(_fusions(encoders, kind)),
        training=draw(_training(kind, encoders)),
        ensemble=Ensemble(folds, trees),
        derived=tuple(derived),
        pairs=tuple(pairs),
        retrieval=retrieval,
        decisions=tuple(draw(st.lists(_decisions, max_size=4))),
    )
    return replace(pipeline, search=draw(_searches(pipeline)))


@st.composite
def _searches(draw: st.DrawFn, pipeline: Pipeline) -> Search | None:
    """That of the rules, with some values fixed and one that is chosen from two."""
    known = tuple(searchable(pipeline))
    fixed = draw(st.sets(st.sampled_from(known)) | st.just({*known}))
    engine = draw(st.sampled_from(get_args(Engine)))
    wanted = SpecSearch(engine, fixed=tuple(sorted(fixed)))
    key = draw(st.sampled_from(known))
    own, other = own_value(pipeline, key), SEARCHABLE[key].low
    if own == other or key in fixed or key == "model.width":
        return choose_search(pipeline, wanted, 100)[0]
    two = Dimension(key, "categorical", choices=(own, other))
    wish = SearchWish({key: two}, ((Setpoint(key, other),),))
    return choose_search(pipeline, wanted, 100, wish)[0]


@st.composite
def _tasks(draw: st.DrawFn, kind: TaskKind, targets: tuple[str, ...]) -> Task:
    sizes = {"binary": (2, 2), "multiclass": (2, 6), "multilabel": (2, 6)}
    low, high = sizes.get(kind, (0, 0))
    drawn = draw(st.lists(texts, min_size=low, max_size=high, unique=True))
    metric = draw(st.sampled_from(METRICS[kind]))
    ordered = metric == "quadratic_kappa" or (
        kind == "multiclass" and draw(st.booleans())
    )
    lists = kind == "multilabel" and len(targets) == 1
    return Task(
        kind=kind,
        targets=targets,
        metric=metric,
        classes=targets if len(targets) > 1 else tuple(drawn),
        ordered=ordered,
        separator=draw(st.sampled_from(("|", ",", "; ", "'"))) if lists else "",
        transform="log1p" if kind == "regression" and draw(st.booleans()) else "none",
        number=draw(column_strategies.written) if kind == "regression" else None,
    )


@st.composite
def _data(draw: st.DrawFn) -> Data:
    return Data(
        root="..",
        train=draw(paths),
        format=draw(st.sampled_from(FORMATS)),
        validation=draw(st.sampled_from(("", "valid.csv"))),
        test=draw(st.sampled_from(("", "test.csv"))),
        images=draw(st.sampled_from(("", "pictures"))),
        weights=draw(st.sampled_from(("", "weights"))),
        separator=draw(st.sampled_from((",", ";", "\t", "|"))),
        encoding=draw(st.sampled_from(("utf-8", "utf-8-sig", "latin-1", "utf-16"))),
        quote=draw(st.sampled_from(('"', "'"))),
    )


@st.composite
def _splits(
    draw: st.DrawFn, kind: TaskKind, data: Data, columns: list[Column]
) -> tuple[Split, list[Column]]:
    kinds: list[SplitKind] = ["random", "time"]
    if kind in ("binary", "multiclass"):
        kinds.append("stratified")
    if len(columns) > 1:
        kinds += ["group", "column"]
    if data.validation and data.test:
        kinds = ["given"]
    chosen = draw(st.sampled_from(kinds))
    by = columns[-1] if chosen in ("group", "time", "column") else None
    if by and chosen != "time":
        columns = [*columns[:-1], replace(by, role="split")]
    part = st.sampled_from((0.1, 0.25, 0.05))
    whole = chosen in ("given", "column")
    validation = 0.0 if whole or data.validation else draw(part)
    test = 0.0 if whole or data.test else draw(part)
    return Split(chosen, validation, test, by.name if by else ""), columns


@st.composite
def _retrievals(draw: st.DrawFn, columns: list[Column]) -> Retrieval:
    """Of all features on both sides, or of some on each."""
    names = [column.name for column in columns if column.role == "feature"]
    place = draw(st.integers(0, len(names) - 1))
    hard = draw(st.booleans())
    if place == 0:
        return Retrieval(tuple(names), tuple(names), hard)
    return Retrieval(tuple(names[:place]), tuple(names[place:]), hard)


@st.composite
def _encoders(
    draw: st.DrawFn, columns: list[Column], derived: list[Derived]
) -> Encoders:
    used = {column.modality for column in columns if column.role == "feature"}
    flagged = any(column.impute and column.impute.indicator for column in columns)
    tabular = TabularEncoder(
        card="mlp_ple",
        bins=draw(st.integers(2, 64)),
        number_width=draw(st.integers(1, 64)),
        level_width=draw(st.integers(1, 64)),
    )
    return Encoders(
        tabular=tabular if used & set(TABULAR) or derived or flagged else None,
        text=draw(_text) if "text" in used else None,
        image=draw(_image) if "image" in used else None,
    )


_text = st.sampled_from(
    (
        TextEncoder("hashed_ngrams", "hashed_ngrams", "full", 128, buckets=4096),
        TextEncoder(
            card="all-MiniLM-L6-v2",
            kind="transformer",
            tuning="frozen",
            max_tokens=64,
            backbone="sentence-transformers/all-MiniLM-L6-v2",
            buckets=2**15,
        ),
        TextEncoder(
            card="bge-small-en-v1.5",
            kind="transformer",
            tuning="frozen",
            max_tokens=256,
            backbone="bge-small-en-v1.5",
            pooling="cls",
            prefix="query: ",
        ),
        TextEncoder(
            card="deberta-v3-small",
            kind="transformer",
            tuning="full",
            max_tokens=64,
            backbone="deberta-v3-small",
            buckets=2**15,
            ngrams=2048,
        ),
        TextEncoder("deberta-v3-small", "transformer", "lora", 64, "deberta-v3-small"),
    )
)
_image = st.sampled_from(
    (
        ImageEncoder("small_convnet", "convnet", "full", 64),
        ImageEncoder("small_convnet", "convnet", "full", 64, augmentation="flip_shift"),
        ImageEncoder(
            "mobilenetv2_100", "timm", "frozen", 224, "mobilenetv2_100.ra_in1k"
        ),
        ImageEncoder("resnet50", "timm", "frozen", 224, "resnet50.a1_in1k"),
        ImageEncoder("resnet50", "timm", "full", 224, "resnet50.a1_in1k", "flip_shift"),
        ImageEncoder(
            "vit_small_patch16_224",
            "timm",
            "lora",
            224,
            "timm/vit_small_patch16_224.augreg_in21k_ft_in1k",
        ),
    )
)
_backbone = st.builds(
    BackboneTraining,
    lr=st.sampled_from((1e-5, 5e-5)),
    layer_decay=st.sampled_from((0.75, 1.0)),
    lora_lr=st.sampled_from((1e-4, 1e-3)),
    lora_rank=st.integers(1, 64),
    micro_batch=st.integers(1, 128),
)
_decisions = st.builds(
    Decision,
    section=st.sampled_from(("task", "columns", "encoders")),
    subject=texts,
    choice=texts,
    reason=texts,
    source=st.sampled_from(("rule", "spec", "llm")),
    evidence=texts,
    confidence=shares(1.0),
)


@st.composite
def _fusions(draw: st.DrawFn, encoders: Encoders, task: TaskKind) -> Fusion:
    parts = (encoders.tabular, encoders.text, encoders.image)
    several = sum(part is not None for part in parts) > 1
    kind = draw(st.sampled_from(FUSIONS if several else FUSIONS[:1]))
    heads = 4 if kind == "attention" else 1
    return Fusion(
        members=1 if task == "retrieval" else draw(st.integers(1, 32)),
        layers=draw(st.integers(0 if task == "retrieval" else 1, 4)),
        width=draw(st.integers(1, 128)) * heads,
        dropout=draw(shares()),
        modality_dropout=draw(shares()),
        adapter_width=draw(st.integers(1, 64)),
        adapter_dropout=draw(shares()),
        kind=kind,
    )


@st.composite
def _training(draw: st.DrawFn, kind: TaskKind, encoders: Encoders) -> Training:
    of_classes = kind not in ("regression", "retrieval")
    loss = draw(st.sampled_from(("auto", *LOSSES[kind])))
    smooth = kind in ("binary", "multiclass") and loss != "focal"
    return Training(
        epochs=draw(st.integers(1, 100)),
        batch_size=draw(st.integers(1, 512)),
        lr=draw(st.sampled_from((1e-4, 1e-3, 3e-2))),
        weight_decay=draw(shares()),
        warmup=draw(shares()),
        patience=draw(st.integers(1, 20)),
        averaging=draw(st.integers(1, 5)),
        selection=draw(st.sampled_from(SELECTIONS)) if of_classes else "metric",
        label_smoothing=draw(shares(0.5)) if smooth else 0.0,
        class_weights=of_classes and draw(st.booleans()),
        threshold=of_classes and draw(st.booleans()),
        seed=draw(st.integers(0, 2**32 - 1)),
        loss=loss,
        focal_gamma=draw(st.sampled_from((1.0, 2.0, 5.0))),
        optimizer=draw(st.sampled_from(OPTIMIZERS)),
        schedule=draw(st.sampled_from(SCHEDULES)),
        backbone=draw(_backbone) if backbones(encoders).tuned else None,
    )
