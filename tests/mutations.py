"""A valid pipeline, and one wrong value at a time with the code that names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autom3l.column import (
    Column,
    DatetimeFormat,
    Derived,
    Impute,
    ListFormat,
    NumberFormat,
)
from autom3l.ir import (
    Data,
    Encoders,
    Fusion,
    ImageEncoder,
    Pipeline,
    Split,
    TabularEncoder,
    Task,
    TextEncoder,
    Training,
)

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

Mutation = Callable[[Pipeline], Pipeline]


def task(**changes: object) -> Mutation:
    return lambda p: replace(p, task=replace(p.task, **changes))  # type: ignore[arg-type]


def split(**changes: object) -> Mutation:
    return lambda p: replace(p, split=replace(p.split, **changes))  # type: ignore[arg-type]


def data(**changes: str) -> Mutation:
    return lambda p: replace(p, data=replace(p.data, **changes))  # type: ignore[arg-type]


def columns(*changed: Column) -> Mutation:
    return lambda p: replace(p, columns=changed)


def encoder(name: str, **changes: object) -> Mutation:
    def change(p: Pipeline) -> Pipeline:
        changed = replace(getattr(p.encoders, name), **changes)
        return replace(p, encoders=replace(p.encoders, **{name: changed}))

    return change


def numbers(part: str, **changes: object) -> Mutation:
    def change(p: Pipeline) -> Pipeline:
        return replace(p, **{part: replace(getattr(p, part), **changes)})

    return change


def derived(*items: Derived) -> Mutation:
    return lambda p: replace(p, derived=items)


def derived_from(column: Column, *items: Derived) -> Mutation:
    return lambda p: replace(p, columns=(*p.columns, column), derived=items)


def filled(column: Column, *others: Column, **how: object) -> Mutation:
    changed = replace(column, impute=Impute(**how))  # type: ignore[arg-type]
    kept = (c for c in VALID.columns if c.name != column.name)
    return columns(changed, *kept, *others)


BORN = Column("born", "datetime", "unusable", datetime=DatetimeFormat("ISO8601", ()))
SIZE = Column("size", "ordinal", levels=("small", "large"))
BREED = Column("breed", "categorical", missing=("none",))

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
    "tuned backbone": (encoder("image", tuning="full"), {"P231"}),
    "frozen n-grams": (encoder("text", tuning="frozen"), {"P231"}),
    "unknown card": (encoder("text", card="bert"), {"P232"}),
    "card of another modality": (encoder("text", card="resnet50"), {"P232"}),
    "card of another kind": (
        encoder("image", kind="convnet", tuning="full", backbone=""),
        {"P232"},
    ),
    "another's backbone": (encoder("image", backbone="resnet50"), {"P232"}),
    "too many tokens": (encoder("text", max_tokens=1024), {"P232"}),
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
    "no members": (numbers("fusion", members=0), {"P240"}),
    "no adapter": (numbers("fusion", adapter_width=0), {"P240"}),
    "no fusion": (numbers("fusion", width=0), {"P240"}),
    "negative dropout": (numbers("fusion", dropout=-0.1), {"P240"}),
    "modality always dropped": (numbers("fusion", modality_dropout=1.0), {"P240"}),
    "no epochs": (numbers("training", epochs=0), {"P240"}),
    "no batch": (numbers("training", batch_size=0), {"P240"}),
    "no learning rate": (numbers("training", lr=0.0), {"P240"}),
    "all warmup": (numbers("training", warmup=1.0), {"P240"}),
    "no patience": (numbers("training", patience=0), {"P240"}),
    "negative seed": (numbers("training", seed=-1), {"P240"}),
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
    "derived like a column": (
        derived(Derived("about", "log1p", ("age",))),
        {"P252"},
    ),
    "derived like a target": (
        derived(Derived("speed", "log1p", ("age",))),
        {"P252"},
    ),
    "derived twice": (
        derived(Derived("a", "log1p", ("age",)), Derived("a", "log1p", ("age",))),
        {"P252"},
    ),
    "derived without name": (derived(Derived("", "log1p", ("age",))), {"P252"}),
    "derived from nowhere": (derived(Derived("a", "log1p", ("aged",))), {"P253"}),
    "derived from a target": (
        derived(Derived("a", "group_count", (), "speed")),
        {"P253"},
    ),
    "derived from a leak": (
        derived_from(
            Column("later", "numeric", "leak", number=NumberFormat()),
            Derived("a", "difference", ("age", "later")),
        ),
        {"P253"},
    ),
    "derived from the split": (
        lambda p: derived(Derived("a", "group_count", (), "rescuer"))(
            split(kind="group", column="rescuer")(p)
        ),
        {"P253"},
    ),
    "words of a number": (derived(Derived("a", "word_count", ("age",))), {"P254"}),
    "ratio of one": (derived(Derived("a", "ratio", ("age",))), {"P254"}),
    "ratio of itself": (derived(Derived("a", "ratio", ("age", "age"))), {"P254"}),
    "mean without group": (derived(Derived("a", "group_mean", ("age",))), {"P254"}),
    "logarithm in groups": (
        derived(Derived("a", "log1p", ("age",), "rescuer")),
        {"P254"},
    ),
    "groups of texts": (
        derived(Derived("a", "group_mean", ("age",), "about")),
        {"P254"},
    ),
    "days of one date": (
        derived_from(BORN, Derived("a", "days_between", ("born", "born"))),
        {"P254"},
    ),
    "date without format": (
        derived_from(
            replace(BORN, datetime=None),
            Derived("a", "days_between", ("born", "age")),
        ),
        {"P254"},
    ),
    "count of unread lists": (
        derived_from(
            Column("tags", "multi_category", "unusable"),
            Derived("a", "item_count", ("tags",)),
        ),
        {"P254"},
    ),
    "too much derived": (
        derived(*(Derived(f"a{n}", "log1p", ("age",)) for n in range(65))),
        {"P255"},
    ),
    "median of a text": (filled(ABOUT, strategy="median"), {"P256"}),
    "a photo filled": (filled(PHOTO, strategy="most_frequent"), {"P256"}),
    "an identifier filled": (filled(RESCUER, strategy="most_frequent"), {"P256"}),
    "neighbours of levels": (filled(SIZE, strategy="neighbours"), {"P256"}),
    "holes in no group": (filled(AGE, strategy="group"), {"P257"}),
    "holes in an unread group": (
        filled(AGE, strategy="group", by="rescuer"),
        {"P257"},
    ),
    "holes in a text": (filled(AGE, strategy="group", by="about"), {"P257"}),
    "holes in themselves": (filled(BREED, strategy="group", by="breed"), {"P257"}),
    "median in a group": (filled(AGE, BREED, strategy="median", by="breed"), {"P257"}),
    "no constant": (filled(AGE, strategy="constant"), {"P258"}),
    "median and constant": (filled(AGE, strategy="median", value="1"), {"P258"}),
    "constant is no number": (
        filled(AGE, strategy="constant", value="old"),
        {"P258"},
    ),
    "constant is no level": (
        filled(SIZE, strategy="constant", value="huge"),
        {"P258"},
    ),
    "constant is no date": (
        filled(
            replace(BORN, role="feature", datetime=DatetimeFormat("%Y", ("year",))),
            strategy="constant",
            value="long ago",
        ),
        {"P258"},
    ),
    "date of no format": (
        filled(
            replace(BORN, role="feature", datetime=DatetimeFormat("%", ("year",))),
            strategy="constant",
            value="2024",
        ),
        {"P258"},
    ),
    "constant means missing": (
        filled(BREED, strategy="constant", value="none"),
        {"P258"},
    ),
}
