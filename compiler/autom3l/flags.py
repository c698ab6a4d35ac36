"""The flags of the command line, each declared and described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from autom3l import __version__
from autom3l.console import Format
from autom3l.request import Conflict


def _flag(*names: str, text: str, **options: Any) -> Any:
    return typer.Option(*names, help=text, show_default=False, **options)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"autom3l {__version__}")
        raise typer.Exit


SPEC = typer.Argument(metavar="SPEC", help="The spec (YAML).")

Spec = Annotated[Path, SPEC]
MaybeSpec = Annotated[Path | None, SPEC]
Place = Annotated[
    Path, typer.Argument(metavar="DIR_OR_IR", help="A project, or a pipeline.json.")
]
PLACES = "A project, a pipeline.json, or REVISION:DIR of git."
Old = Annotated[str, typer.Argument(metavar="OLD", help=PLACES)]
New = Annotated[str, typer.Argument(metavar="NEW", help=PLACES)]
Table = Annotated[
    Path, typer.Argument(metavar="TABLE", help="CSV, TSV, JSON lines or Parquet.")
]
Pairs = Annotated[Path, typer.Argument(metavar="PAIRS", help="The list of pairs.")]
Left = Annotated[
    Path, typer.Argument(metavar="LEFT", help="The table of the things on the left.")
]
Right = Annotated[
    Path, typer.Argument(metavar="RIGHT", help="The table of those on the right.")
]

CardName = Annotated[
    str, typer.Argument(metavar="CARD", help="The card to print in full.")
]
Wish = Annotated[
    str, typer.Argument(metavar="WISH", help="What the model is for, in words.")
]
ModalityName = Literal["tabular", "text", "image"]
Modality = Annotated[
    ModalityName | None, _flag("--modality", text="Only the cards of this one.")
]
Fix = Annotated[
    bool, _flag("--fix", text="Write what the libraries say into the card files.")
]

Output = Annotated[
    Path, _flag("-o", "--output", text="The project's folder.", metavar="DIR")
]
OutputFile = Annotated[
    Path | None,
    _flag("-o", "--output", text="Write it there, not to stdout.", metavar="FILE"),
]
FromIr = Annotated[
    Path | None,
    _flag(
        "--from-ir", text="Start from a pipeline.json, not from SPEC.", metavar="FILE"
    ),
]
Check = Annotated[
    bool, _flag("--check", text="Write nothing; exit 1 where DIR would change.")
]
Diff = Annotated[bool, _flag("--diff", text="Write nothing; print what would change.")]
DryRun = Annotated[
    bool,
    _flag("--dry-run", text="Write nothing, try nothing; tell what would be done."),
]
Overwrite = Annotated[
    bool, _flag("--overwrite", text="Discard edits of managed files.")
]
Update = Annotated[
    bool, _flag("--update", text="Merge into edited files what is compiled anew.")
]
ConflictStyle = Annotated[
    Conflict | None,
    _flag("--conflict", text="With --update: markers in a file, or a .rej beside it."),
]
AllowDirty = Annotated[
    bool, _flag("--allow-dirty", text="Update what is not committed to git, too.")
]
NoTrial = Annotated[
    bool, _flag("--no-trial", text="Skip the trial; the manifest says so.")
]
NoLlm = Annotated[
    bool, _flag("--no-llm", text="Rules only; the spec's model is not asked.")
]
RequireLlm = Annotated[
    bool, _flag("--require-llm", text="Exit 3 where a pass is left to the rules.")
]
Locked = Annotated[
    bool, _flag("--locked", text="Exit 3 where the transcript lacks an answer.")
]
Offline = Annotated[
    bool,
    _flag("--offline", text="Ask nobody; what the transcript lacks, rules decide."),
]
Refresh = Annotated[
    list[str] | None,
    _flag("--refresh", text="Ask anew in this pass; may be repeated.", metavar="PASS"),
]
Interactive = Annotated[
    bool, _flag("--interactive", text="Show what each pass changes, and ask.")
]
Strict = Annotated[bool, _flag("--strict", text="Warnings are errors.")]
WeightsDir = Annotated[
    Path | None,
    _flag("--weights-dir", text="Pretrained weights, for no network.", metavar="DIR"),
]
ZooDir = Annotated[
    Path | None,
    _flag("--zoo-dir", text="Model cards that come first.", metavar="DIR"),
]
TemplateDir = Annotated[
    Path | None,
    _flag("--template-dir", text="Templates that come first.", metavar="DIR"),
]
Project = Annotated[
    Path | None,
    _flag("--project", text="The folder planned for; else beside SPEC.", metavar="DIR"),
]
Targets = Annotated[
    list[str] | None,
    _flag("--target", text="What to predict; may be repeated.", metavar="COLUMN"),
]
Task = Annotated[
    Literal["retrieval", "matching"] | None,
    _flag("--task", text="For a target that does not tell it."),
]
LeftSide = Annotated[
    list[str] | None,
    _flag("--left", text="What is searched with; may be repeated.", metavar="COLUMN"),
]
RightSide = Annotated[
    list[str] | None,
    _flag("--right", text="What is found; may be repeated.", metavar="COLUMN"),
]
Model = Annotated[
    str | None, _flag("--model", text="Instead of llm.model.", metavar="NAME")
]
BaseUrl = Annotated[
    str | None, _flag("--base-url", text="Instead of llm.base_url.", metavar="URL")
]
Form = Annotated[
    Format, typer.Option("--format", help="Of the result, which goes to stdout.")
]
DiffForm = Annotated[
    Literal["text", "json", "markdown"],
    typer.Option("--format", help="Of the result, which goes to stdout."),
]
Quiet = Annotated[bool, _flag("--quiet", text="No progress, and no summary in words.")]
Verbose = Annotated[bool, _flag("--verbose", text="Print every decision, too.")]
Version = Annotated[
    bool,
    _flag(
        "--version",
        text="Print the version and exit.",
        callback=_print_version,
        is_eager=True,
    ),
]
