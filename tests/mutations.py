"""A valid pipeline, and one wrong value at a time with the code that names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autom3l.column import (
    Column,
    ListFormat,
    NumberFormat,
    Pair,
)
from autom3l.encoders import Encoders, ImageEncoder, TabularEncoder, TextEncoder
from autom3l.ir import BackboneTraining, Data, Fusion, Pipeline, Split, Task, Training

TABULAR = TabularEncoder("mlp_ple", bins=8, number_width=8, level_width=8)
TEXT = TextEncoder("hashed_ngrams", "hashed_ngrams", "full", 128, buckets=4096)
IMAGE = ImageEncoder("mobilenetv2_100", "timm", "frozen", 224, "mobilenetv2_100")
VALID = Pipeline(
    version=1,
    name="pets",
    package="pets",
    data=Data("..", "train.csv", "csv"),
    task=Task("multiclass", ("speed",), "accuracy", ("0", "1", "2"), ordered=True),
    split=Split("stratified", 0.1, 0.1),
    columns=(
        Column("age", "numeric", number=NumberFormat()),
        Column("about", "text"),
        Column("photo", "image"),
        Column("rescuer", "categorical", role="identifier"),
    ),
    encoders=Encoders(TABULAR, TEXT, IMAGE),
    fusion=Fusion(8, 2, 128, 0.2, 0.1, 16, 0.5),
    training=Training(20, 64, 1e-3, 1e-2, 0.1, 8, 3),
)
AGE, ABOUT, PHOTO, RESCUER = VALID.columns
TUNED = BackboneTraining(5e-5, 0.9, 5e-4, 8, 32)

Mutation = Callable[[Pipeline], Pipeline]


def task(**changes: object) -> Mutation:
    return lambda p: replace(p, task=replace(p.task, **changes))  # type: ignore[arg-type]


def split(**changes: object) -> Mutation:
    return lambda p: replace(p, split=replace(p.split, **changes))  # type: ignore[arg-type]


def data(**changes: str | bool) -> Mutation:
    return lambda p: replace(p, data=replace(p.data, **changes))  # type: ignore[arg-type]


def columns(*changed: Column) -> Mutation:
    return lambda p: replace(p, columns=changed)


def pairs(*changed: Pair) -> Mutation:
    """With a second text, and pairs."""
    notes = Column("notes", "text")
    return lambda p: replace(p, columns=(*p.columns, notes), pairs=changed)


def encoder(name: str, **changes: object) -> Mutation:
    def change(p: Pipeline) -> Pipeline:
        changed = replace(getattr(p.encoders, name), **changes)
        return replace(p, encoders=replace(p.encoders, **{name: changed}))

    return change


def numbers(part: str, **changes: object) -> Mutation:
    def change(p: Pipeline) -> Pipeline:
        return replace(p, **{part: replace(getattr(p, part), **changes)})

    return change


def tuned(**changes: float) -> Mutation:
    """Of a pipeline whose photos are read by a tuned network."""
    recipe = replace(TUNED, **changes)  # type: ignore[arg-type]
    return lambda p: numbers("training", backbone=recipe)(
        encoder("image", tuning="full")(p)
    )


# One wrong value each, and every code that has to name it (and no other).
MUTATIONS: dict[str, tuple[Mutation, set[str]]] = {
    "no target": (task(targets=()), {"P210"}),
    "several targets": (task(targets=("a", "b"), classes=("a", "b")), {"P210"}),
    "a target twice": (
        task(targets=("a", "a"), classes=("a", "b"), kind="multilabel"),
        {"P210", "P211", "P212", "P213", "P223"},
    ),
    "one class": (task(classes=("0",)), {"P211"}),
    "a class twice": (task(classes=("0", "1", "1")), {"P211"}),
    "three binary classes": (
        task(kind="binary", ordered=False, metric="roc_auc"),
        {"P211"},
    ),
    "classes of numbers": (
        task(kind="regression", ordered=False, metric="r2"),
        {"P211", "P223"},
    ),
    "metric of numbers": (task(metric="rmse"), {"P212"}),
    "kappa without order": (
        task(metric="quadratic_kappa", ordered=False),
        {"P212"},
    ),
    "logarithm of classes": (task(transform="log1p"), {"P213"}),
    "classes with units": (task(number=NumberFormat(("kg",))), {"P213"}),
    "ordered binary": (
        task(kind="binary", classes=("0", "1"), metric="roc_auc"),
        {"P213"},
    ),
    "separator without lists": (task(separator="|"), {"P214"}),
    "lists without separator": (
        task(kind="multilabel", ordered=False, metric="macro_f1"),
        {"P214", "P223"},
    ),
    "no column": (columns(), {"P201", "P230"}),
    "no feature": (
        columns(RESCUER),
        {"P201", "P230"},
    ),
    "target as column": (
        columns(*VALID.columns, Column("speed", "categorical")),
        {"P202"},
    ),
    "column twice": (columns(*VALID.columns, ABOUT), {"P203"}),
    "pairs of classes": (pairs(Pair("a", "about", "notes")), {"P281"}),
    "a pair of nothing": (pairs(Pair("a", "about", "abut")), {"P280", "P281"}),
    "an unlike pair": (pairs(Pair("a", "about", "photo")), {"P280", "P281"}),
    "a pair with a key": (pairs(Pair("a", "about", "rescuer")), {"P280", "P281"}),
    "a pair of itself": (pairs(Pair("a", "about", "about")), {"P280", "P281"}),
    "number without format": (
        columns(replace(AGE, number=None), ABOUT, PHOTO),
        {"P205"},
    ),
    "date without parts": (
        columns(Column("born", "datetime"), ABOUT, PHOTO),
        {"P205"},
    ),
    "list without format": (
        columns(Column("tags", "multi_category"), ABOUT, PHOTO),
        {"P205"},
    ),
    "list with empty separator": (
        columns(Column("tags", "multi_category", items=ListFormat("")), ABOUT, PHOTO),
        {"P205"},
    ),
    "boolean of three": (
        columns(Column("ok", "boolean", levels=("a", "b", "c")), ABOUT, PHOTO),
        {"P205"},
    ),
    "one level": (
        columns(Column("size", "ordinal", levels=("a",)), ABOUT, PHOTO),
        {"P205"},
    ),
    "a level twice": (
        columns(Column("size", "ordinal", levels=("a", "b", "a")), ABOUT, PHOTO),
        {"P205"},
    ),
    "group without column": (split(kind="group"), {"P220"}),
    "random by column": (split(kind="random", column="age"), {"P220"}),
    "split by no column": (split(kind="time", column="born"), {"P220"}),
    "group as feature": (split(kind="group", column="age"), {"P221"}),
    "no validation": (split(validation=0.0), {"P222"}),
    "half of the rows": (split(test=0.5), {"P222"}),
    "negative share": (split(test=-0.1), {"P222"}),
    "share beside a file": (data(test="test.csv"), {"P222"}),
    "two files": (
        lambda p: split(validation=0.0, test=0.0)(
            data(validation="v.csv", test="t.csv")(p)
        ),
        {"P223"},
    ),
    "given without files": (split(kind="given"), {"P223"}),
    "photos in chunks": (data(streamed=True), {"P247"}),
    "no tabular encoder": (
        lambda p: replace(p, encoders=replace(p.encoders, tabular=None)),
        {"P230"},
    ),
    "no text encoder": (
        lambda p: replace(p, encoders=replace(p.encoders, text=None)),
        {"P230"},
    ),
    "encoder of nothing": (columns(AGE, ABOUT), {"P230"}),
    "timm without backbone": (encoder("image", backbone=""), {"P231"}),
    "n-grams with backbone": (encoder("text", backbone="x"), {"P231", "P232"}),
    "n-grams with prefix": (encoder("text", prefix="query: "), {"P231"}),
    "tuned without a recipe": (encoder("image", tuning="full"), {"P246"}),
    "a recipe for nothing": (numbers("training", backbone=TUNED), {"P246"}),
    "adapters of a convolution": (
        lambda p: numbers("training", backbone=TUNED)(
            encoder("image", tuning="lora")(p)
        ),
        {"P231"},
    ),
    "adapters of n-grams": (encoder("text", tuning="lora"), {"P231"}),
    "no rank": (tuned(lora_rank=0), {"P240"}),
    "no micro batch": (tuned(micro_batch=0), {"P240"}),
    "growing rates": (tuned(layer_decay=1.1), {"P240"}),
    "frozen n-grams": (encoder("text", tuning="frozen"), {"P231"}),
    "unknown card": (encoder("text", card="bert"), {"P232"}),
    "card of another modality": (encoder("text", card="resnet50"), {"P232"}),
    "card of another kind": (
        encoder("image", kind="convnet", tuning="full", backbone=""),
        {"P232"},
    ),
    "another's backbone": (encoder("image", backbone="resnet50"), {"P232"}),
    "too many tokens": (encoder("text", max_tokens=1024), {"P232"}),
    "pictures of a size that the network can't see": (
        encoder(
            "image",
            card="vit_small_patch16_224",
            backbone="vit_small_patch16_224",
            size=256,
        ),
        {"P232"},
    ),
    "no level width": (encoder("tabular", level_width=0), {"P240"}),
    "huge level width": (encoder("tabular", level_width=10**6), {"P240"}),
    "one bin": (encoder("tabular", bins=1), {"P240"}),
    "no buckets": (encoder("text", buckets=0), {"P240"}),
    "no tokens": (encoder("text", max_tokens=0), {"P240"}),
    "tiny pictures": (encoder("image", size=8), {"P240"}),
    "odd pictures": (
        numbers("encoders", image=ImageEncoder("small_convnet", "convnet", "full", 70)),
        {"P240"},
    ),
    "no number width": (encoder("tabular", number_width=0), {"P240"}),
    "no n-gram width": (encoder("text", width=0), {"P240"}),
    "varied frozen photos": (encoder("image", augmentation="flip_shift"), {"P231"}),
    "no n-grams": (encoder("text", ngrams=0), {"P240"}),
    "no members": (numbers("fusion", members=0), {"P240"}),
    "no adapter": (numbers("fusion", adapter_width=0), {"P240"}),
    "no fusion": (numbers("fusion", width=0), {"P240"}),
    "negative dropout": (numbers("fusion", dropout=-0.1), {"P240"}),
    "modality always dropped": (numbers("fusion", modality_dropout=1.0), {"P240"}),
    "width without heads": (
        numbers("fusion", kind="attention", width=126),
        {"P240"},
    ),
    "fusion of one": (
        lambda p: replace(
            p,
            columns=(AGE,),
            encoders=Encoders(TABULAR),
            fusion=replace(p.fusion, kind="gated"),
        ),
        {"P242"},
    ),
    "loss of numbers": (numbers("training", loss="huber"), {"P243"}),
    "loss of labels": (numbers("training", loss="bce"), {"P243"}),
    "smoothed focal loss": (
        numbers("training", loss="focal", label_smoothing=0.1),
        {"P243"},
    ),
    "no gamma": (numbers("training", focal_gamma=0.0), {"P240"}),
    "no epochs": (numbers("training", epochs=0), {"P240"}),
    "no batch": (numbers("training", batch_size=0), {"P240"}),
    "no learning rate": (numbers("training", lr=0.0), {"P240"}),
    "all warmup": (numbers("training", warmup=1.0), {"P240"}),
    "no patience": (numbers("training", patience=0), {"P240"}),
    "negative seed": (numbers("training", seed=-1), {"P240"}),
    "no fold": (numbers("ensemble", folds=0), {"P240"}),
    "countless folds": (numbers("ensemble", folds=100), {"P240"}),
    "folds beside a file": (
        lambda p: data(validation="v.csv")(
            split(validation=0.0)(numbers("ensemble", folds=5)(p))
        ),
        {"P244"},
    ),
    "folds in time": (
        lambda p: split(kind="time", column="age")(numbers("ensemble", folds=5)(p)),
        {"P244"},
    ),
    "trees of labels": (
        lambda p: split(kind="random")(
            task(kind="multilabel", ordered=False, metric="macro_f1", separator="|")(
                numbers("ensemble", trees="table")(p)
            )
        ),
        {"P245"},
    ),
    "trees of no table": (
        lambda p: replace(
            p,
            columns=(ABOUT, PHOTO),
            encoders=replace(p.encoders, tabular=None),
            ensemble=replace(p.ensemble, trees="table"),
        ),
        {"P245"},
    ),
    "trees of nothing frozen": (
        lambda p: replace(
            p,
            columns=(AGE, ABOUT),
            encoders=replace(p.encoders, image=None),
            ensemble=replace(p.ensemble, trees="all"),
        ),
        {"P245"},
    ),
    "keyword": (lambda p: replace(p, package="class"), {"P250"}),
    "standard library": (lambda p: replace(p, package="json"), {"P250"}),
    "dependency": (lambda p: replace(p, package="torch"), {"P250"}),
    "no identifier": (lambda p: replace(p, package="my-pets"), {"P250"}),
    "path as package": (lambda p: replace(p, package="../pets"), {"P250"}),
    "path as name": (lambda p: replace(p, name="../pets"), {"P250"}),
    "no name": (lambda p: replace(p, name=""), {"P250"}),
    "no table": (data(train=""), {"P251"}),
    "newline in path": (data(images="a\nb"), {"P251"}),
    "no separator": (data(separator=""), {"P251"}),
    "long quote": (data(quote='""'), {"P251"}),
    "no such encoding": (data(encoding="utf-9"), {"P251"}),
}
