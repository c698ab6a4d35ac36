"""What is derived has a name of its own, and columns that it can be made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from autom3l.checks.subject import Subject, divider
from autom3l.column import Column, Derived, DerivedKind, Modality
from autom3l.diagnostics import Diagnostic, did_you_mean

MOST = 64
LEVELS: tuple[Modality, ...] = ("categorical", "boolean", "ordinal")
_NUMBERS: tuple[Modality, ...] = ("numeric",)
_TEXTS: tuple[Modality, ...] = ("text", "categorical")
# The modalities and the number of the inputs of each kind.
INPUTS: dict[DerivedKind, tuple[tuple[Modality, ...], int]] = {
    "ratio": (_NUMBERS, 2),
    "difference": (_NUMBERS, 2),
    "product": (_NUMBERS, 2),
    "log1p": (_NUMBERS, 1),
    "days_between": (("datetime",), 2),
    "word_count": (("text",), 1),
    "item_count": (("multi_category",), 1),
    "group_mean": (_NUMBERS, 1),
    "group_count": (_NUMBERS, 0),
    "same": (("text", *LEVELS), 2),
    "word_overlap": ((*_TEXTS, "multi_category"), 2),
    "letter_overlap": (_TEXTS, 2),
    "code_overlap": (_TEXTS, 2),
    "relative_difference": (_NUMBERS, 2),
}
_GROUPED = ("group_mean", "group_count")


def names(subject: Subject) -> Iterator[Diagnostic]:
    """No derived number is named as anything else is (P252)."""
    pipeline = subject.pipeline
    counts = Counter(item.name for item in pipeline.derived)
    taken = {*pipeline.task.targets, *(column.name for column in pipeline.columns)}
    for name, count in counts.items():
        where = f"derived.{name}"
        if not name:
            yield Diagnostic("P252", "a derived number without a name", where)
        if name in taken:
            yield Diagnostic("P252", f"{name!r} is already a column", where)
        if count > 1:
            yield Diagnostic("P252", f"{name!r} is derived {count} times", where)


def inputs(subject: Subject) -> Iterator[Diagnostic]:
    """What is derived from is in the table, and the model may know it (P253)."""
    pipeline = subject.pipeline
    forbidden = dict.fromkeys(pipeline.task.targets, "a target")
    if by := divider(pipeline):
        forbidden[by] = "what the rows are divided by"
    for column in pipeline.columns:
        if column.role in ("leak", "split"):
            forbidden[column.name] = f"of role {column.role!r}"
    known = {column.name for column in pipeline.columns} - set(forbidden)
    for item in pipeline.derived:
        for name in sorted({*item.columns()} - known):
            why = f"{name!r} is {forbidden[name]}" if name in forbidden else ""
            message = why or f"no column {name!r} to derive {item.name!r} from"
            hint = "" if why else did_you_mean(name, known)
            yield Diagnostic("P253", message, f"derived.{item.name}", hint)


def kinds(subject: Subject) -> Iterator[Diagnostic]:
    """Each kind has its number of inputs, of its modality, in a known format (P254)."""
    columns = {column.name: column for column in subject.pipeline.columns}
    for item in subject.pipeline.derived:
        for problem in (*_shape(item), *_misread(item, columns)):
            message = f"{item.kind} of {_listed(item)}: {problem}"
            yield Diagnostic("P254", message, f"derived.{item.name}")


def count(subject: Subject) -> Iterator[Diagnostic]:
    """Not more derived numbers than a person would read through (P255)."""
    found = len(subject.pipeline.derived)
    if found > MOST:
        message = f"{found} numbers are derived; at most {MOST} can be"
        yield Diagnostic("P255", message, "derived")


def _shape(item: Derived) -> Iterator[str]:
    _, wanted = INPUTS[item.kind]
    if len(item.inputs) != wanted:
        yield f"it is made of {wanted} columns, not {len(item.inputs)}"
    if len(set(item.inputs)) < len(item.inputs):
        yield "a column comes twice"
    if (item.kind in _GROUPED) != bool(item.by):
        yield "it goes by a column" if item.kind in _GROUPED else "it goes by none"


def _misread(item: Derived, columns: dict[str, Column]) -> Iterator[str]:
    modalities, _ = INPUTS[item.kind]
    for name in item.inputs:
        if name in columns and columns[name].modality not in modalities:
            asked = " or ".join(modalities)
            yield f"{name!r} is {columns[name].modality}, not {asked}"
        elif name in columns and not _readable(columns[name]):
            yield f"{name!r} does not say how its cells are read"
    if item.by in columns and columns[item.by].modality not in LEVELS:
        yield f"{item.by!r} is {columns[item.by].modality}; its cells are no levels"


def _readable(column: Column) -> bool:
    match column.modality:
        case "numeric":
            return column.number is not None
        case "datetime":
            return bool(column.datetime and column.datetime.format)
        case "multi_category":
            return bool(column.items and column.items.separator)
    return True


def _listed(item: Derived) -> str:
    return ", ".join(map(repr, item.columns())) or "nothing"
