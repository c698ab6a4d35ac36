"""The life of an emitted repository: edits of its user meet new compiles.

Each scenario is a committed project, what its user did since, what changed in the plan
or the templates, and the exact tree and exit code that one command must end in.
"""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from autom3l import __version__
from autom3l.cli import app, compile_app
from autom3l.ir import Pipeline
from autom3l.ir_json import from_json, to_json
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

pytestmark = pytest.mark.slow  # git runs

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = {
    "README.md": "# {{ name | md }}\n\nReads:\n\n{% for column in read %}\n"
    "- {{ column.name | code }}\n{% endfor %}\n",
    "__package__/__init__.py": '"""A model of {{ name | md }}."""\n',
    "__package__/model.py": "WIDTH = {{ fusion.width }}\n\n\ndef layers() -> int:\n"
    "    return {{ fusion.layers }}\n\n\ndef members() -> int:\n"
    "    return {{ fusion.members }}\n\n\nprint(WIDTH, layers(), members())\n",
    "__package__/boosting.py": '{% if boosted %}\n"""Trees."""\n{% endif %}\n',
    "configs/base.toml": "[train]\nepochs = {{ training.epochs }}\n"
    "batch_size = {{ training.batch_size }}\n\n[model]\n"
    "width = {{ fusion.width }}\n",
}
MODEL = """\
WIDTH = 64


def layers() -> int:
    return 2


def members() -> int:
    return 8


print(WIDTH, layers(), members())
"""
CONFIG = "[train]\nepochs = 40\nbatch_size = 32\n\n[model]\nwidth = 64\n"
README = "# clinic\n\nReads:\n\n- `age`\n- `weight`\n"
INIT = '"""A model of clinic."""\n'

Tree = dict[str, bytes]
Act = Callable[["Repository"], object]


@dataclass(frozen=True)
class Repository:
    """A project that was compiled and committed, and the plan of its next compile."""

    folder: Path
    templates: Path

    def write(self, path: str, text: str | bytes) -> None:
        """As a user writes a file."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())

    def template(self, path: str, text: str) -> None:
        """As a new version of the compiler would have it."""
        place = self.templates / "project" / f"{path}.jinja"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def replan(self, change: Callable[[Pipeline], Pipeline]) -> None:
        """Change the decisions that the next compile starts from."""
        ir = self.folder.with_name("pipeline.json")
        ir.write_text(to_json(change(from_json(ir.read_text("utf-8")))))

    def compile(self, *arguments: str, into: str = "") -> Result:
        """The one command."""
        folder = self.folder.with_name(into) if into else self.folder
        command = ["compile", "--from-ir", str(folder.with_name("pipeline.json"))]
        command += ["-o", str(folder), "--no-trial", "--quiet", *arguments]
        result = CliRunner().invoke(app, command)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def git(self, *arguments: str) -> str:
        """What git says there."""
        return subprocess.run(
            ["git", "-c", "user.name=u", "-c", "user.email=u@example.org", *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def commit(self) -> None:
        """All that is there."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "state")

    def files(self) -> Tree:
        """The user's view: neither git's nor the compiler's own files."""
        found = tree_of(self.folder)
        return {p: c for p, c in found.items() if p.split("/")[0] not in OWN}


OWN = (".git", ".autom3l")


@dataclass(frozen=True)
class Scenario:
    """`expected`: the files that differ afterwards from the user's, `None`: removed."""

    name: str
    change: Act
    user: Act = lambda repository: None
    expected: dict[str, str | bytes | None] = field(default_factory=dict)
    exit_code: int = 0
    arguments: tuple[str, ...] = ()
    said: str = ""
    committed: bool = True


def fusion(**values: Any) -> Act:
    """A decision about the network."""
    return lambda r: r.replan(lambda p: replace(p, fusion=replace(p.fusion, **values)))


def training(**values: Any) -> Act:
    return lambda r: r.replan(
        lambda p: replace(p, training=replace(p.training, **values))
    )


def trees(kind: Any) -> Act:
    return lambda r: r.replan(
        lambda p: replace(p, ensemble=replace(p.ensemble, trees=kind))
    )


def without_column(name: str) -> Act:
    return lambda r: r.replan(
        lambda p: replace(p, columns=tuple(c for c in p.columns if c.name != name))
    )


