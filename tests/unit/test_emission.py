"""Emission: which targets are written, which are refused, and what is never touched."""

from __future__ import annotations

import itertools
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from autom3l.changes import planned_changes
from autom3l.diagnostics import EmitError
from autom3l.difference import compare, diff_text, wanted_texts
from autom3l.emission import emit
from autom3l.manifest import read_manifest
from autom3l.paths import sha256
from autom3l.project import Project
from autom3l.publishing import recover
from autom3l.request import Edits
from autom3l.target import check_target

TREE = {
    "README.md": "# Pets\n",
    "pets/__init__.py": "",
    "pets/train.py": 'print("ä")\n',
    "tests/test_data.py": "assert True\n",
}
PROJECT = Project(TREE, '{"version": 1}\n', "name: pets\n", "passed")

Snapshot = dict[str, bytes]


def snapshot(folder: Path) -> Snapshot:
    """Every file below a folder, and every empty folder as a path that ends in `/`."""
    found: Snapshot = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not any(path.iterdir()):
            found[f"{name}/"] = b""
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def codes(error: pytest.ExceptionInfo[EmitError]) -> list[str]:
    return [diagnostic.code for diagnostic in error.value.diagnostics]


def places(error: pytest.ExceptionInfo[EmitError], target: Path) -> list[str]:
    found = [Path(diagnostic.where) for diagnostic in error.value.diagnostics]
    return [path.relative_to(target).as_posix() for path in found]


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder without the right to write; skips where that stops nobody (root)."""
    folder.chmod(0o555)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("this user may write anywhere")
        yield
    finally:
        folder.chmod(0o755)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder into which `PROJECT` was emitted."""
    folder = tmp_path / "out"
    emit(folder, PROJECT, edits="refuse")
    return folder


@pytest.mark.parametrize("exists", [False, True])
def test_a_missing_or_empty_target_is_created(tmp_path: Path, exists: bool) -> None:
    target = tmp_path / "out"
    if exists:
        target.mkdir()
    changes = emit(target, PROJECT, edits="refuse")
    files = snapshot(target)
    own = {name for name in files if name.startswith(".autom3l/")}
    assert {n: files[n].decode() for n in files.keys() - own} == TREE
    assert own == {
        ".autom3l/manifest.json",
        ".autom3l/pipeline.json",
        ".autom3l/spec.yaml",
        *(f".autom3l/base/{name}" for name in TREE),
    }
    assert sorted(changes.managed()[0]) == sorted(TREE)
    assert [p.name for p in tmp_path.iterdir()] == ["out"], "nothing stays beside"


