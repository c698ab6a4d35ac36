"""What a piece of code refers to."""

from __future__ import annotations

import ast
import re

_WORD = r"[A-Za-z_]\w*"
_DOTTED = re.compile(rf"{_WORD}(?:\.{_WORD})*")

# Functions that are told by a string what to look up; `object` is `mock.patch.object`.
_BY_NAME = {
    *("setattr", "getattr", "hasattr", "delattr", "patch", "object"),
    *("cast", "TypeVar", "import_module"),
}


def mentions(code: str, *, parameters: bool) -> frozenset[str]:
    """The dotted names that code reads, and the strings that could name something.

    `a.b.c` counts once, whole. An import inside the code counts as what it loads.
    Strings count in annotations, in `__all__` and as arguments of what looks things up
    by name: elsewhere they are data. `parameters` count where pytest fills them.
    """
    visitor = _Mentions(parameters)
    visitor.visit(ast.parse(code))
    return frozenset(visitor.found)


class _Mentions(ast.NodeVisitor):
    def __init__(self, parameters: bool) -> None:
        self.found: set[str] = set()
        self._parameters = parameters

    def visit_Expr(self, node: ast.Expr) -> None:
        # A docstring may say any word.
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = _chain(node)
        if chain:
            self.found.add(chain)
        else:
            self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Store):
            self.found.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        if any(_name(target) == "__all__" for target in node.targets):
            self._strings(node.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if _name(node.func) in _BY_NAME:
            for argument in node.args:
                self._strings(argument)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.found.update(f"{alias.name}.*" for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        where = "." * node.level + (f"{node.module}." if node.module else "")
        self.found.update(f"{where}{alias.name}" for alias in node.names)

    def visit_arg(self, node: ast.arg) -> None:
        if self._parameters:
            self.found.add(node.arg)
        self._strings(node.annotation)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._strings(node.annotation)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._strings(node.returns)
        self.generic_visit(node)

    def _strings(self, node: ast.expr | None) -> None:
        for part in ast.walk(node) if node else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                self.found.update(_DOTTED.findall(part.value))


def _name(node: ast.expr) -> str:
    return _chain(node).rpartition(".")[2]


def _chain(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=value, attr=attr):
            start = _chain(value)
            return f"{start}.{attr}" if start else ""
        case ast.Name(id=name):
            return name
    return ""
