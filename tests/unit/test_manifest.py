"""The manifest: canonical, free of the machine, and never believed unchecked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from autom3l.diagnostics import EmitError
from autom3l.manifest import MANIFEST, manifest_of, read_manifest, to_json

TREE = {"b.py": "x = 1\n", "a/ä.md": "ü\n"}


def written(folder: Path, text: str | bytes) -> Path:
    place = folder / MANIFEST
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def test_it_reads_back_what_was_written(tmp_path: Path) -> None:
    manifest = manifest_of(TREE, "passed")
    assert read_manifest(written(tmp_path, to_json(manifest))) == manifest


def test_it_holds_hashes_and_versions_and_nothing_of_the_machine() -> None:
    data = json.loads(to_json(manifest_of(TREE, "skipped")))
    assert set(data) == {"version", "compiler", "formatters", "trial", "files"}
    assert list(data["files"]) == ["a/ä.md", "b.py"]
    assert set(data["formatters"]) == {"black", "ruff"}
    assert data["files"]["b.py"] == (
        "9e26bf369911c45c243c684147b23fc9e1dcfcf257d299a1c632016a6fcd33f4"
    )


def test_no_manifest_is_no_error(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"version": 0}',
        b"<<<<<<< HEAD\n",
    ],
)
def test_what_is_no_manifest_is_an_error(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(EmitError) as error:
        read_manifest(written(tmp_path, text))
    assert {d.code for d in error.value.diagnostics} == {"E006"}
    assert MANIFEST in str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"trial": "maybe"},
        {"more": 1},
        {"files": {"../x": "0"}},
        {"files": {"/etc/passwd": "0"}},
        {"files": {"a/../../x": "0"}},
        {"files": {"C:\\x": "0"}},
        {"files": {".git/config": "0"}},
        {"files": {".GIT/config": "0"}},
        {"files": {".autom3l/base/x": "0"}},
        {"files": {"a\nb": "0"}},
        {"files": {"a" * 300: "0"}},
        {"files": {"é" * 130: "0"}},
        {"files": {"/".join("a" * 999): "0"}},
        {"files": {"a": 1}},
    ],
)
def test_every_field_is_checked_paths_above_all(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    data = json.loads(to_json(manifest_of(TREE, "passed"))) | change
    with pytest.raises(EmitError) as error:
        read_manifest(written(tmp_path, json.dumps(data)))
    assert [d.code for d in error.value.diagnostics] == ["E006"]
