"""The command line: flags in, one function of the compiler called, an exit code out.

Each command imports what it needs when it runs, and Typer's rich pages stay off: so
`--help` answers in a blink.
"""

import shlex

# Typer reads annotations at run time.
from pathlib import Path
from typing import Any, Literal

import typer

from autom3l import flags
from autom3l.combining import (
    asking,
    editing,
    one_source,
    refuse_together,
    refuse_unsaid,
)
from autom3l.console import Console
from autom3l.diagnostics import Diagnostic, UserError
from autom3l.loading import kept_for_good
from autom3l.zoo_commands import zoo_app

_STYLE: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,  # a bug keeps its plain traceback
}
app = typer.Typer(**_STYLE)
compile_app = typer.Typer(**_STYLE)
app.add_typer(zoo_app, name="zoo")


@app.callback()
def main(version: flags.Version = False) -> None:
    """Compile a table into a standalone PyTorch training project."""


@compile_app.command()
@app.command("compile")
def compile_command(
    *,
    output: flags.Output,
    spec: flags.MaybeSpec = None,
    from_ir: flags.FromIr = None,
    check: flags.Check = False,
    diff: flags.Diff = False,
    dry_run: flags.DryRun = False,
    update: flags.Update = False,
    conflict: flags.ConflictStyle = None,
    allow_dirty: flags.AllowDirty = False,
    overwrite: flags.Overwrite = False,
    no_trial: flags.NoTrial = False,
    strict: flags.Strict = False,
    no_llm: flags.NoLlm = False,
    require_llm: flags.RequireLlm = False,
    locked: flags.Locked = False,
    offline: flags.Offline = False,
    refresh: flags.Refresh = None,
    interactive: flags.Interactive = False,
    weights_dir: flags.WeightsDir = None,
    zoo_dir: flags.ZooDir = None,
    template_dir: flags.TemplateDir = None,
    form: flags.Form = "text",
    quiet: flags.Quiet = False,
    verbose: flags.Verbose = False,
    version: flags.Version = False,
) -> None:
    """Compile the table that SPEC describes into the project DIR."""
    console = Console(quiet=quiet, form=form)
    with console.reporting():
        refuse_together({"--dry-run": dry_run, "--check or --diff": check or diff})
        refuse_together({"--quiet": quiet, "--verbose": verbose})
        edits = editing(update, conflict, overwrite, allow_dirty)
        source = one_source(spec, from_ir)
        llm = asking(
            no_llm=no_llm,
            require_llm=require_llm,
            locked=locked,
            offline=offline,
            refresh=refresh,
            interactive=interactive,
            unseen={"--quiet": quiet, "--format json": form == "json"},
        )
        planned = {"--weights-dir": weights_dir, "--zoo-dir": zoo_dir}
        asked = {"--require-llm": require_llm, "--locked": locked, "--offline": offline}
        asked |= {"--refresh": bool(refresh), "--interactive": interactive}
        for flag, given in {**planned, **asked}.items():
            refuse_together({"--from-ir": bool(from_ir), flag: bool(given)})
        from autom3l import settled
        from autom3l.request import Request

        request = Request(
            source=source,
            target=_target(output),
            from_ir=source is from_ir,
            weights_dir=weights_dir,
            zoo_dir=zoo_dir,
            template_dir=template_dir,
            edits=edits,
            allow_dirty=allow_dirty,
            trial=not no_trial,
            strict=strict,
            **llm,
        )
        looking = check or diff or dry_run or verbose
        if not looking and (said := settled.recall(request)):
            console.tell_again(said.told)
            console.result(said.text, said.data | {"seconds": console.seconds})
            return
        with console.stage("start"), kept_for_good():
            from autom3l import modes
        if check or diff:
            modes.compare_only(request, console, check=check, diff=diff)
        else:
            run = modes.dry_run if dry_run else modes.write
            run(request, console, verbose=verbose)