def writes(path: str, text: str | bytes) -> Act:
    return lambda r: r.write(path, text)


def edits(path: str, old: str, new: str) -> Act:
    """Replaces a piece of a file."""

    def act(repository: Repository) -> None:
        text = (repository.folder / path).read_text()
        assert old in text
        repository.write(path, text.replace(old, new))

    return act


def deletes(path: str) -> Act:
    return lambda r: (r.folder / path).unlink()


def renames(old: str, new: str) -> Act:
    return lambda r: (r.folder / old).rename(r.folder / new)


def both(*acts: Act) -> Act:
    return lambda repository: [act(repository) for act in acts]


def without_template(repository: Repository) -> None:
    """The configuration is no longer part of a project."""
    (repository.templates / "project/configs/base.toml.jinja").unlink()


def nothing(repository: Repository) -> None:
    """Nothing is done."""


WIDER = MODEL.replace("64", "96")
MINE = "\n\ndef mine() -> str:\n    return 'é'\n"
CONFLICT = (
    "<<<<<<< your edit\nWIDTH = 70\n||||||| as it was compiled before\nWIDTH = 64\n"
    "=======\nWIDTH = 96\n>>>>>>> as it is compiled now\n"
)
REJECTED = (
    "--- a/clinic/model.py\n+++ b/clinic/model.py\n@@ -1,4 +1,4 @@\n"
    "-WIDTH = 70\n+WIDTH = 96\n \n \n def layers() -> int:\n"
)
EDITED = edits("clinic/model.py", "WIDTH = 64", "WIDTH = 70")
APPENDED = writes("clinic/model.py", MODEL + MINE)
WIDE_CONFIG = CONFIG.replace("width = 64", "width = 96")

