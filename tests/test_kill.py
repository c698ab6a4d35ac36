"""A process killed while it emits leaves the old project or the new one."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from autom3l.diagnostics import EmitError
from autom3l.difference import compare
from autom3l.emission import emit
from autom3l.paths import sha256
from autom3l.project import Project
from autom3l.publishing import interrupted, recover
from autom3l.staging import locked_staging

pytestmark = pytest.mark.slow

TRIES = 30
# Each changes the target, or makes sure that a change reached the disk.
STEPS = (
    (Path, "write_bytes"),
    (Path, "write_text"),
    (Path, "replace"),
    (Path, "rename"),
    (Path, "unlink"),
    (Path, "mkdir"),
    (Path, "rmdir"),
    (os, "fsync"),
)
MINE = {"runs/base/log.jsonl": b"{}\n", ".git/HEAD": b"ref\n", "pets/mine.py": b"1\n"}

Files = dict[str, bytes]


def generation(name: str, files: int) -> Project:
    """A project of which every file says its generation; one is in no other."""
    tree = {f"pets/part_{i}/code.py": f"{name}\n" for i in range(files)}
    tree[f"{name}/only.py"] = f"{name}\n"
    return Project(tree, f'"{name}"\n', f"name: {name}\n", "passed")


def files_of(folder: Path) -> Files:
    """Every file and, as a path that ends in `/`, every empty folder."""
    found: Files = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[f"{name}/"] = b""
    return found


def emitted(folder: Path, *projects: Project) -> Files:
    """What a target holds after these, one upon the other, with files of its user."""
    for project in projects:
        emit(folder, project, edits="refuse")
        for name, content in MINE.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    return files_of(folder)


def in_a_child(act: Callable[[], Any]) -> multiprocessing.process.BaseProcess:
    """The call in a forked process: no imports delay it, and it can be killed."""
    child = multiprocessing.get_context("fork").Process(target=act)
    child.start()
    return child


def killed_at(step: int, act: Callable[[], Any]) -> bool:
    """Whether `act` was killed, in a child, just before its step of that number."""

    def run() -> None:
        count = iter(range(10**6))
        with pytest.MonkeyPatch.context() as patch:
            for owner, name in STEPS:
                patch.setattr(owner, name, _counted(getattr(owner, name), count, step))
            act()

    child = in_a_child(run)
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL)
    return child.exitcode != 0


def _counted(
    original: Callable[..., Any], count: Iterator[int], step: int
) -> Callable[..., Any]:
    def counted(*arguments: Any, **options: Any) -> Any:
        if next(count) == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)

    return counted


def beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_creation_killed_at_every_step_left_nothing_or_all(tmp_path: Path) -> None:
    project = generation("new", 2)
    emit(tmp_path / "whole", project, edits="refuse")
    new = files_of(tmp_path / "whole")
    states = []
    for step in range(1000):
        target = tmp_path / str(step) / "out"
        target.parent.mkdir()
        killed = killed_at(step, partial(emit, target, project, edits="refuse"))
        states.append(files_of(target))
        assert states[-1] in ({}, new)
        assert target.exists() == bool(states[-1])
        recover(target)
        emit(target, project, edits="refuse")
        assert files_of(target) == new
        assert beside(target) == ["out"]
        if not killed:
            break
    assert {} in states
    assert len(states) > 20


def test_regeneration_killed_at_every_step_left_old_or_new(tmp_path: Path) -> None:
    first, second = generation("old", 3), generation("new", 2)
    old = emitted(tmp_path / "a", first)
    new = emitted(tmp_path / "b", first, second)
    states = []
    for step in range(1000):
        target = tmp_path / str(step) / "out"
        target.parent.mkdir()
        emitted(target, first)
        killed = killed_at(step, partial(emit, target, second, edits="refuse"))
        found, waits = files_of(target), interrupted(target)
        assert waits or found in (old, new)
        assert MINE.items() <= found.items()
        recover(target)
        states.append(files_of(target))
        assert states[-1] == (new if waits else found)
        assert beside(target) == ["out"]
        if not killed:
            break
    assert states[0] == old
    assert states[-1] == new
    assert len(states) > 40


def test_an_update_killed_at_every_step_lost_no_edit(tmp_path: Path) -> None:
    first, second = generation("old", 3), generation("new", 2)
    mine = {"pets/part_0/code.py": "mine\n", "pets/part_2/code.py": "mine, too\n"}

    def edited(target: Path) -> Files:
        emitted(target, first)
        for path, text in mine.items():
            (target / path).write_text(text)
        return files_of(target)

    old = edited(tmp_path / "a")
    changes = emit(tmp_path / "a", second, edits="rej")
    assert [step.path for step in changes.conflicts()] == ["pets/part_0/code.py"]
    new = files_of(tmp_path / "a")
    assert {path: new[path] for path in mine} == {p: old[p] for p in mine}
    assert b"+new" in new["pets/part_0/code.py.rej"]
    states = []
    for step in range(1000):
        target = tmp_path / str(step) / "out"
        target.parent.mkdir()
        edited(target)
        killed = killed_at(step, partial(emit, target, second, edits="rej"))
        assert interrupted(target) or files_of(target) in (old, new)
        recover(target)
        states.append(files_of(target))
        assert states[-1] in (old, new)
        assert beside(target) == ["out"]
        if not killed:
            break
    assert states[0] == old
    assert states[-1] == new


def test_recovery_killed_at_every_step_can_be_repeated(tmp_path: Path) -> None:
    first, second = generation("old", 2), generation("new", 1)
    new = emitted(tmp_path / "b", first, second)
    for step in range(1000):
        target = tmp_path / str(step) / "out"
        target.parent.mkdir()
        emitted(target, first)
        _interrupt(target, second)
        killed = killed_at(step, partial(recover, target))
        recover(target)
        assert files_of(target) == new
        assert beside(target) == ["out"]
        if not killed:
            break
    assert step > 10


def test_an_edit_made_after_the_kill_survives_the_recovery(tmp_path: Path) -> None:
    target = tmp_path / "out"
    first, second = generation("old", 2), generation("new", 2)
    emitted(target, first)
    _interrupt(target, second)
    waiting = [path for path in second.tree if _text(target / path) == "old\n"]
    assert waiting
    (target / waiting[0]).write_text("mine\n")
    with pytest.raises(EmitError) as error:
        compare(target, second)
    assert [d.code for d in error.value.diagnostics] == ["E011"]
    recover(target)
    assert _text(target / waiting[0]) == "mine\n"
    assert [(d.kind, d.path) for d in compare(target, second)] == [
        ("edited", waiting[0])
    ]


def test_a_journal_that_came_with_a_clone_leads_nowhere_else(tmp_path: Path) -> None:
    target = tmp_path / "out"
    emitted(target, generation("old", 1))
    victim = tmp_path / "victim"
    victim.write_text("mine\n")
    staging = target / ".autom3l/.staging"
    (staging / "files").mkdir(parents=True)
    (staging / "planted").write_text("theirs\n")
    journal = {
        "before": {"../victim": sha256(victim.read_bytes()), "../planted": ""},
        "removes": ["../victim"],
    }
    (staging / "journal.json").write_text(json.dumps(journal))
    with suppress(EmitError):
        recover(target)
    assert victim.read_text() == "mine\n"
    assert beside(target) == ["out", "victim"]


def test_two_compiles_do_not_write_into_one_folder(tmp_path: Path) -> None:
    target = tmp_path / "out"
    emitted(target, generation("old", 1))
    before = files_of(target)
    ready = multiprocessing.get_context("fork").Event()
    done = multiprocessing.get_context("fork").Event()

    def hold() -> None:
        with locked_staging(target):
            ready.set()
            done.wait(60)

    child = in_a_child(hold)
    ready.wait(60)
    with pytest.raises(EmitError) as error:
        emit(target, generation("new", 1), edits="refuse")
    assert [d.code for d in error.value.diagnostics] == ["E013"]
    done.set()
    child.join()
    assert files_of(target) == before
    assert beside(target) == ["out"]


@pytest.mark.parametrize("exists", [False, True], ids=["create", "regenerate"])
def test_killed_at_random_moments(tmp_path: Path, exists: bool) -> None:
    first, second = generation("old", 25), generation("new", 25)
    old = emitted(tmp_path / "a", first) if exists else {}
    started = time.perf_counter()
    emit(tmp_path / "a", second, edits="refuse")
    duration = time.perf_counter() - started
    new = files_of(tmp_path / "a")
    moments = random.Random(0)  # noqa: S311
    for number in range(TRIES):
        target = tmp_path / str(number) / "out"
        target.parent.mkdir()
        if exists:
            emitted(target, first)
        child = in_a_child(partial(emit, target, second, edits="refuse"))
        time.sleep(moments.uniform(0, 1.2 * duration))
        child.kill()
        child.join()
        found = files_of(target)
        whole = {n: c for n, c in found.items() if not n.endswith("/")}
        assert all(c in (old.get(n), new.get(n)) for n, c in whole.items())
        assert interrupted(target) or found in (old, new)
        recover(target)
        assert files_of(target) in (old, new)
        assert beside(target) == (["out"] if target.exists() else [])


def _interrupt(target: Path, project: Project) -> None:
    """Kill an emission amid its renames: several files are new, several are not."""

    def run() -> None:
        count = iter(range(10**6))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "replace", _counted(Path.replace, count, 3))
            emit(target, project, edits="refuse")

    child = in_a_child(run)
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert interrupted(target)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
