"""Rewrites keep what a project does; their examples are their specification."""

from __future__ import annotations

import ast

import pytest
from autom3l.filetree import FileTree, MalformedFileError
from autom3l.rewrites import REWRITES, rewrite
from autom3l.rewrites.hoist_imports import HoistImports
from autom3l.rewrites.project import Rewrite, parse
from autom3l.rewrites.shake_definitions import ShakeDefinitions

EXAMPLES = [
    pytest.param(step, before, after, id=f"{type(step).__name__}-{number}")
    for step in REWRITES
    for number, (before, after) in enumerate(step.EXAMPLES)
]


def apply(step: Rewrite, **files: str) -> FileTree:
    """One rewrite over files named with `__` for slashes."""
    tree = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
    return step(parse(tree)).tree()


@pytest.mark.parametrize(("step", "before", "after"), EXAMPLES)
def test_examples(step: Rewrite, before: str, after: str) -> None:
    assert apply(step, module=before) == {"module.py": after}


@pytest.mark.parametrize(("step", "before", "after"), EXAMPLES)
def test_a_second_run_changes_nothing(step: Rewrite, before: str, after: str) -> None:
    assert apply(step, module=after) == {"module.py": after}


@pytest.mark.parametrize("step", REWRITES)
def test_every_rewrite_shows_what_it_leaves_alone(step: Rewrite) -> None:
    changes = [before != after for before, after in step.EXAMPLES]
    assert any(changes)
    assert not all(changes)


def test_what_other_files_use_is_kept() -> None:
    data = "A = 1\nB = 2\nC = 3\nD = 4\nE = 5\nF = 6\n"
    tree = apply(
        ShakeDefinitions(),
        pets__data=data,
        pets__train="from .data import A\nfrom . import data\nprint(A, data.B)\n",
        pets__main="import pets.data as d\nprint(d.C)\n",
        tests__test_x="def test_x(m):\n    m.setattr('pets.data.D', 0)\n"
        "    from pets.data import E\n",
    )
    assert tree["pets/data.py"] == "A = 1\nB = 2\nC = 3\nD = 4\nE = 5\n"


def test_what_only_dropped_code_uses_goes_over_several_files() -> None:
    tree = apply(
        ShakeDefinitions(),
        pets__a="from pets.b import used, unused\ndef main():\n    return used()\n"
        "def dead():\n    return unused()\n",
        pets__b="def used():\n    pass\ndef unused():\n    pass\n",
    )
    assert tree["pets/a.py"] == (
        "from pets.b import used\ndef main():\n    return used()\n"
    )
    assert tree["pets/b.py"] == "def used():\n    pass\n"


def test_a_module_passed_on_as_a_value_is_kept_whole() -> None:
    tree = apply(
        ShakeDefinitions(),
        pets__data="A = 1\nB = 2\n",
        pets__train="from pets import data\nprint(vars(data))\n",
    )
    assert tree["pets/data.py"] == "A = 1\nB = 2\n"


def test_fixtures_arrive_by_parameter_name() -> None:
    test = "from shared import rows\ndef test_rows(rows):\n    pass\n"
    shared = "import pytest\n@pytest.fixture\ndef rows():\n    pass\n"
    tree = apply(ShakeDefinitions(), tests__test_rows=test, tests__shared=shared)
    assert tree == {"tests/test_rows.py": test, "tests/shared.py": shared}


def test_entry_points_of_other_files_are_kept() -> None:
    tree = {
        "pets/cli.py": "def run():\n    pass\ndef other():\n    pass\n",
        "pyproject.toml": '[project.scripts]\npets = "pets.cli:run"\n',
    }
    shaken = ShakeDefinitions()(parse(tree)).tree()
    assert shaken["pets/cli.py"] == "def run():\n    pass\n"
    assert shaken["pyproject.toml"] == tree["pyproject.toml"]


def test_words_that_are_data_keep_nothing() -> None:
    tree = {
        "pets/columns.py": "NUMERIC = ['fit']\ndef fit():\n    pass\nprint(NUMERIC)\n",
        "README.md": "`pets.columns:fit`\n",
    }
    shaken = ShakeDefinitions()(parse(tree)).tree()
    assert shaken["pets/columns.py"] == "NUMERIC = ['fit']\nprint(NUMERIC)\n"


def test_exports_of_a_package_are_kept() -> None:
    tree = {
        "pets/__init__.py": "from pets.a import f\n",
        "pets/a.py": "def f():\n    pass\ndef g():\n    pass\n",
    }
    assert ShakeDefinitions()(parse(tree)).tree() == {
        "pets/__init__.py": "from pets.a import f\n",
        "pets/a.py": "def f():\n    pass\n",
    }


def test_a_moved_import_takes_its_comment_along() -> None:
    before = "import a\nX = 1\n\n# Slow.\nimport b  # noqa: X1\n"
    after = "import a\n# Slow.\nimport b  # noqa: X1\nX = 1\n"
    assert apply(HoistImports(), module=before) == {"module.py": after}


def test_the_whole_chain_is_stable_and_drops_what_folding_freed() -> None:
    tree = {
        "pets/a.py": '"""A."""\nif False:\n    f()\nX = 1\nimport os\n'
        "def f():\n    return os\nimport re\nprint(re, X)\n"
    }
    once = rewrite(tree)
    assert once == {"pets/a.py": '"""A."""\nimport re\nX = 1\nprint(re, X)\n'}
    assert rewrite(once) == once


def test_other_files_are_untouched_and_paths_sorted() -> None:
    tree = {"b.md": "`x\n", "a/c.py": "", "B.toml": "["}
    assert list(rewrite(tree).items()) == sorted(tree.items())


def test_a_malformed_file_is_named() -> None:
    with pytest.raises(MalformedFileError, match=r"pets/a\.py: .*2"):
        rewrite({"pets/a.py": "x = 1\ndef f(:\n"})


def test_folding_keeps_meaning_for_every_truth_table() -> None:
    operands = ["True", "False", "p", "q"]
    for left in operands:
        for middle in operands:
            for right in operands:
                for text in (
                    f"{left} and {middle} or {right}",
                    f"not ({left} or {middle}) and {right}",
                    f"({left} if {middle} else {right}) and p",
                ):
                    _assert_equal_values(text)


def _assert_equal_values(text: str) -> None:
    folded = rewrite({"m.py": f"print({text})\n"})["m.py"]
    for p in (True, False):
        for q in (True, False):
            assert _value(folded, p, q) == _value(f"print({text})\n", p, q), text


def _value(code: str, p: bool, q: bool) -> object:
    node = ast.parse(code).body[0]
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    return _evaluate(node.value.args[0], {"p": p, "q": q})


def _evaluate(node: ast.expr, names: dict[str, bool]) -> bool:
    match node:
        case ast.Constant(value=bool(value)):
            return value
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _evaluate(operand, names)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_evaluate(value, names) for value in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_evaluate(value, names) for value in values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _evaluate(body if _evaluate(test, names) else orelse, names)
    raise AssertionError(ast.dump(node))