SCENARIOS = [
    Scenario("nothing changed", nothing),
    Scenario("only edits", nothing, APPENDED),
    Scenario(
        "only the plan changed",
        fusion(width=96),
        expected={"clinic/model.py": WIDER, "configs/base.toml": WIDE_CONFIG},
    ),
    Scenario(
        "another hunk was edited",
        fusion(width=96),
        APPENDED,
        {"clinic/model.py": WIDER + MINE, "configs/base.toml": WIDE_CONFIG},
    ),
    Scenario(
        "the same hunk was edited",
        fusion(width=96),
        EDITED,
        {
            "clinic/model.py": MODEL.replace("WIDTH = 64\n", CONFLICT),
            "configs/base.toml": WIDE_CONFIG,
        },
        exit_code=1,
        said="clinic/model.py: your change and the new compile conflict: 1 marked in",
    ),
    Scenario(
        "the same hunk, as a patch",
        fusion(width=96),
        EDITED,
        {"clinic/model.py.rej": REJECTED, "configs/base.toml": WIDE_CONFIG},
        exit_code=1,
        arguments=("--conflict", "rej"),
        said="see clinic/model.py.rej",
    ),
    Scenario(
        "one hunk conflicts, another does not, as a patch",
        fusion(width=96, members=4),
        EDITED,
        {
            "clinic/model.py": MODEL.replace("64", "70").replace("8", "4"),
            "clinic/model.py.rej": REJECTED,
            "configs/base.toml": WIDE_CONFIG,
        },
        exit_code=1,
        arguments=("--conflict", "rej"),
    ),
    Scenario(
        "the user had changed the same in the same way",
        fusion(width=96),
        writes("clinic/model.py", WIDER + MINE),
        {"configs/base.toml": WIDE_CONFIG},
    ),
    Scenario(
        "a deleted file stays deleted", fusion(members=4), deletes("clinic/model.py")
    ),
    Scenario(
        "a deleted file comes back where edits are discarded",
        fusion(members=4),
        deletes("clinic/model.py"),
        {"clinic/model.py": MODEL.replace("8", "4")},
        arguments=("--overwrite",),
    ),
    Scenario(
        "a renamed file is followed",
        fusion(members=4),
        renames("clinic/model.py", "clinic/network.py"),
        {"clinic/network.py": MODEL.replace("8", "4")},
    ),
    Scenario(
        "a renamed and edited file is followed",
        fusion(members=4),
        both(EDITED, renames("clinic/model.py", "network.py")),
        {"network.py": MODEL.replace("64", "70").replace("8", "4")},
    ),
    Scenario(
        "a renamed folder is followed",
        both(fusion(width=96), without_column("weight")),
        both(APPENDED, renames("clinic", "vet")),
        {
            "vet/model.py": WIDER + MINE,
            "configs/base.toml": WIDE_CONFIG,
            "README.md": README.replace("- `weight`\n", ""),
        },
    ),
    Scenario(
        "a renamed file conflicts where it now is",
        fusion(width=96),
        both(EDITED, renames("clinic/model.py", "network.py")),
        {
            "network.py": MODEL.replace("WIDTH = 64\n", CONFLICT),
            "configs/base.toml": WIDE_CONFIG,
        },
        exit_code=1,
    ),
    Scenario(
        "files of the user are none of ours",
        fusion(members=4),
        both(writes("clinic/mine.py", "x = 1\n"), writes("notes/a.txt", "\r\n\0")),
        {"clinic/model.py": MODEL.replace("8", "4")},
    ),
    Scenario(
        "a configuration was edited elsewhere",
        fusion(width=96),
        edits("configs/base.toml", "epochs = 40", "epochs = 7  # enough"),
        {
            "clinic/model.py": WIDER,
            "configs/base.toml": WIDE_CONFIG.replace(
                "epochs = 40", "epochs = 7  # enough"
            ),
        },
    ),
    Scenario(
        "a configuration was edited in the same place",
        training(epochs=20),
        edits("configs/base.toml", "epochs = 40", "epochs = 7"),
        {
            "configs/base.toml": CONFIG.replace(
                "epochs = 40\n",
                "<<<<<<< your edit\nepochs = 7\n||||||| as it was compiled before\n"
                "epochs = 40\n=======\nepochs = 20\n>>>>>>> as it is compiled now\n",
            )
        },
        exit_code=1,
    ),
    Scenario(
        "a new template",
        lambda r: r.template("__package__/serve.py", "print(80)\n"),
        APPENDED,
        {"clinic/serve.py": "print(80)\n"},
    ),
    Scenario(
        "a new template where the user has such a file",
        lambda r: r.template("__package__/serve.py", "print(80)\n"),
        writes("clinic/serve.py", "print(8080)\n"),
        {
            "clinic/serve.py": "<<<<<<< your edit\nprint(8080)\n"
            "||||||| as it was compiled before\n=======\nprint(80)\n"
            ">>>>>>> as it is compiled now\n"
        },
        exit_code=1,
    ),
    Scenario(
        "a new template where the user has the very file",
        lambda r: r.template("__package__/serve.py", "print(80)\n"),
        writes("clinic/serve.py", "print(80)\n"),
    ),
    Scenario(
        "another model adds a file",
        trees("table"),
        APPENDED,
        {"clinic/boosting.py": '"""Trees."""\n'},
    ),
    Scenario(
        "a dropped column",
        without_column("weight"),
        edits("README.md", "Reads:", "Reads with care:"),
        {"README.md": "# clinic\n\nReads with care:\n\n- `age`\n"},
    ),
    Scenario(
        "a column that was dropped on both sides",
        without_column("weight"),
        edits("README.md", "- `weight`\n", ""),
    ),
    Scenario(
        "a file that left the plan and was not touched",
        without_template,
        expected={"configs/base.toml": None},
    ),
    Scenario(
        "a file that left the plan and was edited",
        without_template,
        edits("configs/base.toml", "40", "41"),
    ),
    Scenario(
        "a file that left the plan and was deleted",
        without_template,
        deletes("configs/base.toml"),
    ),
    Scenario(
        "Windows line endings stay",
        fusion(width=96),
        writes("clinic/model.py", (MODEL + MINE).replace("\n", "\r\n")),
        {
            "clinic/model.py": (WIDER + MINE).replace("\n", "\r\n"),
            "configs/base.toml": WIDE_CONFIG,
        },
    ),
    Scenario(
        "only the line endings are others",
        fusion(members=4),
        writes("clinic/model.py", MODEL.replace("\n", "\r\n")),
        {"clinic/model.py": MODEL.replace("8", "4").replace("\n", "\r\n")},
    ),
    Scenario(
        "no newline at the end",
        fusion(width=96),
        writes("clinic/model.py", MODEL + "# end"),
        {"clinic/model.py": WIDER + "# end", "configs/base.toml": WIDE_CONFIG},
    ),
    Scenario(
        "a file that is no text any more",
        fusion(members=4),
        writes("clinic/model.py", b"\x80\0binary"),
        {
            "clinic/model.py.rej": "--- a/clinic/model.py\n+++ b/clinic/model.py\n"
            "@@ -6,7 +6,7 @@\n \n \n def members() -> int:\n-    return 8\n"
            "+    return 4\n \n \n print(WIDTH, layers(), members())\n"
        },
        exit_code=1,
    ),
    Scenario(
        "ignored files stay as they are, whatever becomes of them",
        both(fusion(width=96), lambda r: r.template("docs/a.md", "new\n")),
        both(
            EDITED,
            writes(".autom3lignore", "# ours\n/clinic/model.py\ndocs/\n"),
        ),
        {"configs/base.toml": WIDE_CONFIG},
    ),
    Scenario(
        "ignored files stop no compile and are not overwritten",
        fusion(width=96),
        both(EDITED, writes(".autom3lignore", "model.py\n")),
        {"configs/base.toml": WIDE_CONFIG},
        arguments=("--no-update",),
    ),
    Scenario(
        "ignored files are not overwritten",
        fusion(width=96),
        both(EDITED, writes(".autom3lignore", "model.py\n")),
        {"configs/base.toml": WIDE_CONFIG},
        arguments=("--overwrite",),
    ),
    Scenario(
        "an ignore file of no patterns",
        fusion(width=96),
        writes(".autom3lignore", "!\n"),
        exit_code=2,
        said="[E018]",
    ),
    Scenario(
        "an ignore file with a range that runs backwards",
        fusion(width=96),
        writes(".autom3lignore", "[z-a]\n"),
        exit_code=2,
        said="[E018]",
    ),
    Scenario(
        "a conflict of an earlier update is still marked",
        fusion(members=4),
        writes("clinic/model.py", MODEL.replace("WIDTH = 64\n", CONFLICT)),
        exit_code=1,
        said="model.py: an earlier conflict is still marked in it (resolve it first)",
    ),
    Scenario(
        "a patch of an earlier update still waits",
        fusion(members=4),
        both(EDITED, writes("clinic/model.py.rej", REJECTED)),
        exit_code=1,
        said="model.py.rej: an earlier conflict waits here",
    ),
    Scenario(
        "what is not committed could not be given back",
        fusion(members=4),
        APPENDED,
        exit_code=2,
        said="model.py: not committed to git, which could not undo the update (commit "
        "or stash it, or give --allow-dirty) [E021]",
        committed=False,
    ),
    Scenario(
        "what is not committed, if told to",
        fusion(members=4),
        APPENDED,
        {"clinic/model.py": MODEL.replace("8", "4") + MINE},
        arguments=("--allow-dirty",),
        committed=False,
    ),
    Scenario("nothing to change needs no commit", nothing, APPENDED, committed=False),
    Scenario(
        "a file of the user that is not committed and not concerned",
        fusion(members=4),
        writes("notes.txt", "mine\n"),
        {"clinic/model.py": MODEL.replace("8", "4")},
        committed=False,
    ),
    Scenario(
        "a link in place of a file is not followed",
        fusion(members=4),
        both(
            writes("elsewhere.py", MODEL),
            deletes("clinic/model.py"),
            lambda r: (r.folder / "clinic/model.py").symlink_to("../elsewhere.py"),
        ),
        exit_code=2,
        said="[E009]",
    ),
    Scenario(
        "without a flag edits stop a compile",
        fusion(members=4),
        APPENDED,
        exit_code=2,
        arguments=("--no-update",),
        said="--update keeps the change, --overwrite discards it) [E008]",
    ),
    Scenario(
        "the base of the merge is gone",
        fusion(width=96),
        both(APPENDED, deletes(".autom3l/base/clinic/model.py")),
        exit_code=2,
        said="restore .autom3l/ from version control) [E019]",
    ),
]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed project beside its plan and the templates."""
    folder = tmp_path_factory.mktemp("updates")
    repository = Repository(folder / "out", folder / "templates")
    for path, text in TEMPLATES.items():
        repository.template(path, text)
    shutil.copy(
        ROOT / "generated/clinic/.autom3l/pipeline.json", folder / "pipeline.json"
    )
    repository.replan(small)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autom3l.resources.templates_dir", lambda: repository.templates)
        assert repository.compile().exit_code == 0
    expected = {"README.md": README, "clinic/__init__.py": INIT}
    expected |= {"clinic/model.py": MODEL, "configs/base.toml": CONFIG}
    assert {p: c.decode() for p, c in repository.files().items()} == expected
    repository.git("init", "-q")
    repository.commit()
    return folder


@pytest.fixture
def repository(
    compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Repository:
    folder = shutil.copytree(compiled, tmp_path / "work", symlinks=True)
    monkeypatch.setattr("autom3l.resources.templates_dir", lambda: folder / "templates")
    return Repository(folder / "out", folder / "templates")


def small(pipeline: Pipeline) -> Pipeline:
    """A plan of two numbers."""
    names = ("age", "weight")
    column = next(c for c in pipeline.columns if c.name == "height")
    return replace(
        pipeline,
        columns=tuple(replace(column, name=n, impute=None) for n in names),
        derived=(),
        search=None,
        decisions=(),
        ensemble=replace(pipeline.ensemble, trees="none"),
        fusion=replace(pipeline.fusion, width=64, layers=2),
    )


def tree_of(folder: Path) -> Tree:
    """The bytes of every file, and where links lead."""
    return {
        p.relative_to(folder).as_posix(): (
            f"-> {p.readlink()}".encode() if p.is_symlink() else p.read_bytes()
        )
        for p in sorted(folder.rglob("*"))
        if p.is_symlink() or p.is_file()
    }


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name.replace(" ", "_"))
def test_a_scenario_ends_in_the_expected_tree(
    scenario: Scenario, repository: Repository
) -> None:
    scenario.user(repository)
    if scenario.committed:
        repository.commit()
    scenario.change(repository)
    before, whole = repository.files(), tree_of(repository.folder)
    result = repository.compile(*flags(scenario.arguments))
    assert result.exit_code == scenario.exit_code, result.stderr
    assert scenario.said in result.stderr
    assert repository.files() == after(before, scenario.expected)
    if result.exit_code == 2 or "[E015]" in result.stderr:
        assert tree_of(repository.folder) == whole, "what fails changes nothing at all"
        return
    assert_as_if_compiled_anew(repository)
    if scenario.committed:
        repository.git("reset", "-q", "--hard")
        repository.git("clean", "-q", "-f", "-d")
        assert repository.files() == before, "git undoes it"


def flags(arguments: Sequence[str]) -> list[str]:
    """A scenario is an update, if it does not say otherwise."""
    given = [a for a in arguments if a != "--no-update"]
    return (
        given if {"--overwrite", "--no-update"} & {*arguments} else ["--update", *given]
    )


def after(before: Tree, expected: dict[str, str | bytes | None]) -> Tree:
    """A tree after some files became others."""
    texts = {p: t.encode() if isinstance(t, str) else t for p, t in expected.items()}
    files = {**before, **texts}
    return {path: content for path, content in files.items() if content is not None}


def assert_as_if_compiled_anew(repository: Repository) -> None:
    """The next update starts from what was compiled now, less what is ignored."""
    assert repository.compile(into="fresh").exit_code == 0
    fresh = tree_of(repository.folder.with_name("fresh") / ".autom3l")
    found = tree_of(repository.folder / ".autom3l")
    if not (repository.folder / ".autom3lignore").exists():
        assert found == fresh


def test_there_are_scenarios_enough_and_none_is_twice() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len({*names}) == len(names) >= 25


@pytest.mark.parametrize("style", ["inline", "rej"])
def test_after_a_conflict_is_resolved_life_goes_on(
    repository: Repository, style: str
) -> None:
    EDITED(repository)
    repository.commit()
    fusion(width=96)(repository)
    assert repository.compile("--update", "--conflict", style).exit_code == 1
    again = repository.compile("--update", "--check")
    assert (again.exit_code, "[E015]" in again.stderr) == (1, True)
    for rejected in repository.folder.rglob("*.rej"):
        rejected.unlink()
    repository.write("clinic/model.py", MODEL.replace("64", "80"))
    repository.commit()
    assert repository.compile("--update", "--check").exit_code == 0
    fusion(members=4)(repository)
    assert repository.compile("--update").exit_code == 0
    text = (repository.folder / "clinic/model.py").read_text()
    assert text == MODEL.replace("64", "80").replace("8\n", "4\n")


def test_what_is_ignored_no_longer_is_merged_since_its_last_compile(
    repository: Repository,
) -> None:
    APPENDED(repository)
    repository.write(".autom3lignore", "model.py\n")
    repository.commit()
    fusion(width=96)(repository)
    assert repository.compile("--update").exit_code == 0
    assert (repository.folder / "clinic/model.py").read_text() == MODEL + MINE
    (repository.folder / ".autom3lignore").unlink()
    repository.commit()
    assert repository.compile("--update").exit_code == 0
    assert (repository.folder / "clinic/model.py").read_text() == WIDER + MINE


def test_a_read_only_file_is_merged_and_stays_read_only(repository: Repository) -> None:
    APPENDED(repository)
    (repository.folder / "clinic/model.py").chmod(0o444)
    repository.commit()
    fusion(width=96)(repository)
    assert repository.compile("--update").exit_code == 0
    place = repository.folder / "clinic/model.py"
    assert place.read_text() == WIDER + MINE
    assert stat.S_IMODE(place.stat().st_mode) == 0o444


def test_without_git_there_is_no_tree_to_be_dirty(repository: Repository) -> None:
    shutil.rmtree(repository.folder / ".git")
    APPENDED(repository)
    fusion(width=96)(repository)
    assert repository.compile("--update").exit_code == 0
    assert (repository.folder / "clinic/model.py").read_text() == WIDER + MINE


def test_before_the_first_commit_nothing_could_be_given_back(
    repository: Repository,
) -> None:
    shutil.rmtree(repository.folder / ".git")
    repository.git("init", "-q")
    fusion(width=96)(repository)
    refused = repository.compile("--update")
    assert (refused.exit_code, refused.stderr.count("[E021]")) == (2, 2)


def test_a_half_finished_merge_of_git_is_refused(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "other")
    EDITED(repository)
    repository.commit()
    repository.git("checkout", "-q", "-")
    repository.write("clinic/model.py", MODEL.replace("64", "65"))
    repository.commit()
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("merge", "-q", "other")
    before = repository.files()
    fusion(members=4)(repository)
    for arguments in (["--update"], ["--update", "--allow-dirty"]):
        result = repository.compile(*arguments)
        assert (result.exit_code, "[E015]" in result.stderr) == (1, True)
    assert repository.files() == before


def test_a_spec_in_the_project_may_be_edited_and_not_committed(
    repository: Repository,
) -> None:
    shutil.move(repository.folder.with_name("pipeline.json"), repository.folder)
    repository.commit()
    inside = repository.folder / "pipeline.json"
    inside.write_text(inside.read_text().replace('"width": 64', '"width": 96'))
    command = ["compile", "--from-ir", str(inside), "-o", str(repository.folder)]
    result = CliRunner().invoke(app, [*command, "--no-trial", "--update", "--quiet"])
    assert result.exit_code == 0, result.stderr
    assert (repository.folder / "clinic/model.py").read_text() == WIDER


def test_git_s_variables_of_a_hook_lead_nowhere(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    APPENDED(repository)
    repository.commit()
    fusion(width=96)(repository)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index.lock")
    assert repository.compile("--update").exit_code == 0
    assert (repository.folder / "clinic/model.py").read_text() == WIDER + MINE


def test_no_git_is_an_error_with_a_code(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    APPENDED(repository)
    fusion(width=96)(repository)
    monkeypatch.setenv("PATH", str(repository.folder))
    result = repository.compile("--update")
    assert (result.exit_code, "[E017]" in result.stderr) == (2, True)


def test_an_edit_made_while_the_compile_runs_stops_it(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autom3l import emission, publishing

    def late(*arguments: Any) -> None:
        EDITED(repository)
        publishing.publish(*arguments)

    monkeypatch.setattr(emission, "publish", late)
    fusion(members=4)(repository)
    result = repository.compile("--update")
    assert (result.exit_code, "[E020]" in result.stderr) == (2, True)
    text = (repository.folder / "clinic/model.py").read_text()
    assert text == MODEL.replace("64", "70")


def test_a_project_of_an_older_compiler_is_updated_by_the_same_command(
    repository: Repository,
) -> None:
    manifest = repository.folder / ".autom3l/manifest.json"
    manifest.write_text(manifest.read_text().replace(__version__, "0.0.1"))
    APPENDED(repository)
    repository.commit()
    fusion(width=96)(repository)
    assert repository.compile("--update").exit_code == 0
    assert f'"compiler": "{__version__}"' in manifest.read_text()
    assert (repository.folder / "clinic/model.py").read_text() == WIDER + MINE


def checked(repository: Repository, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of a check."""
    result = repository.compile("--check", "--format", "json", *arguments)
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize(
    ("user", "change", "plain", "updating"),
    [
        (nothing, nothing, "", ""),
        (nothing, fusion(members=4), "changed", "changed"),
        (nothing, trees("table"), "missing", "missing"),
        (nothing, without_template, "stale", "stale"),
        (EDITED, nothing, "edited", ""),
        (deletes("clinic/model.py"), nothing, "missing", ""),
        (EDITED, fusion(members=4), "edited", "changed"),
        (EDITED, fusion(width=96), "edited", "conflict"),
        (writes("clinic/mine.py", "x = 1\n"), nothing, "", ""),
    ],
)
def test_a_check_tells_every_state(
    repository: Repository, user: Act, change: Act, plain: str, updating: str
) -> None:
    user(repository)
    change(repository)
    before = tree_of(repository.folder)
    for arguments, kind in (((), plain), (("--update",), updating)):
        code, answer = checked(repository, *arguments)
        kinds = {
            d["kind"] for d in answer["differences"] if ".autom3l" not in d["path"]
        } - ({"changed"} if kind in ("edited", "conflict") else set())
        assert kinds == ({kind} if kind else set())
        assert code == (1 if kind else 0)
        assert answer["versions"] == {}
    assert tree_of(repository.folder) == before


