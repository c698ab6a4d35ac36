"""No template prints a text of the data without a filter made for its kind of file."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, Literal

import pytest
from autom3l.context import Context
from autom3l.literals import FILTERS
from autom3l.resources import templates_dir
from jinja2 import Environment, nodes

FILTERS_OF = {".py": {"py"}, ".toml": {"toml"}, ".md": {"md", "code"}}
# Texts of the compiler itself: a checked identifier, names of fields it invents.
OWN_TEXTS = {"package", "field"}

SEQUENCES: tuple[Any, ...] = (tuple, list)
TEMPLATES = {
    path.relative_to(templates_dir()).as_posix(): path.read_text("utf-8")
    for path in sorted(templates_dir().rglob("*.jinja"))
}
ENVIRONMENT = Environment(autoescape=True)
ENVIRONMENT.filters.update(FILTERS)

Types = list[Any]
Scope = dict[str, Types]


def unsafe_lines(name: str, source: str) -> list[int]:
    """The lines that print what could be a text of the data."""
    template = ENVIRONMENT.parse(source)
    filters = FILTERS_OF.get(PurePosixPath(name.removesuffix(".jinja")).suffix, set())
    scope = scope_of(template)
    return [
        node.lineno
        for output in template.find_all(nodes.Output)
        for node in output.nodes
        if not isinstance(node, nodes.TemplateData)
        and not (isinstance(node, nodes.Filter) and node.name in filters)
        and not all(map(is_safe, types_of(node, scope)))
    ]


def is_safe(type_: Any) -> bool:
    """Numbers and the words of a vocabulary are; any other text is not."""
    return type_ in (int, float) or typing.get_origin(type_) is Literal


def scope_of(template: nodes.Template) -> Scope:
    """Every type that a name of the context, a loop or a `set` can have."""
    scope: Scope = {n: parts(t) for n, t in typing.get_type_hints(Context).items()}
    for loop in template.find_all(nodes.For):
        bind(loop.target, items(types_of(loop.iter, scope)), scope)
    for node in template.find_all(nodes.Assign):
        bind(node.target, types_of(node.node, scope), scope)
    return scope | {name: [Literal["own"]] for name in OWN_TEXTS}


def bind(target: nodes.Node, found: Types, scope: Scope) -> None:
    """Add what the names of a loop or a `set` are bound to."""
    if isinstance(target, nodes.Name):
        scope[target.name] = scope.get(target.name, []) + found
    for place, name in enumerate(target.find_all(nodes.Name)):
        members = [typing.get_args(type_) for type_ in found]
        bind(name, [m[place] if place < len(m) else str for m in members], scope)


def types_of(node: nodes.Node | None, scope: Scope) -> Types:
    """The types that an expression can have; `str` where that is not known."""
    rule = RULES.get(type(node))
    return rule(node, scope) if rule else [str]


def of_constant(node: nodes.Const, scope: Scope) -> Types:
    return [Literal["own"] if isinstance(node.value, str) else type(node.value)]


def of_name(node: nodes.Name, scope: Scope) -> Types:
    return scope.get(node.name, [str])


def of_field(node: nodes.Getattr, scope: Scope) -> Types:
    owners = types_of(node.node, scope)
    return [part for owner in owners for part in attribute(owner, node.attr)]


def of_call(node: nodes.Call, scope: Scope) -> Types:
    method = node.node
    if not isinstance(method, nodes.Getattr):
        return [str]
    functions = [getattr(o, method.attr, str) for o in types_of(method.node, scope)]
    return [typing.get_type_hints(f).get("return", str) for f in functions]


def of_item(node: nodes.Getitem, scope: Scope) -> Types:
    return items(types_of(node.node, scope))


def of_choice(node: nodes.CondExpr, scope: Scope) -> Types:
    alternative = types_of(node.expr2, scope) if node.expr2 else []
    return types_of(node.expr1, scope) + alternative


def of_sum(node: nodes.BinExpr, scope: Scope) -> Types:
    return types_of(node.left, scope) + types_of(node.right, scope)


def of_sequence(node: nodes.List | nodes.Tuple, scope: Scope) -> Types:
    members = [type_ for item in node.items for type_ in types_of(item, scope)]
    return [types.GenericAlias(tuple, (member, ...)) for member in members]


def of_filter(node: nodes.Filter, scope: Scope) -> Types:
    if node.name == "length":
        return [int]
    if node.name in ("max", "min"):
        return items(types_of(node.node, scope))
    return [str]


RULES: dict[type, Callable[[Any, Scope], Types]] = {
    nodes.Const: of_constant,
    nodes.Name: of_name,
    nodes.Getattr: of_field,
    nodes.Call: of_call,
    nodes.Getitem: of_item,
    nodes.CondExpr: of_choice,
    nodes.Add: of_sum,
    nodes.Mul: of_sum,
    nodes.List: of_sequence,
    nodes.Tuple: of_sequence,
    nodes.Filter: of_filter,
}


def attribute(owner: Any, name: str) -> Types:
    """The types of a field of a dataclass, `None` left out."""
    hints = typing.get_type_hints(owner) if isinstance(owner, type) else {}
    return parts(hints.get(name, str))


def parts(type_: Any) -> Types:
    """The members of a union, `None` left out."""
    union = typing.get_origin(type_) in (typing.Union, types.UnionType)
    members = typing.get_args(type_) if union else (type_,)
    return [member for member in members if member is not types.NoneType]


def items(found: Types) -> Types:
    """What iterating over tuples and lists gives."""
    return [
        typing.get_args(type_)[0] if typing.get_origin(type_) in SEQUENCES else str
        for type_ in found
    ]


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_print_only_filtered_text(name: str) -> None:
    assert unsafe_lines(name, TEMPLATES[name]) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ name }}",
        "{{ data.root }}",
        "{{ task.targets[0] }}",
        "{{ text[0].name }}",
        "{{ column }}",
        "{% for c in numeric %}{{ c.name }}{% endfor %}",
        "{% for k, v in reasons.items() %}{{ v }}{% endfor %}",
        "{% for c, marks in number_marks %}{{ marks }}{% endfor %}",
        "{% set a = 'x' %}{% set a = data.root %}{{ a }}",
        "{{ data.root if has_text else 'x' }}",
        "{{ 'x' ~ data.root }}",
        "{{ data.root | upper }}",
        "{{ data.root | py | upper }}",
        "{{ data.root | toml }}",
        "{{ task.classes | max }}",
        "{% if x %}{% for c in text %}{{ c.missing[0] }}{% endfor %}{% endif %}",
    ],
)
def test_an_unfiltered_text_is_found(text: str) -> None:
    assert unsafe_lines("project/a.py.jinja", f"# One\n{text}") == [2]


@pytest.mark.parametrize(
    "text",
    [
        "{{ data.root | py }}",
        "{{ task.classes | list | py }}",
        "{{ task.kind }}",
        "{{ encoders.text.max_tokens }}",
        "{{ [48, 4 * task.classes | length] | max }}",
        "{% for c in numeric %}{{ c.modality }}{% endfor %}",
        "{% for p in ('test', 'train') %}{{ p }}{% endfor %}",
        "{% set a = 'x' if has_text else 'y' %}{{ a }}",
        "import {{ package }}",
    ],
)
def test_what_is_safe_is_not_reported(text: str) -> None:
    assert unsafe_lines("project/a.py.jinja", text) == []
