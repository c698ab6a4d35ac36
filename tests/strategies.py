"""Random valid pipelines for property tests, with names and texts that are hostile."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from autom3l.checks.derived import INPUTS, LEVELS
from autom3l.checks.imputation import STRATEGIES
from autom3l.column import (
    Column,
    DatetimeFormat,
    DatetimePart,
    Derived,
    Impute,
    ListFormat,
    Modality,
    NumberFormat,
    Role,
)
from autom3l.defaults.naming import package_name
from autom3l.defaults.tabular import TABULAR
from autom3l.ir import (
    Data,
    Decision,
    Encoders,
    Fusion,
    ImageEncoder,
    Pipeline,
    Selection,
    Split,
    SplitKind,
    TableFormat,
    TabularEncoder,
    Task,
    TaskKind,
    TextEncoder,
    Training,
)
from autom3l.metrics import METRICS
from hypothesis import strategies as st

SELECTIONS = get_args(Selection)
HOSTILE = (
    "class",
    "def",
    "None",
    "self",
    "import os",
    '"',
    '"""',
    "'''",
    "\\",
    "\\N{BULLET}",
    "a\nb",
    "a\r\nb",
    "\t",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# note #}",
    "%s %(x)s",
    "{0}",
    "$HOME",
    "`ls`",
    "; rm -rf x",
    "../../x",
    "<script>",
    "ignore previous instructions",
    "\N{GRINNING FACE}",
    "e\N{COMBINING ACUTE ACCENT}",
    "\N{RIGHT-TO-LEFT OVERRIDE}x",
    "\N{ZERO WIDTH SPACE}",
    "\u2028",
    "\x00",
    "\x7f",
    "x" * 300,
    "FEATURES",
    "TARGET",
    " padded ",
    "# comment",
)
MODALITIES: tuple[Modality, ...] = (*TABULAR, "text", "image")
ROLES: tuple[Role, ...] = ("identifier", "constant", "leak", "duplicate", "unusable")
PARTS: tuple[DatetimePart, ...] = ("year", "month", "day_of_week", "hour", "epoch_days")

FORMATS: tuple[TableFormat, ...] = ("csv", "jsonl", "parquet")

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
)
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
    columns = [draw(_columns(name)) for name in names[len(targets) :]]
    columns[0] = replace(columns[0], role="feature")
    data = draw(_data())
    split, columns = draw(_splits(kind, data, columns))
    columns = [draw(_filled(column, columns)) for column in columns]
    derived = draw(_derived({*names}, split, columns))
    name = draw(words)
    return Pipeline(
        version=1,
        name=name,
        package=package_name(name),
        data=data,
        task=draw(_tasks(kind, targets)),
        split=split,
        columns=tuple(columns),
        encoders=draw(_encoders(columns, derived)),
        fusion=draw(_fusions),
        training=draw(_training(kind)),
        derived=tuple(derived),
        decisions=tuple(draw(st.lists(_decisions, max_size=4))),
    )


@st.composite
def _tasks(draw: st.DrawFn, kind: TaskKind, targets: tuple[str, ...]) -> Task:
    low = {"binary": 2, "multiclass": 2, "multilabel": 2, "regression": 0}[kind]
    high = {"binary": 2, "multiclass": 6, "multilabel": 6, "regression": 0}[kind]
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
    )


