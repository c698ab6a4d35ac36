"""Whatever a table calls its columns and classes, only literals of the project differ.

Each pipeline has a twin in which every text of the data is a plain word; the projects
of both must have the same syntax trees, TOML keys and Markdown structure.
"""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, get_args

import pytest
from autom3l.column import (
    Column,
    DatetimeFormat,
    Derived,
    Impute,
    ListFormat,
    NumberFormat,
)
from autom3l.encoders import Encoders, ImageEncoder, TabularEncoder, TextEncoder
from autom3l.filetree import FileTree
from autom3l.formatting import format_tree
from autom3l.ir import Data, Decision, Fusion, Pipeline, Section, Split, Task, Training
from autom3l.ir_json import from_json, to_json
from autom3l.rendering import render
from autom3l.resources import templates_dir
from autom3l.rewrites import rewrite
from column_strategies import HOSTILE
from hypothesis import HealthCheck, Phase, given, settings
from markdown_it import MarkdownIt
from strategies import pipelines

# The keys of the IR whose values are taken from the data or written by a model.
DATA_TEXTS = {
    *("targets", "classes", "column", "name", "missing", "levels", "affixes"),
    *("subject", "choice", "reason", "evidence", "thousands", "separator"),
    *("inputs", "by", "value", "query", "item", "left", "right"),
}
LONG = "a'\n\"" * 2560  # 10 kB
TASKS = (
    Task("multiclass", ("label",), "quadratic_kappa", ("one", "two"), ordered=True),
    Task("multilabel", ("one", "two"), "macro_f1", ("one", "two")),
    Task("multilabel", ("labels",), "macro_f1", ("one", "two"), separator="|"),
)
WITHIN_BREED = Impute("group", by="breed", indicator=True)
EVERYTHING = Pipeline(
    version=1,
    name="pets",
    package="pets",
    data=Data(root="..", train="train.csv", format="csv", images="photos"),
    task=TASKS[0],
    split=Split("group", validation=0.1, test=0.1, column="group"),
    columns=(
        Column("group", "categorical", role="split"),
        Column("id", "text", role="identifier"),
        Column(
            "price",
            "numeric",
            missing=("gap",),
            number=NumberFormat(("unit",), "_"),
            impute=WITHIN_BREED,
        ),
        Column("size", "numeric", number=NumberFormat(), impute=Impute("neighbours")),
        Column("age", "numeric", number=NumberFormat(), impute=Impute("iterative")),
        Column("fee", "numeric", number=NumberFormat(), impute=Impute("constant", "0")),
        Column("grade", "ordinal", levels=("low", "high"), impute=WITHIN_BREED),
        Column("sold", "boolean", levels=("off", "on"), impute=Impute("most_frequent")),
        Column("breed", "categorical", missing=("gap",)),
        Column("day", "datetime", datetime=DatetimeFormat("ISO8601", ("epoch_days",))),
        Column("born", "datetime", "unusable", datetime=DatetimeFormat("%Y-%m-%d", ())),
        Column("tags", "multi_category", items=ListFormat("|", brackets=True)),
        Column("codes", "multi_category", "unusable", items=ListFormat("|")),
        Column("story", "text", missing=("gap",), impute=Impute("constant", "silence")),
        Column("photo", "image", items=ListFormat("|")),
    ),
    derived=(
        Derived("relative", "ratio", ("price", "size")),
        Derived("above", "difference", ("price", "size")),
        Derived("area", "product", ("price", "size")),
        Derived("order", "log1p", ("price",)),
        Derived("lived", "days_between", ("day", "born")),
        Derived("length", "word_count", ("story",)),
        Derived("many", "item_count", ("codes",)),
        Derived("usual", "group_mean", ("price",), "breed"),
        Derived("common", "group_count", (), "breed"),
    ),
    encoders=Encoders(
        tabular=TabularEncoder("table", bins=4, number_width=4, level_width=4),
        text=TextEncoder("words", "hashed_ngrams", "full", 16, buckets=512),
        image=ImageEncoder("small", "convnet", "full", size=32),
    ),
    fusion=Fusion(2, 1, 8, 0.1, 0.1, 4, 0.1),
    training=Training(1, 8, 1e-3, 0.0, 0.1, 1, 1, class_weights=True, threshold=True),
    decisions=tuple(
        Decision(section, "price", "choice", "reason", "llm", "evidence")
        for section in get_args(Section)
    ),
)
SETTINGS = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@pytest.mark.parametrize("text", [*HOSTILE, LONG], ids=lambda text: ascii(text)[:20])
def test_one_text_everywhere(text: str) -> None:
    for task in TASKS:
        plain = replace(EVERYTHING, task=task)
        hostile = respelled(plain, lambda number: f"{text}{number}")
        assert_same_but_literals(drawn(hostile), drawn(respelled(plain, word)))
        assert_named(drawn(hostile), hostile)