@app.command("plan")
def plan_command(
    *,
    spec: flags.Spec,
    output: flags.OutputFile = None,
    project: flags.Project = None,
    strict: flags.Strict = False,
    no_llm: flags.NoLlm = False,
    require_llm: flags.RequireLlm = False,
    locked: flags.Locked = False,
    offline: flags.Offline = False,
    refresh: flags.Refresh = None,
    interactive: flags.Interactive = False,
    weights_dir: flags.WeightsDir = None,
    zoo_dir: flags.ZooDir = None,
    quiet: flags.Quiet = False,
) -> None:
    """Plan only: the pipeline that `compile --from-ir` takes."""
    console = Console(quiet=quiet)
    with console.reporting():
        llm = asking(
            no_llm=no_llm,
            require_llm=require_llm,
            locked=locked,
            offline=offline,
            refresh=refresh,
            interactive=interactive,
            unseen={"--quiet": quiet},
        )
        from autom3l.ir_json import to_json
        from autom3l.plan import make_plan
        from autom3l.request import Request

        target = _target(project) if project else spec.parent / spec.stem
        request = Request(
            spec,
            target,
            weights_dir=weights_dir,
            zoo_dir=zoo_dir,
            strict=strict,
            **llm,
        )
        plan = make_plan(request, console)
        _deliver(to_json(plan.pipeline), output)


@app.command("explain")
def explain_command(place: flags.Place, form: flags.Form = "text") -> None:
    """Print every decision of a plan, with its reason."""
    console = Console(form=form)
    with console.reporting():
        from autom3l.compiled import pipeline_file
        from autom3l.explaining import decisions_data, decisions_text
        from autom3l.pipeline_file import read_pipeline

        pipeline = read_pipeline(pipeline_file(place))
        console.result(decisions_text(pipeline), decisions_data(pipeline))


@app.command("diff")
def diff_command(old: flags.Old, new: flags.New, form: flags.DiffForm = "text") -> None:
    """Print what changed from one plan to another, with the reasons."""
    console = Console(form="json" if form == "json" else "text")
    with console.reporting():
        from autom3l import diffing
        from autom3l.compiled import read_compiled

        diff = diffing.diff_plans(read_compiled(old), read_compiled(new))
        to_text = {"markdown": diffing.diff_as_markdown}.get(form, diffing.diff_as_text)
        console.result(to_text(diff), diffing.diff_as_data(diff))


@app.command("init")
def init_command(
    table: flags.Table,
    *,
    target: flags.Targets = None,
    task: flags.Task = None,
    left: flags.LeftSide = None,
    right: flags.RightSide = None,
    output: flags.OutputFile = None,
) -> None:
    """Draft a commented spec from a table.

    Sides alone make a retrieval: what is on the left finds what is on the right.
    """
    console = Console()
    with console.reporting():
        _keep(output)
        named = tuple(target or ()), tuple(left or ()), tuple(right or ())
        refuse_unsaid(*named, matching=task == "matching")
        from autom3l.drafting import Wish, draft_spec

        wish = Wish(*named, task)
        _deliver(draft_spec(table, wish, output), output)
        if output:
            command = f"autom3l-compile {shlex.quote(str(output))} -o DIR"
            console.note(f"wrote {output}: read it, then run {command}")


@app.command("join")
def join_command(
    pairs: flags.Pairs,
    left: flags.Left,
    right: flags.Right,
    output: flags.OutputFile = None,
) -> None:
    """Make one table of a list of pairs and the two tables that it names things of."""
    with Console().reporting():
        _keep(output)
        from autom3l.joining import join_tables

        _deliver(join_tables(pairs, left, right), output)


@app.command("schema")
def schema_command(kind: Literal["spec", "ir"]) -> None:
    """Print the JSON Schema of a spec or of a pipeline."""
    with Console().reporting():
        from autom3l.schemas import json_schema

        _deliver(json_schema(kind), None)


@app.command("doctor")
def doctor_command(
    spec: flags.MaybeSpec = None,
    model: flags.Model = None,
    base_url: flags.BaseUrl = None,
    form: flags.Form = "text",
) -> None:
    """Ask the language model one short question, and say how it answers."""
    console = Console(form=form)
    with console.reporting():
        from autom3l.diagnostics import ModelError
        from autom3l.llm import doctor

        findings = doctor.examine(doctor.model_to_examine(spec, model, base_url))
        console.result(doctor.findings_text(findings), doctor.findings_data(findings))
        if findings.problem:
            raise ModelError(findings.problem)


def _target(folder: Path) -> Path:
    """As given, for that is what messages show; `.` and `..` need their names."""
    return folder if folder.name not in ("", "..") else folder.resolve()


def _keep(file: Path | None) -> None:
    if file and (file.exists() or file.is_symlink()):  # also one that leads nowhere
        message = "there is a file already"
        hint = "edit it, or choose another name"
        raise UserError(Diagnostic("C007", message, str(file), hint))


def _deliver(text: str, file: Path | None) -> None:
    if file is None:
        print(text, end="")
        return
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        message = f"can't write: {error.strerror}"
        raise UserError(Diagnostic("C008", message, str(file))) from None