def test_a_check_tells_what_an_update_would_make_of_it(repository: Repository) -> None:
    APPENDED(repository)
    fusion(members=4)(repository)
    diff = repository.compile("--update", "--diff", "--format", "json")
    assert diff.exit_code == 0
    shown = json.loads(diff.stdout)["diff"]
    assert "-    return 8\n+    return 4\n" in shown
    assert "-def mine" not in shown


def test_other_versions_are_told_and_are_no_difference(repository: Repository) -> None:
    manifest = repository.folder / ".autom3l/manifest.json"
    text = manifest.read_text().replace(__version__, "0.0.1")
    manifest.write_text(text.replace('"black": "', '"black": "1.'))
    code, answer = checked(repository)
    assert (code, answer["differences"]) == (0, [])
    assert answer["versions"]["autom3l"] == {
        "project": "0.0.1",
        "installed": __version__,
    }
    assert answer["versions"].keys() == {"autom3l", "black"}
    before = tree_of(repository.folder)
    assert repository.compile().exit_code == 0
    assert tree_of(repository.folder) == before, "the same files: nothing is written"


def test_a_dry_run_tells_what_becomes_of_each_file(repository: Repository) -> None:
    both(EDITED, deletes("README.md"), edits("configs/base.toml", "40", "41"))(
        repository
    )
    repository.commit()
    both(fusion(width=96), trees("table"))(repository)
    repository.template("__package__/__init__.py", "")
    before = tree_of(repository.folder)
    result = repository.compile("--update", "--dry-run", "--format", "json")
    steps = {s["path"]: s["action"] for s in json.loads(result.stdout)["steps"]}
    assert result.exit_code == 1
    assert steps == {
        "README.md": "keep",
        "clinic/__init__.py": "delete",
        "clinic/boosting.py": "create",
        "clinic/model.py": "conflict",
        "configs/base.toml": "update",
    }
    assert tree_of(repository.folder) == before


