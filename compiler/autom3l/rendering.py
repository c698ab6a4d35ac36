"""Pipeline to files: the templates are the emitted project, path by path.

`project/**/NAME.jinja` becomes `NAME` at the same place, `__package__` in a path being
the name of the package; what renders to nothing is not emitted. `blocks/**` are the
alternatives that the pipeline chooses from, by `{% include %}`. Templates are code: a
folder given by the user is as trusted as the compiler itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path, PurePosixPath
from traceback import extract_tb

import jinja2
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Const

from autom3l.context import context
from autom3l.diagnostics import Diagnostic, UserError
from autom3l.filetree import FileTree
from autom3l.ir import Pipeline
from autom3l.literals import FILTERS, Source

_PROJECT = "project/"
_SUFFIX = ".jinja"
_BLANK_LINES = re.compile(r"\n{3,}")
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


class TemplateError(UserError):
    """A template is malformed, or speaks of what the context has not."""


def render(pipeline: Pipeline, template_dirs: Sequence[Path]) -> FileTree:
    """Every file of the project as its templates write it, not yet formatted.

    A template is taken from the first of `template_dirs` that has it. Raises
    `TemplateError` with file and line.
    """
    environment = _environment(tuple(template_dirs), Path.cwd())
    scope = context(pipeline)
    names = {field.name: getattr(scope, field.name) for field in fields(scope)}
    tree: FileTree = {}
    for template in _templates(environment):
        text = _render_one(environment, template, names)
        if text.strip():
            tree[_target(template, pipeline.package)] = text
    if not tree:
        searched = ", ".join(map(str, template_dirs))
        raise TemplateError(Diagnostic("R001", "no template emits a file", searched))
    return dict(sorted(tree.items()))


class _Generator(CodeGenerator):
    """Strings that stand in a template are its own text, hence source."""

    def visit_Const(self, node: Const, frame: Frame) -> None:
        if isinstance(node.value, str):
            self.write(f"environment.source({node.value!r})")
        else:
            super().visit_Const(node, frame)


class _Environment(jinja2.Environment):
    code_generator_class = _Generator
    source = Source


@cache
def _environment(template_dirs: tuple[Path, ...], _: Path) -> jinja2.Environment:
    # The current folder is part of the key, for relative folders start from it.
    # Kept, for it keeps compiled templates; it looks whether their files have changed.
    environment = _Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in template_dirs]),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        finalize=_only_source,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(FILTERS)
    return environment


def _only_source(value: object) -> object:
    """What `{{ }}` may print: the template's own or filtered text, a number, or a word.

    A word (a name of the IR's vocabulary, the package) is one token in every kind of
    file; any other string could carry more than a value.
    """
    if isinstance(value, Source | jinja2.Undefined):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WORD.fullmatch(value):
        return value
    raise jinja2.TemplateRuntimeError(
        f"{value!r} is printed without one of the filters {', '.join(FILTERS)}"
    )


def _templates(environment: jinja2.Environment) -> list[str]:
    found = [t for t in environment.list_templates() if t.startswith(_PROJECT)]
    strays = [template for template in found if not template.endswith(_SUFFIX)]
    if strays:
        message = f"not a template, for its name does not end in {_SUFFIX!r}"
        raise TemplateError(Diagnostic("R005", message, stray) for stray in strays)
    return found


def _target(template: str, package: str) -> str:
    path = template.removeprefix(_PROJECT).removesuffix(_SUFFIX)
    parts = (p.replace("__package__", package) for p in PurePosixPath(path).parts)
    return "/".join(parts)


def _render_one(
    environment: jinja2.Environment, template: str, names: dict[str, object]
) -> str:
    try:
        text = environment.get_template(template).render(names)
    except jinja2.TemplateSyntaxError as error:
        where = f"{error.filename or error.name or template}:{error.lineno}"
        raise TemplateError(Diagnostic("R002", error.message or "", where)) from error
    except jinja2.TemplateNotFound as error:
        message = f"template {error.name!r} is included but not found"
        raise TemplateError(Diagnostic("R003", message, template)) from error
    except (jinja2.TemplateError, TypeError) as error:
        where = _line_in_template(error) or template
        raise TemplateError(Diagnostic("R004", str(error), where)) from error
    # What is left out between two blank lines leaves both; formatters keep them.
    return _BLANK_LINES.sub("\n\n", text.lstrip("\n"))


def _line_in_template(error: Exception) -> str:
    frames = [
        f"{frame.filename}:{frame.lineno}"
        for frame in extract_tb(error.__traceback__)
        if frame.filename.endswith(_SUFFIX)
    ]
    return frames[-1] if frames else ""
