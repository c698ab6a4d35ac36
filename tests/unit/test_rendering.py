"""Rendering: layout, lookup, refusal of unfiltered text, errors with their place."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from autom3l.column import Column
from autom3l.encoders import Encoders
from autom3l.ir import Data, Fusion, Pipeline, Split, Task, Training
from autom3l.literals import code, md, py, toml
from autom3l.rendering import TemplateError, render
from markdown_it import MarkdownIt

PIPELINE = Pipeline(
    version=1,
    name="pet-prices",
    package="pets",
    data=Data(root="..", train="train.csv", format="csv"),
    task=Task(kind="regression", targets=("price",), metric="r2"),
    split=Split(kind="random", validation=0.1, test=0.1),
    columns=(Column("age", "numeric"), Column("notes", "text")),
    encoders=Encoders(),
    fusion=Fusion(2, 1, 8, 0.1, 0.0, 4, 0.5),
    training=Training(1, 8, 1e-3, 0.0, 0.1, 1, 1),
)
HOSTILE = 'a\'"\n\\ """ {{ x }} {% y %} ` | ]] <b> \u202e \u2028 \x00 \x85 é 😀'


def write(folder: Path, **templates: str) -> Path:
    """Template files; `__` for a slash is spelled `SLASH`, since names hold `__`."""
    for name, text in templates.items():
        path = folder / f"{name.replace('SLASH', '/').replace('DOT', '.')}.jinja"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return folder


def one(folder: Path, text: str, pipeline: Pipeline = PIPELINE) -> str:
    """A single template rendered."""
    write(folder, projectSLASHfileDOTpy=text)
    return render(pipeline, [folder])["file.py"]


def test_the_tree_mirrors_the_templates(tmp_path: Path) -> None:
    write(
        tmp_path,
        projectSLASHREADMEDOTmd="# {{ name | md }}\n",
        projectSLASH__package__SLASHtrainDOTpy="import {{ package }}.data\n",
        projectSLASHaDOTpy="{% include 'blocks/a.jinja' %}\n",
        blocksSLASHa="A = 1\n",
    )
    assert list(render(PIPELINE, [tmp_path]).items()) == [
        ("README.md", "# pet-prices\n"),
        ("a.py", "A = 1\n"),
        ("pets/train.py", "import pets.data\n"),
    ]


def test_a_file_without_content_is_not_emitted(tmp_path: Path) -> None:
    write(
        tmp_path,
        projectSLASHimageDOTpy="{% if has_image %}\nIMAGE = 1\n{% endif %}\n\n",
        projectSLASHtextDOTpy="{% if has_text %}\nTEXT = 1\n{% endif %}\n",
    )
    assert render(PIPELINE, [tmp_path]) == {"text.py": "TEXT = 1\n"}


def test_what_is_left_out_leaves_no_gap(tmp_path: Path) -> None:
    text = "{% if has_image %}\nA = 1\n{% endif %}\n\nB = 2\n\n"
    text += "{% if has_image %}\nC = 3\n{% endif %}\n\nD = 4\n"
    assert one(tmp_path, text) == "B = 2\n\nD = 4\n"


def test_the_first_folder_that_has_a_template_wins(tmp_path: Path) -> None:
    ours = write(tmp_path / "ours", projectSLASHa="{% include 'blocks/b.jinja' %}")
    write(ours, projectSLASHc="ours", blocksSLASHb="ours")
    custom = write(tmp_path / "custom", blocksSLASHb="custom", projectSLASHd="new")
    tree = render(PIPELINE, [custom, ours])
    assert tree == {"a": "custom", "c": "ours", "d": "new"}


def test_columns_come_by_modality_in_table_order(tmp_path: Path) -> None:
    columns = (
        Column("b", "numeric"),
        Column("id", "numeric", role="identifier"),
        Column("a", "numeric"),
        Column("c", "image"),
    )
    text = (
        "{{ numeric | map(attribute='name') | list | py }}\n{{ branches | list | py }}"
    )
    rendered = one(tmp_path, text, replace(PIPELINE, columns=columns))
    assert rendered == "['b', 'a']\n['tabular', 'image']"


@pytest.mark.parametrize(
    ("train", "several"),
    [("t.csv", False), ("t*.csv", True), ("t[12].csv", True), ("t[[]1].csv", True)],
)
def test_templates_know_whether_to_look_for_files(
    tmp_path: Path, train: str, several: bool
) -> None:
    pipeline = replace(PIPELINE, data=replace(PIPELINE.data, train=train))
    text = "{{ '1' if train_is_glob else '0' }}"
    assert one(tmp_path, text, pipeline) == str(int(several))


@pytest.mark.parametrize(
    "expression",
    [
        "{{ data.root }}",
        "{{ data.root ~ 'a' }}",
        "{{ text[0] }}",
        "{{ none }}",
        "{{ true }}",
        "{{ task.targets }}",
        "{{ (data.root | py) ~ data.root }}",
    ],
)
def test_text_without_a_filter_is_refused(tmp_path: Path, expression: str) -> None:
    with pytest.raises(TemplateError, match=r"file\.py\.jinja:2: .*filters py.*R004"):
        one(tmp_path, f"# One\n{expression}\n")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{{ 'a b()' }}", "a b()"),
        ("{{ '.x' if has_text else '.y' }}", ".x"),
        ("{% set a = ', b=1' %}{{ a }}", ", b=1"),
        ("{{ fusion.width }} {{ training.lr }}", "8 0.001"),
        ("{{ task.kind }}", "regression"),
        ("{{ data.root | py }}", "'..'"),
    ],
)
def test_what_is_printed(tmp_path: Path, expression: str, expected: str) -> None:
    assert one(tmp_path, expression) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{% if %}\n", r"file\.py\.jinja:2: Expected an expression.*\[R002\]"),
        ("a\n\n{{ nope }}", r"file\.py\.jinja:3: 'nope' is undefined \[R004\]"),
        ("{{ nope | py }}", r"file\.py\.jinja:1: 'nope' is undefined \[R004\]"),
        ("{{ data.rot | py }}", r"file\.py\.jinja:1: .*'rot' \[R004\]"),
        ("{{ data | py }}", r"file\.py\.jinja:1: not a literal: Data\(.*\[R004\]"),
        ("{{ 1 | md }}", r"file\.py\.jinja:1: not a text: 1 \[R004\]"),
        ("{{ 1 | nope }}", r"file\.py\.jinja:1: No filter named 'nope'.*\[R002\]"),
        ("{% include 'no.jinja' %}", r"template 'no\.jinja' .* not found \[R003\]"),
    ],
)
def test_a_faulty_template_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        one(tmp_path, text)


def test_no_template_at_all(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"no template emits a file \[R001\]"):
        render(PIPELINE, [tmp_path])


def test_a_file_that_is_no_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "train.py").write_text("A = 1\n")
    with pytest.raises(TemplateError, match=r"project/train\.py: .*\.jinja.*\[R005\]"):
        render(PIPELINE, [tmp_path])


@pytest.mark.parametrize("package", ["class", "a-b", "../a", "", "a.b"])
def test_a_package_is_a_name(tmp_path: Path, package: str) -> None:
    with pytest.raises(ValueError, match="not a package name"):
        one(tmp_path, "a", replace(PIPELINE, package=package))


@pytest.mark.parametrize(
    "value",
    [
        HOSTILE,
        "",
        "\\",
        "'" * 3 + '"' * 3,
        (),
        ("a",),
        ("a", 1, None, True, 1e-05),
        [[], {}],
        {"a\n": ["b"], "c": {"d": (1.5,)}},
    ],
)
def test_python_literals_read_back(value: object) -> None:
    source = py(value)
    assert ast.literal_eval(source) == value
    assert "\n" not in source


@pytest.mark.parametrize("value", [HOSTILE, "", "\\", "'''\"\"\"", True, 3, 1e-05])
def test_toml_values_read_back(value: object) -> None:
    assert tomllib.loads(f"a = {toml([value])}\n") == {"a": [value]}


def test_what_a_reader_cannot_see_is_escaped() -> None:
    assert py("a\u202eb\u200bc\u00add") == "'a\\u202eb\\u200bc\\xadd'"
    assert toml("a\u202eb") == '"a\\u202eb"'
    assert md("a\u202eb") == "a\\u202eb"
    assert py("größe 高さ") == "'größe 高さ'"


def test_characters_of_later_unicode_are_escaped() -> None:
    # Whether repr() shows one depends on the interpreter: the bytes must not.
    assert py("😀") == "'\\U0001f600'"


MARKDOWN = [
    "first_name and *b* and __c__ and ~~d~~",
    "a|b `c` ``d`` [e](f) ![g](h) [i]: j",
    "<b>x</b> &amp; <!-- y --> <https://z>",
    "# heading",
    "> quote",
    "- item",
    "+ item",
    "12. item",
    "3) item",
    "---",
    "===",
    "back\\slash\\*",
]


@pytest.mark.parametrize("text", MARKDOWN)
@pytest.mark.parametrize("frame", ["{}", "* {}", "| {} | b |\n| --- | --- |\n"])
def test_markdown_shows_the_text_itself(text: str, frame: str) -> None:
    assert shown(frame.format(md(text)))[0] == text


@pytest.mark.parametrize("text", [*MARKDOWN, "`", "``a`", "a`b``c"])
@pytest.mark.parametrize("frame", ["{}", "* {}", "| {} | b |\n| --- | --- |\n"])
def test_a_code_span_shows_the_text_itself(text: str, frame: str) -> None:
    # Outside tables, a code span has no way to say that a bar is no cell's end.
    expected = text if frame.startswith("|") else text.replace("|", "\\|")
    assert shown(frame.format(code(text)))[0] == expected


def shown(source: str) -> list[str]:
    """The text of each paragraph or cell, as a reader sees it."""
    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    assert {t.type for t in tokens} <= BLOCKS, source
    inlines = [t.children or [] for t in tokens if t.type == "inline"]
    assert {c.type for line in inlines for c in line} <= {"text", "code_inline"}
    return ["".join(c.content for c in line) for line in inlines]


BLOCKS = {
    "inline",
    *(
        f"{name}_{end}"
        for name in ("table", "thead", "tbody", "tr", "th", "td")
        for end in ("open", "close")
    ),
    *(
        f"{name}_{end}"
        for name in ("paragraph", "bullet_list", "list_item")
        for end in ("open", "close")
    ),
}


def test_markdown_is_one_line() -> None:
    assert md(" a\n\tb ") == "a b"
    assert code("a\nb") == "`a b`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age", "`age`"),
        ("a`b", "`` a`b ``"),
        ("`", "`` ` ``"),
        ("a|b\nc", "`a\\|b c`"),
        (" a", "`  a `"),
        ("", "`  `"),
    ],
)
def test_code_spans(text: str, expected: str) -> None:
    assert code(text) == expected
