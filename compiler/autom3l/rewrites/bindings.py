"""Which names a statement of a module binds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst
from libcst.helpers import get_full_name_for_node_or_raise as full_name


@dataclass(frozen=True)
class Import:
    """One name that an import binds, and what it then means.

    `import a.b` binds `a`, which means `a`; `import a.b as c` and `from a import b as
    c` bind `c`, which means `a.b`. `loads` is the module or the item asked for: `a.b`
    in each case. A relative origin keeps its dots; a star binds `*` and
    loads `a.*`.
    """

    binds: str
    means: str
    loads: str


def imported(statement: cst.CSTNode) -> tuple[Import, ...]:
    """The names bound by an import on a line of its own, in order; else nothing."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Import(names=names)]):
            return tuple(map(_plain, names))
        case cst.SimpleStatementLine(body=[cst.ImportFrom() as node]):
            if isinstance(node.names, cst.ImportStar):
                return (Import("*", origin(node), f"{origin(node)}.*"),)
            return tuple(_from(origin(node), alias) for alias in node.names)
    return ()


def defined(statement: cst.CSTNode) -> Iterator[str]:
    """The names bound by a function, a class or a plain assignment; else nothing."""
    match statement:
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
            yield name.value
        case cst.SimpleStatementLine(body=[cst.Assign(targets=targets)]):
            names = [t.target.value for t in targets if isinstance(t.target, cst.Name)]
            yield from names if len(names) == len(targets) else ()
        case cst.SimpleStatementLine(
            body=[cst.AnnAssign(target=cst.Name(value=bound))]
        ):
            yield bound


def origin(node: cst.ImportFrom) -> str:
    """Where a `from` import looks: `a.b`, `.a`, `..`."""
    return "." * len(node.relative) + (full_name(node.module) if node.module else "")


def _plain(alias: cst.ImportAlias) -> Import:
    loads = full_name(alias.name)
    if alias.asname:
        return Import(full_name(alias.asname.name), loads, loads)
    top = loads.split(".", maxsplit=1)[0]
    return Import(top, top, loads)


def _from(where: str, alias: cst.ImportAlias) -> Import:
    name = full_name(alias.name)
    loads = f"{where}{name}" if where.endswith(".") else f"{where}.{name}"
    binds = full_name(alias.asname.name) if alias.asname else name
    return Import(binds, loads, loads)