def test_the_folder_itself_is_kept_so_that_a_shell_may_stand_in_it(
    tmp_path: Path,
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    inode = target.stat().st_ino
    emit(target, PROJECT, edits="refuse")
    assert target.stat().st_ino == inode


def test_identical_bytes_are_not_rewritten(target: Path) -> None:
    before = {p: p.stat() for p in target.rglob("*")}
    changes = emit(target, PROJECT, edits="refuse")
    assert (changes.writes, changes.removes) == ({}, ())
    assert {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in before} == {
        p: (s.st_ino, s.st_mtime_ns) for p, s in before.items()
    }


def test_only_what_changed_is_written_and_what_left_is_removed(target: Path) -> None:
    kept = (target / "README.md").stat().st_ino
    tree = {n: t for n, t in TREE.items() if not n.startswith("tests/")}
    tree["pets/train.py"] = "pass\n"
    changes = emit(target, replace(PROJECT, tree=tree), edits="refuse")
    assert changes.managed() == (("pets/train.py",), ("tests/test_data.py",))
    assert (target / "README.md").stat().st_ino == kept
    assert (target / "pets/train.py").read_text() == "pass\n"
    assert not (target / "tests").exists(), "the folder it leaves empty goes, too"
    assert not (target / ".autom3l/base/tests").exists()


def test_a_file_keeps_the_mode_that_its_owner_gave_it(target: Path) -> None:
    (target / "pets/train.py").chmod(0o755)
    emit(target, _with("pets/train.py", "pass\n"), edits="refuse")
    assert stat.S_IMODE((target / "pets/train.py").stat().st_mode) == 0o755


def test_edits_and_deletions_stop_it_and_are_all_named(target: Path) -> None:
    (target / "README.md").write_text("mine\n")
    (target / "pets/train.py").unlink()
    before = snapshot(target)
    for act in (check_target, planned_and_emitted):
        with pytest.raises(EmitError) as error:
            act(target, edits="refuse")
        assert codes(error) == ["E008", "E008"]
        assert places(error, target) == ["README.md", "pets/train.py"]
        assert "edited" in str(error.value)
        assert "deleted" in str(error.value)
        assert "--overwrite" in str(error.value)
    assert snapshot(target) == before


def planned_and_emitted(target: Path, edits: Edits) -> None:
    emit(target, _with("pets/train.py", "pass\n"), edits)


def test_an_edit_that_equals_the_new_text_is_no_conflict(target: Path) -> None:
    (target / "README.md").write_text("new\n")
    emit(target, _with("README.md", "new\n"), edits="refuse")
    assert read_manifest(target) is not None
    emit(target, _with("README.md", "newer\n"), edits="refuse")


def test_overwrite_discards_edits_of_managed_files_only(target: Path) -> None:
    (target / "README.md").write_text("mine\n")
    (target / "pets/train.py").unlink()
    mine = {
        ".git/HEAD": "ref\n",
        "runs/base/log.jsonl": "{}\n",
        "pets/mine.py": "x\n",
        "notes.txt": "n\n",
    }
    for name, text in mine.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text)
    tree = {"README.md": "# Cats\n", "cats/train.py": "pass\n"}
    emit(target, replace(PROJECT, tree=tree), edits="overwrite")
    files = snapshot(target)
    unowned = {n: t.decode() for n, t in files.items() if not n.startswith(".autom3l")}
    assert unowned == {**mine, **tree}


@pytest.mark.parametrize("edits", ["refuse", "overwrite", "inline", "rej"])
@pytest.mark.parametrize("name", ["mine.txt", ".git/HEAD", ".autom3l/base/README.md"])
def test_a_folder_that_is_not_ours_is_refused(
    tmp_path: Path, name: str, edits: Edits
) -> None:
    (tmp_path / "out" / name).parent.mkdir(parents=True)
    (tmp_path / "out" / name).write_text("mine\n")
    before = snapshot(tmp_path)
    with pytest.raises(EmitError) as error:
        emit(tmp_path / "out", PROJECT, edits)
    assert codes(error) == ["E005"]
    assert snapshot(tmp_path) == before


def test_a_target_that_is_no_folder_or_has_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine\n")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("nowhere")
    expected = {
        "file": "E001",
        "link": "E002",
        "dangling": "E002",
        "a/b": "E003",
        "file/b": "E003",
    }
    for name, code in expected.items():
        with pytest.raises(EmitError) as error:
            check_target(tmp_path / name, edits="overwrite")
        assert codes(error) == [code], name


@pytest.mark.parametrize("inside", [False, True])
def test_a_read_only_folder_is_refused_before_any_work(
    tmp_path: Path, inside: bool
) -> None:
    target = tmp_path / "out"
    if inside:
        target.mkdir()
    with (
        read_only(target if inside else tmp_path),
        pytest.raises(EmitError) as error,
    ):
        check_target(target, edits="refuse")
    assert codes(error) == ["E004"]


def test_a_read_only_folder_inside_leaves_everything_as_it_was(target: Path) -> None:
    tree = {name: f"{text}# new\n" for name, text in TREE.items()}
    before = snapshot(target.parent)
    with read_only(target / "pets"), pytest.raises(EmitError) as error:
        emit(target, replace(PROJECT, tree=tree), edits="refuse")
    assert codes(error) == ["E004"]
    assert snapshot(target.parent) == before


def test_a_target_in_a_read_only_parent_is_staged_inside(target: Path) -> None:
    with read_only(target.parent):
        emit(target, _with("README.md", "new\n"), edits="refuse")
    assert (target / "README.md").read_text() == "new\n"
    assert not list(target.rglob("*staging*"))