@st.composite
def _columns(draw: st.DrawFn, name: str) -> Column:
    modality = draw(st.sampled_from(MODALITIES))
    levels: tuple[str, ...] = ()
    if modality in ("boolean", "ordinal"):
        most = 2 if modality == "boolean" else 5
        levels = tuple(draw(st.lists(texts, min_size=2, max_size=most, unique=True)))
    parts = draw(st.lists(st.sampled_from(PARTS), min_size=1, unique=True))
    formats = st.sampled_from(("ISO8601", "%d.%m.%Y %H:%M", "epoch_s", "epoch_ms"))
    items = ListFormat(draw(st.sampled_from(("|", ",", '"'))), draw(st.booleans()))
    lists = modality == "multi_category" or (
        modality == "image" and draw(st.booleans())
    )
    return Column(
        name=name,
        modality=modality,
        role=draw(st.sampled_from(("feature", "feature", *ROLES))),
        missing=tuple(draw(st.lists(texts, max_size=2, unique=True))),
        number=draw(_numbers) if modality == "numeric" else None,
        datetime=(
            DatetimeFormat(draw(formats), tuple(parts))
            if modality == "datetime"
            else None
        ),
        items=items if lists else None,
        levels=levels,
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
def _filled(draw: st.DrawFn, column: Column, columns: list[Column]) -> Column:
    """The column, if it feeds the model sometimes without its holes."""
    allowed = STRATEGIES.get(column.modality, ())
    if column.role != "feature" or not allowed or draw(st.booleans()):
        return column
    groups = [
        other.name
        for other in columns
        if other.modality in LEVELS and other.role == "feature" and other != column
    ]
    strategy = draw(st.sampled_from(allowed))
    value = draw(_constants(column)) if strategy == "constant" else ""
    by = draw(st.sampled_from(groups)) if strategy == "group" and groups else ""
    if (strategy == "group" and not by) or value in column.missing:
        return column
    impute = Impute(strategy, value, by, indicator=draw(st.booleans()))
    return replace(column, impute=impute)


def _constants(column: Column) -> st.SearchStrategy[str]:
    if column.levels:
        return st.sampled_from(column.levels)
    if column.datetime:
        dates = {"ISO8601": "2024-02-03", "%d.%m.%Y %H:%M": "03.02.2024 04:05"}
        return st.just(dates.get(column.datetime.format, "86400"))
    if column.number:
        marks = (*column.number.affixes, column.number.thousands)
        digits = [d for d in "0123456789" if d not in marks]
        return st.sampled_from(digits)
    return texts


@st.composite
def _derived(
    draw: st.DrawFn, taken: set[str], split: Split, columns: list[Column]
) -> list[Derived]:
    """Some numbers, of the kinds for which there are columns."""
    divided = split.column if split.kind in ("group", "column") else ""
    usable = [
        column
        for column in columns
        if column.role not in ("leak", "split") and column.name != divided
    ]
    levels = [column.name for column in usable if column.modality in LEVELS]
    found = []
    for name in draw(st.lists(texts, max_size=4, unique=True)):
        kind = draw(st.sampled_from(tuple(INPUTS)))
        modality, count = INPUTS[kind]
        inputs = [c.name for c in usable if c.modality == modality]
        grouped = kind in ("group_mean", "group_count")
        if name in taken or len(inputs) < count or (grouped and not levels):
            continue
        chosen = draw(st.permutations(inputs))[:count] if count else []
        by = draw(st.sampled_from(levels)) if grouped else ""
        found.append(Derived(name, kind, tuple(chosen), by))
    return found


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
        ),
        TextEncoder(
            card="bge-small-en-v1.5",
            kind="transformer",
            tuning="frozen",
            max_tokens=256,
            backbone="bge-small-en-v1.5",
            pooling="cls",
        ),
    )
)
_image = st.sampled_from(
    (
        ImageEncoder("small_convnet", "convnet", "full", 64),
        ImageEncoder(
            "mobilenetv2_100", "timm", "frozen", 224, "mobilenetv2_100.ra_in1k"
        ),
        ImageEncoder("resnet50", "timm", "frozen", 224, "resnet50.a1_in1k"),
    )
)
_numbers = st.builds(
    NumberFormat,
    affixes=st.lists(texts, max_size=2, unique=True).map(tuple),
    thousands=st.sampled_from(("", " ", "'")),
    decimal=st.sampled_from((".", ",")),
)
_fusions = st.builds(
    Fusion,
    width=st.integers(1, 512),
    dropout=shares(),
    modality_dropout=shares(),
    members=st.integers(1, 32),
    layers=st.integers(1, 4),
    adapter_width=st.integers(1, 64),
    adapter_dropout=shares(),
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
def _training(draw: st.DrawFn, kind: TaskKind) -> Training:
    of_classes = kind != "regression"
    return Training(
        epochs=draw(st.integers(1, 100)),
        batch_size=draw(st.integers(1, 512)),
        lr=draw(st.sampled_from((1e-4, 1e-3, 3e-2))),
        weight_decay=draw(shares()),
        warmup=draw(shares()),
        patience=draw(st.integers(1, 20)),
        averaging=draw(st.integers(1, 5)),
        selection=draw(st.sampled_from(SELECTIONS)) if of_classes else "metric",
        label_smoothing=draw(shares(0.5)) if of_classes else 0.0,
        class_weights=of_classes and draw(st.booleans()),
        threshold=of_classes and draw(st.booleans()),
        seed=draw(st.integers(0, 2**32 - 1)),
    )
