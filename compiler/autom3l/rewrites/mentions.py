"""What a piece of code refers to."""

from __future__ import annotations

import ast
import re

_WORD = r"[A-Za-z_]\w*"
_DOTTED = re.compile(rf"{_WORD}(?:\.{_WORD})*")


def mentions(code: str, *, parameters: bool) -> frozenset[str]:
    """The dotted names that code reads, and the strings that could name something.

    `a.b.c` counts once, whole. An import inside the code counts as what it loads.
    Strings count, since annotations, `__all__` and `monkeypatch` name things so;
    `parameters` count where pytest fills them by name.
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

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and _DOTTED.fullmatch(node.value):
            self.found.add(node.value)

    def visit_Import(self, node: ast.Import) -> None:
        self.found.update(f"{alias.name}.*" for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        where = "." * node.level + (f"{node.module}." if node.module else "")
        self.found.update(f"{where}{alias.name}" for alias in node.names)

    def visit_arg(self, node: ast.arg) -> None:
        if self._parameters:
            self.found.add(node.arg)
        self._annotation(node.annotation)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._annotation(node.returns)
        self.generic_visit(node)

    def _annotation(self, node: ast.expr | None) -> None:
        for part in ast.walk(node) if node else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                self.found.update(_DOTTED.findall(part.value))


def _chain(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=value, attr=attr):
            start = _chain(value)
            return f"{start}.{attr}" if start else ""
        case ast.Name(id=name):
            return name
    return ""