def test_what_is_not_ours_is_not_overwritten_by_a_new_file(target: Path) -> None:
    (target / "pets/new.py").write_text("mine\n")
    (target / "docs").write_text("mine\n")
    tree = {**TREE, "pets/new.py": "ours\n", "docs/a.md": "ours\n"}
    before = snapshot(target)
    with pytest.raises(EmitError) as error:
        emit(target, replace(PROJECT, tree=tree), edits="overwrite")
    assert codes(error) == ["E009", "E009"]
    assert places(error, target) == ["docs/a.md", "pets/new.py"]
    assert snapshot(target) == before


@pytest.mark.parametrize("name", ["pets", "pets/train.py", ".autom3l/base"])
def test_no_link_in_the_target_is_followed(target: Path, name: str) -> None:
    away = target.parent / "away"
    (target / name).rename(away)
    (target / name).symlink_to(away)
    before = snapshot(target.parent)
    tree = {name: f"{text}# new\n" for name, text in TREE.items()}
    with pytest.raises(EmitError) as error:
        emit(target, replace(PROJECT, tree=tree), edits="overwrite")
    assert set(codes(error)) == {"E009"}
    assert snapshot(target.parent) == before


@pytest.mark.parametrize(
    "paths",
    [
        ["../x"],
        ["/etc/x"],
        ["a/../../x"],
        ["C:/x"],
        ["a\\x"],
        ["a//x"],
        [""],
        [".git/hooks/post-commit"],
        [".autom3l/manifest.json"],
        ["README.md", "readme.md"],
        ["a", "a/b"],
    ],
)
def test_a_tree_with_paths_that_no_project_may_have_is_refused(
    tmp_path: Path, paths: list[str]
) -> None:
    tree = dict.fromkeys(paths, "x\n")
    with pytest.raises(EmitError) as error:
        emit(tmp_path / "out", replace(PROJECT, tree=tree), edits="overwrite")
    assert codes(error) == ["E010"]
    assert list(tmp_path.iterdir()) == []


def test_without_a_spec_the_one_that_is_there_stays(target: Path) -> None:
    emit(target, replace(PROJECT, spec=None), edits="refuse")
    assert (target / ".autom3l/spec.yaml").read_text() == "name: pets\n"


def test_bytes_that_passed_a_trial_stay_tried(target: Path) -> None:
    emit(target, replace(PROJECT, trial="skipped"), edits="refuse")
    assert _trial(target) == "passed"
    emit(target, replace(_with("README.md", "x\n"), trial="skipped"), edits="refuse")
    assert _trial(target) == "skipped"


