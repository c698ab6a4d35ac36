"""Which statements of a project are reached from those that run by themselves."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import libcst as cst
from libcst.helpers import get_full_name_for_node as full_name

from autom3l.rewrites.bindings import Import, defined, imported
from autom3l.rewrites.mentions import mentions
from autom3l.rewrites.project import Project
from autom3l.rewrites.references import Namespace, Symbol, absolute, module_name

# Decorators that register nothing: whatever has another one is a root.
_INERT = {
    *("cache", "contextmanager", "dataclass", "final", "inference_mode", "lru_cache"),
    *("no_grad", "override", "runtime_checkable", "total_ordering", "wraps"),
}
_ENTRY_POINT = re.compile(r"\b([A-Za-z_][\w.]*):([A-Za-z_]\w*)")
_STARTERS = {"pyproject.toml", "Makefile", "Dockerfile"}
_TEST_NAME = re.compile(r"test|Test|pytest")


@dataclass(frozen=True, eq=False)
class Unit:
    """What is kept or dropped as one: a statement, or one name of an import.

    `place` is the statement's index in the body of its module.
    """

    path: str
    place: int
    names: tuple[str, ...]
    mentions: frozenset[str]
    root: bool
    imports: Import | None = None


def reached(project: Project) -> set[Unit]:
    """Every unit that a root mentions, directly or through others; roots included."""
    units = [u for path, m in project.modules.items() for u in _units(path, m)]
    by_symbol: defaultdict[Symbol, list[Unit]] = defaultdict(list)
    for unit in units:
        for name in (*unit.names, "*"):
            by_symbol[Symbol(unit.path, name)].append(unit)
    space = _namespace(project)
    waiting = [unit for unit in units if unit.root]
    for mention in _entry_points(project):
        waiting += (u for s in space.referents("", mention) for u in by_symbol[s])
    found: set[Unit] = set()
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting += (u for s in _referents(unit, space) for u in by_symbol[s])
    return found


def _units(path: str, module: cst.Module) -> Iterator[Unit]:
    for place, statement in enumerate(module.body):
        code = cst.Module((statement,)).code
        items = imported(statement)
        for item in items:
            loads = frozenset({absolute(path, item.loads)})
            root = _exports(path) or "noqa" in code or _acts(item)
            yield Unit(path, place, (item.binds,), loads, root, item)
        if not items:
            names = tuple(defined(statement))
            used = mentions(code, parameters=_is_test(path))
            yield Unit(path, place, names, used, _is_root(path, statement, names))


def _exports(path: str) -> bool:
    return PurePosixPath(path).name in {"__init__.py", "conftest.py"}


def _acts(item: Import) -> bool:
    return item.loads.startswith("__future__.") or item.binds == "*"


def _is_test(path: str) -> bool:
    name = PurePosixPath(path).name
    return name.startswith("test_") or name == "conftest.py"


def _is_root(path: str, statement: cst.CSTNode, names: tuple[str, ...]) -> bool:
    if not names or any(n == "main" or n.startswith("__") for n in names):
        return True
    if _is_test(path) and any(map(_TEST_NAME.match, names)):
        return True
    decorators = getattr(statement, "decorators", ())
    return any(_decorator(d) not in _INERT for d in decorators)


def _decorator(node: cst.Decorator) -> str:
    call = node.decorator
    name = full_name(call.func if isinstance(call, cst.Call) else call) or ""
    return name.rpartition(".")[2]


def _namespace(project: Project) -> Namespace:
    modules: dict[str, str] = {}
    for path in project.modules:
        # pytest makes the folder of a test importable, where that is no package.
        folder = PurePosixPath(path).parent
        if str(folder / "__init__.py") not in project.modules:
            modules[PurePosixPath(path).stem] = path
    modules |= {module_name(path): path for path in project.modules}
    imports = {
        path: {
            item.binds: absolute(path, item.means)
            for statement in module.body
            for item in imported(statement)
        }
        for path, module in project.modules.items()
    }
    return Namespace(modules, imports)


def _entry_points(project: Project) -> set[str]:
    """What `module:name` in files that start programs names, as `module.name`."""
    return {
        f"{match[1]}.{match[2]}"
        for path, text in project.texts.items()
        if path in _STARTERS
        for match in _ENTRY_POINT.finditer(text)
    }


def _referents(unit: Unit, space: Namespace) -> Iterator[Symbol]:
    for mention in unit.mentions:
        # To import a module is not to use all of it: its users say what they use.
        if not (unit.imports and mention in space.modules):
            yield from space.referents(unit.path, mention)
