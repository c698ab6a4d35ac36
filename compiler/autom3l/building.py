"""From a pipeline to the text of its project: render, rewrite, format."""

from __future__ import annotations

from autom3l import resources
from autom3l.diagnostics import Diagnostic, UserError
from autom3l.filetree import FileTree, MalformedFileError
from autom3l.formatting import format_tree
from autom3l.ir import Pipeline
from autom3l.rendering import render
from autom3l.request import Progress, Request, lookup
from autom3l.rewrites import rewrite


def build(pipeline: Pipeline, request: Request, progress: Progress) -> FileTree:
    """The pipeline as formatted source text."""
    with progress.stage("render"):
        tree = render(pipeline, lookup(request.template_dir, resources.templates_dir()))
    try:
        with progress.stage("rewrite"):
            tree = rewrite(tree)
        with progress.stage("format"):
            return format_tree(tree)
    except MalformedFileError as error:
        if request.template_dir is None:
            raise  # a fault of the shipped templates, which no user can mend
        where = str(request.template_dir)
        message = f"a template renders to no Python: {error}"
        raise UserError(Diagnostic("C009", message, where)) from None