@pytest.mark.parametrize("call", [0, 2, 5])
def test_an_interrupt_amid_the_renames_waits_until_they_are_done(
    target: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    tree = {name: f"{text}# new\n" for name, text in TREE.items()}
    _fail_at(monkeypatch, "replace", call, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        emit(target, replace(PROJECT, tree=tree), edits="refuse")
    assert compare(target, replace(PROJECT, tree=tree)) == ()
    assert [path.name for path in target.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_a_full_disk_or_an_interrupt_leaves_the_old_state(
    target: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    before = snapshot(target.parent)
    _fail_at(monkeypatch, "write_bytes", 3, error)
    tree = {name: f"{text}# new\n" for name, text in TREE.items()}
    with pytest.raises((EmitError, KeyboardInterrupt)) as raised:
        emit(target, replace(PROJECT, tree=tree), edits="refuse")
    if isinstance(error, OSError):
        assert "can't write: No space left" in str(raised.value)
    assert snapshot(target.parent) == before


def test_planned_changes_write_nothing(target: Path) -> None:
    before = snapshot(target)
    changes = planned_changes(target, _with("README.md", "x\n"), edits="refuse")
    assert changes.managed() == (("README.md",), ())
    assert snapshot(target) == before


def test_compare_names_changed_missing_stale_and_edited_files(target: Path) -> None:
    (target / "README.md").write_text("mine\n")
    (target / "pets/__init__.py").unlink()
    (target / "runs").mkdir()
    (target / "runs/log").write_text("not ours\n")
    tree = {**TREE, "pets/train.py": "pass\n", "pets/new.py": "x\n"}
    del tree["tests/test_data.py"]
    project = replace(PROJECT, tree=tree, pipeline="{}\n")
    before = snapshot(target.parent)
    differences = compare(target, project)
    assert {d.path: d.kind for d in differences} == {
        ".autom3l/pipeline.json": "changed",
        "README.md": "edited",
        "pets/__init__.py": "missing",
        "pets/new.py": "missing",
        "pets/train.py": "changed",
        "tests/test_data.py": "stale",
    }
    diff = diff_text(
        target, wanted_texts(target, project), [d.path for d in differences]
    )
    assert "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-mine\n+# Pets\n" in diff
    assert "--- /dev/null\n+++ b/pets/new.py\n" in diff
    assert "--- a/tests/test_data.py\n+++ /dev/null\n" in diff
    assert snapshot(target.parent) == before


def test_a_diff_shows_that_the_last_newline_is_missing(target: Path) -> None:
    (target / "README.md").write_text("# Pets")
    paths = [difference.path for difference in compare(target, PROJECT)]
    diff = diff_text(target, wanted_texts(target, PROJECT), paths)
    assert diff.endswith("-# Pets\n\\ No newline at end of file\n+# Pets\n")


def test_a_trial_left_out_is_no_difference(target: Path) -> None:
    assert compare(target, replace(PROJECT, trial="skipped", spec=None)) == ()


def _with(path: str, text: str) -> Project:
    return replace(PROJECT, tree={**TREE, path: text})


def _trial(target: Path) -> str:
    manifest = read_manifest(target)
    assert manifest
    return manifest.trial


def _fail_at(
    monkeypatch: pytest.MonkeyPatch, method: str, call: int, error: BaseException
) -> None:
    """Let the call of that number to a method of `Path` fail, and only that one."""
    original = getattr(Path, method)
    numbers = itertools.count()

    def failing(*arguments: object) -> object:
        if next(numbers) == call:
            raise error
        return original(*arguments)

    monkeypatch.setattr(Path, method, failing)


@pytest.mark.parametrize("place", [".project.autom3l", "project/.autom3l/.staging"])
def test_a_link_in_place_of_the_staging_folder_is_not_followed(
    tmp_path: Path, place: str
) -> None:
    target, foreign = tmp_path / "project", tmp_path / "foreign"
    for path in ("lock", "files/thesis.txt", "journal.json"):
        (foreign / path).parent.mkdir(parents=True, exist_ok=True)
        (foreign / path).write_text("{}")
    before = sorted(foreign.rglob("*"))
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).symlink_to(foreign)
    with pytest.raises(EmitError, match="symbolic link") as caught:
        recover(target)
    assert caught.value.diagnostics[0].code == "E012"
    assert sorted(foreign.rglob("*")) == before


def test_a_journal_of_others_moves_nothing_from_outside_and_spares_git(
    tmp_path: Path,
) -> None:
    target, staging = tmp_path / "project", tmp_path / ".project.autom3l"
    head, secret = target / ".git" / "HEAD", tmp_path / "secret" / "id_rsa"
    for path in (head, secret):
        path.parent.mkdir(parents=True)
        path.write_text("mine")
    (staging / "files").mkdir(parents=True)
    (staging / "files" / "link").symlink_to(secret.parent)
    state = sha256(head.read_bytes())
    before = {".git/HEAD": state, "link/id_rsa": ""}
    journal = {"before": before, "removes": [".git/HEAD"]}
    (staging / "journal.json").write_text(json.dumps(journal))
    recover(target)
    assert head.exists()
    assert secret.exists()
    assert not (target / "link").exists()
    assert not staging.exists()


@pytest.mark.parametrize(
    "text", ["{}", "x", "[]", '{"before": {"a": 1}, "removes": 5}']
)
def test_a_journal_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    staging = tmp_path / ".project.autom3l"
    staging.mkdir()
    (staging / "journal.json").write_text(text)
    with pytest.raises(EmitError, match="can't be read") as caught:
        recover(tmp_path / "project")
    assert caught.value.diagnostics[0].code == "E024"