def test_a_target_of_a_newer_compiler_is_refused(repository: Repository) -> None:
    manifest = repository.folder / ".autom3l/manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"version": 1', '"version": 2, "new": {}'))
    result = repository.compile("--update")
    assert result.exit_code == 2
    assert "a manifest of version 2; this autom3l reads 1 (upgrade autom3l) [E022]" in (
        result.stderr
    )


def test_two_revisions_of_a_project_are_compared(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(fusion(width=96), trees("table"), without_column("weight"))(repository)
    assert repository.compile("--update").exit_code == 0
    repository.commit()
    monkeypatch.chdir(repository.folder)
    answers = [
        CliRunner().invoke(app, ["diff", old, new, "--format", "json"])
        for old, new in (("HEAD~1:.", "."), ("HEAD~1:", "HEAD:"))
    ]
    assert answers[0].stdout == answers[1].stdout
    answer = json.loads(answers[0].stdout)
    assert [(c["section"], c["subject"]) for c in answer["changes"]] == [
        ("columns", "weight"),
        ("fusion", "width"),
        ("ensemble", "trees"),
    ]
    assert answer["files"] == {
        "README.md": "changed",
        "clinic/boosting.py": "added",
        "clinic/model.py": "changed",
        "configs/base.toml": "changed",
    }
    shown = CliRunner().invoke(app, ["diff", "HEAD~1:.", ".", "--format", "markdown"])
    assert "| fusion | `width` | `64` | `96` |  |" in shown.stdout
    assert "- added clinic/boosting.py" in shown.stdout
    monkeypatch.chdir(repository.folder.parent)
    refused = CliRunner().invoke(app, ["diff", "HEAD~1:nowhere", "out"])
    assert (refused.exit_code, "[C012]" in refused.stderr) == (2, True)


def test_an_update_of_nothing_is_a_compile(repository: Repository) -> None:
    assert repository.compile("--update", into="fresh").exit_code == 0
    fresh = tree_of(repository.folder.with_name("fresh"))
    assert fresh == {
        p: c for p, c in tree_of(repository.folder).items() if p[:5] != ".git/"
    }


def test_real_projects_take_a_new_plan_into_edited_files(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "out", tmp_path / "templates")
    shutil.copy(ROOT / "generated/homes/.autom3l/pipeline.json", tmp_path)
    assert repository.compile().exit_code == 0
    repository.git("init", "-q")
    edits("configs/base.toml", "[data]", "# Ours.\n[data]")(repository)
    edits("README.md", "# homes", "# Our homes")(repository)
    train = (repository.folder / "homes/train.py").read_text()
    repository.write("homes/train.py", train + "\n# The last line is ours.\n")
    edits("Makefile", ".PHONY: help", ".PHONY: ours help")(repository)
    repository.commit()
    both(without_column("rooms"), fusion(kind="gated"), trees("none"))(repository)
    result = repository.compile("--update")
    assert result.exit_code == 0, result.stderr
    assert repository.compile(into="fresh").exit_code == 0
    found, fresh = repository.files(), tree_of(tmp_path / "fresh")
    merged = {path for path in found if found[path] != fresh[path]}
    assert merged == {"configs/base.toml", "README.md", "homes/train.py", "Makefile"}
    assert found["README.md"] == fresh["README.md"].replace(b"# homes", b"# Our homes")
    assert found["homes/train.py"].endswith(b"# The last line is ours.\n")
    assert b"rooms" not in found["README.md"] + found["homes/columns.py"]
    assert "homes/boosting.py" not in found


def test_our_hook_checks_a_project(repository: Repository) -> None:
    (hook,) = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")
    program, *arguments = hook["entry"].split()
    assert (
        program
        in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    )
    assert hook["pass_filenames"] is False
    (repository.folder.parent / "data.csv").write_text(
        "size,price\n" + "".join(f"{i % 40},{i % 7}.5\n" for i in range(200))
    )
    spec = repository.folder.with_name("spec.yaml")
    spec.write_text("name: houses\ndata: {train: data.csv}\ntarget: price\n")
    out = repository.folder.with_name("houses")
    command = [str(spec), "-o", str(out)]
    runner = CliRunner()
    assert runner.invoke(compile_app, [*command, "--no-trial"]).exit_code == 0
    (out / "README.md").write_text("mine\n")
    assert runner.invoke(compile_app, [*arguments, *command]).exit_code == 0
    spec.write_text(spec.read_text() + "split: {test: 0.3}\n")
    (out / "README.md").unlink()
    repository.template("a.txt", "{{ split.test }}\n")
    assert runner.invoke(compile_app, [*arguments, *command]).exit_code == 1
