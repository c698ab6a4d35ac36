"""Branches that the pipeline has decided are replaced by the side that is taken."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, cast

import libcst as cst

from autom3l.rewrites.project import Project

Statement = cst.BaseStatement
Lines = Sequence[cst.EmptyLine]


class FoldConstants:
    """Fold `if`, `elif`, `x if c else y`, `not`, `and` and `or` over True and False.

    A comment above a folded `if` stays above what is taken. An operand is only dropped
    where it would not have been evaluated.
    """

    EXAMPLES: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "# Texts first.\nif True:\n    a = 1\n    b = 2\nelse:\n    a = 3\n",
            "# Texts first.\na = 1\nb = 2\n",
        ),
        ("def f():\n    if False:\n        g()\n", "def f():\n    pass\n"),
        (
            "if a:\n    b\nelif False:\n    c\nelif True:\n    d\nelse:\n    e\n",
            "if a:\n    b\nelse:\n    d\n",
        ),
        ("a = b if True else c\n", "a = b\n"),
        ("a = b * (c + d if True else e)\n", "a = b * (c + d)\n"),
        ("if not False and a:\n    b()\n", "if a:\n    b()\n"),
        ("a = b() or True\n", "a = b() or True\n"),
    )

    def __call__(self, project: Project) -> Project:
        """Every module folded."""
        folded = {
            path: module.visit(_Fold()) if _is_decided(module) else module
            for path, module in project.modules.items()
        }
        return replace(project, modules=folded)


def _is_decided(module: cst.Module) -> bool:
    """Whether anything can be folded; libcst takes far longer to find out."""
    return any(map(_has_constant, ast.walk(ast.parse(module.code))))


def _has_constant(node: ast.AST) -> bool:
    match node:
        case ast.If(test=decides) | ast.IfExp(test=decides):
            operands = [decides]
        case ast.UnaryOp(op=ast.Not(), operand=decides):
            operands = [decides]
        case ast.BoolOp(values=operands):
            pass
        case _:
            return False
    constants = (o.value for o in operands if isinstance(o, ast.Constant))
    return any(value in (True, False) for value in constants)


class _Fold(cst.CSTTransformer):
    def __init__(self) -> None:
        super().__init__()
        self._elifs: set[cst.CSTNode] = set()

    def visit_If(self, node: cst.If) -> None:
        # An elif can't become several statements: the `if` above it folds the chain.
        if isinstance(node.orelse, cst.If):
            self._elifs.add(node.orelse)

    def leave_If(
        self, original_node: cst.If, updated_node: cst.If
    ) -> cst.If | cst.FlattenSentinel[Statement] | cst.RemovalSentinel:
        if original_node in self._elifs:
            return updated_node
        taken = _taken(updated_node)
        if isinstance(taken, cst.If):
            return taken
        if taken is None:
            return cst.RemoveFromParent()
        return cst.FlattenSentinel(_flat(taken, updated_node.leading_lines))

    def leave_IfExp(
        self, original_node: cst.IfExp, updated_node: cst.IfExp
    ) -> cst.BaseExpression:
        match _constant(updated_node.test):
            case True:
                return _within(updated_node, updated_node.body)
            case False:
                return _within(updated_node, updated_node.orelse)
        return updated_node

    def leave_UnaryOperation(
        self, original_node: cst.UnaryOperation, updated_node: cst.UnaryOperation
    ) -> cst.BaseExpression:
        value = _constant(updated_node.expression)
        if isinstance(updated_node.operator, cst.Not) and value is not None:
            return _within(updated_node, cst.Name(str(not value)))
        return updated_node

    def leave_BooleanOperation(
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        value = _constant(updated_node.left)
        if value is None:
            return updated_node
        decides = value == isinstance(updated_node.operator, cst.Or)
        taken = updated_node.left if decides else updated_node.right
        return _within(updated_node, taken)

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        if updated_node.body:
            return updated_node
        nothing = cst.SimpleStatementLine([cst.Pass()])
        return updated_node.with_changes(body=[nothing])


def _within(outer: cst.BaseExpression, taken: cst.BaseExpression) -> cst.BaseExpression:
    """`taken` with the parentheses of what it replaces, which may bind it together."""
    return taken.with_changes(
        lpar=[*outer.lpar, *taken.lpar], rpar=[*taken.rpar, *outer.rpar]
    )


def _constant(node: cst.BaseExpression) -> bool | None:
    if isinstance(node, cst.Name) and node.value in {"True", "False"}:
        return node.value == "True"
    return None


def _taken(node: cst.If) -> cst.If | cst.BaseSuite | None:
    """What is left of a chain: a shorter chain, the suite always taken, or nothing."""
    match _constant(node.test):
        case True:
            return node.body
        case None:
            return node.with_changes(orelse=_else(node.orelse))
    if isinstance(node.orelse, cst.If):
        rest = _taken(node.orelse)
        if isinstance(rest, cst.If):
            return rest.with_changes(leading_lines=node.leading_lines)
        return rest
    return node.orelse.body if node.orelse else None


def _else(orelse: cst.If | cst.Else | None) -> cst.If | cst.Else | None:
    if not isinstance(orelse, cst.If):
        return orelse
    taken = _taken(orelse)
    if isinstance(taken, cst.BaseSuite):
        return cst.Else(body=taken, leading_lines=orelse.leading_lines)
    return taken


def _flat(suite: cst.BaseSuite, above: Lines) -> list[Statement]:
    """The statements of a suite, the first with the lines that stood above it."""
    if isinstance(suite, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(suite.body, leading_lines=above)]
    first, *rest = cast(Sequence[Statement], suite.body)
    inner: Lines = getattr(first, "leading_lines", ())
    return [first.with_changes(leading_lines=[*above, *inner]), *rest]