@pytest.mark.slow
@settings(SETTINGS, max_examples=20)
@given(pipelines())
def test_any_pipeline(hostile: Pipeline) -> None:
    assert_same_but_literals(drawn(hostile), drawn(respelled(hostile, word)))
    assert_named(drawn(hostile), hostile)


@pytest.mark.slow
@settings(SETTINGS, max_examples=2)
@given(pipelines())
def test_rewritten_and_formatted(hostile: Pipeline) -> None:
    tree = rewrite(drawn(hostile))
    twin = rewrite(drawn(respelled(hostile, word)))
    assert rewrite(tree) == tree
    formatted = format_tree(tree)
    assert format_tree(formatted) == formatted
    assert_same_but_literals(formatted, format_tree(twin))
    assert_named(formatted, hostile)


@cache
def drawn(pipeline: Pipeline) -> FileTree:
    """The project as its templates write it."""
    return render(pipeline, [templates_dir()])


def word(number: int) -> str:
    """A text that can do no harm."""
    return f"word{number}"


def respelled(pipeline: Pipeline, spell: Callable[[int], str]) -> Pipeline:
    """The pipeline with each text of the data replaced; equal ones stay equal."""
    raw = json.loads(to_json(pipeline))
    numbers: dict[str, int] = {}

    def change(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: change(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [change(item, key) for item in value]
        if key not in DATA_TEXTS or not isinstance(value, str) or not value:
            return value
        if key == "value" and value.isdecimal():
            return value  # it enters the project as a number
        return spell(numbers.setdefault(value, len(numbers)))

    kept = {key: raw[key] for key in ("name", "data")}
    return from_json(json.dumps(change(raw, "") | kept))


def assert_same_but_literals(tree: FileTree, twin: FileTree) -> None:
    """Both have the same files, and these the same structure."""
    assert tree.keys() == twin.keys()
    for path in tree:
        assert structure(path, tree[path]) == structure(path, twin[path]), path


@lru_cache(maxsize=256)
def structure(path: str, text: str) -> object:
    """What must not depend on the texts of the data."""
    if path.endswith(".py"):
        return python_structure(text)
    if path.endswith(".toml"):
        return toml_structure(tomllib.loads(text))
    if path.endswith(".md"):
        return markdown_structure(text)
    return text


def python_structure(text: str) -> str:
    """The syntax tree, every string in it the same."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def toml_structure(value: Any) -> Any:
    """Keys and types; the strings themselves are left out."""
    if isinstance(value, dict):
        return {key: toml_structure(item) for key, item in value.items()}
    if isinstance(value, list):
        return [toml_structure(item) for item in value]
    return "" if isinstance(value, str) else value


def markdown_structure(text: str) -> list[str]:
    """The blocks, and what in them is neither text nor the end of a line."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    plain = {"text", "text_special", "softbreak"}
    inline = [c.type for t in tokens for c in t.children or () if c.type not in plain]
    return [token.type for token in tokens] + inline


def assert_named(tree: FileTree, pipeline: Pipeline) -> None:
    """The contract names every feature and class exactly as the table does."""
    contract = ast.parse(tree[f"{pipeline.package}/columns.py"])
    constants = {n.value for n in ast.walk(contract) if isinstance(n, ast.Constant)}
    named = {*pipeline.task.targets, *pipeline.task.classes}
    for item in pipeline.derived:
        named |= {item.name, *item.columns()}
    assert named | {c.name for c in pipeline.features()} <= constants
