"""Formatting: as the emitted project configures it, stable, and only of Python."""

from __future__ import annotations

import pytest
from autom3l.filetree import MalformedFileError
from autom3l.formatting import format_tree

CONFIG = """
[tool.black]
line-length = 60
target-version = ["py311"]

[tool.ruff]
line-length = 60

[tool.ruff.lint]
select = ["F", "I"]
"""
UNTIDY = """import torch
from pets.data import b,a
import os, unused
x = { 'a':a, 'b':b, 'os': os, 'torch': torch, 'long': 'long' }
"""
TIDY = """import os

import torch

from pets.data import a, b

x = {
    "a": a,
    "b": b,
    "os": os,
    "torch": torch,
    "long": "long",
}
"""


def test_python_is_laid_out_by_the_projects_own_configuration() -> None:
    tree = {"pets/__init__.py": "", "pets/train.py": UNTIDY, "pyproject.toml": CONFIG}
    formatted = format_tree(tree)
    assert formatted == tree | {"pets/train.py": TIDY}
    assert format_tree(formatted) == formatted


def test_other_files_are_left_alone() -> None:
    tree = {
        "Makefile": "a:\n\tb   \n\n\n",
        "configs/base.toml": "a=1\n[b]\n  c   =  2\n",
        "pyproject.toml": "[tool.black]\nline-length   = 60",
    }
    assert format_tree(tree) == tree


def test_without_configuration_the_width_is_88() -> None:
    line = f"x = ['{'a' * 30}', '{'b' * 30}']\n"
    formatted = format_tree({"a.py": line})
    assert formatted == {"a.py": line.replace("'", '"')}


def test_problems_without_a_safe_fix_are_no_failure() -> None:
    assert format_tree({"a.py": "print(undefined)\n"}) == {"a.py": "print(undefined)\n"}


def test_a_module_of_the_project_cannot_pose_as_the_formatter() -> None:
    tree = {"ruff/__init__.py": "", "ruff/__main__.py": "raise SystemExit(1)\n"}
    assert format_tree(tree) == tree


def test_a_malformed_file_is_named() -> None:
    with pytest.raises(MalformedFileError, match=r"pets/a\.py: .*2:"):
        format_tree({"b.py": "x = 1\n", "pets/a.py": "x = 1\ndef f(:\n"})


def test_a_configuration_that_ruff_refuses_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)ruff: .*nonsense"):
        format_tree({"a.py": "", "pyproject.toml": "[tool.ruff]\nnonsense = 1\n"})
