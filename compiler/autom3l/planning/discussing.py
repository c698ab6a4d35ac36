"""Planning with a person at hand, who has a say after each pass.

What they say goes into the spec, and planning begins again with it: what it does not
touch is replayed, so the plan is the one that this spec leads to without a person.
"""

from __future__ import annotations

from typing import Any

from autom3l.diagnostics import UserError
from autom3l.llm.client import Client
from autom3l.planning.changes import Change, changes, changes_text, step_text
from autom3l.planning.drafts import PINNABLE, Draft
from autom3l.planning.planning import (
    Planned,
    Step,
    beginning,
    estimate,
    outcome,
    steps,
)
from autom3l.planning.wishes import Wishes
from autom3l.request import Progress

# What a pass changed, and the answers in full: the details of a reading, too.
_Said = tuple[tuple[Change, ...], tuple[Any, ...]]
_CHOICES = "[a]ccept, [d]irective, [p]in, [s]top, [?] help:"
_MEANT = {"": "a", "accept": "a", "directive": "d", "pin": "p", "stop": "s"}
_HELP = f"""\
a, or Enter   go on to the next pass
d TEXT        add to the directives of this pass, which is asked again
p YAML        pin something for good, as in the spec:
                Breed1: categorical
                Grade: {{modality: ordinal, levels: [low, mid, high]}}
                metric: macro_f1
              a column by its name, or one of {", ".join(PINNABLE)}
s, or Ctrl-C  stop: no project is written
What is said is written into the spec that goes with the project. A pass that it
concerns is asked again, within the limits of llm; for the others their answers stay."""


def discuss(draft: Draft, client: Client, progress: Progress) -> tuple[Planned, Draft]:
    """The plan that every pass was accepted of, and the spec that leads to it.

    Raises `KeyboardInterrupt` where the person stops.
    """
    accepted: dict[str, _Said] = {}
    progress.note(estimate(beginning(draft.scene, client), client))
    while True:
        # Answers to what was asked before the spec said more are left out.
        client.transcript.start_over()
        taken, amended = _walk(draft, accepted, client, progress)
        if amended is None:
            return outcome(taken), draft
        draft = amended


def _walk(
    draft: Draft,
    accepted: dict[str, _Said],
    client: Client,
    progress: Progress,
) -> tuple[list[Step], Draft | None]:
    """The passes up to the one at which more is said; `accepted` fills up."""
    taken = []
    for step in steps(beginning(draft.scene, client), client, progress):
        taken.append(step)
        name = step.pass_.name
        found = changes(step.before.pipeline, step.after.pipeline)
        said = found, tuple(exchange.answer for exchange in step.exchanges)
        if accepted.get(name) == said:
            continue
        progress.note(step_text(step, found))
        amended = _hear(step, draft, progress)
        if amended is not None:
            accepted.pop(name, None)
            return taken, amended
        accepted[name] = said
    return taken, None


def _hear(step: Step, draft: Draft, progress: Progress) -> Draft | None:
    """The spec with what is said; `None` where the pass is accepted."""
    while True:
        said = progress.ask(f"{step.pass_.name}: {_CHOICES} ")
        word, _, rest = said.partition(" ")
        choice = _MEANT.get(word.lower(), word.lower())
        if choice == "a":
            return None
        if choice == "s":
            raise KeyboardInterrupt("stopped")
        if choice in ("d", "p"):
            amended = _said(choice, rest.strip(), step, draft, progress)
            if amended is not None:
                return amended
        else:
            progress.note(_HELP)


def _said(
    choice: str, rest: str, step: Step, draft: Draft, progress: Progress
) -> Draft | None:
    """The spec with a directive or a pin; `None` where that can't be."""
    key = step.pass_.key
    rest = rest or progress.ask(f"directive {key}: " if choice == "d" else "pin: ")
    if not rest:
        return None
    try:
        if choice == "d":
            return draft.with_directive(key, rest)
        pinned = draft.with_pin(rest)
    except UserError as error:
        for diagnostic in error.diagnostics:
            progress.note(f"not taken: {diagnostic}")
        return None
    before, after = (d.scene.compose(Wishes()) for d in (draft, pinned))
    found = changes(before, after)
    nothing = "pinned; the rules had it so already"
    progress.note(changes_text(found, "the pin changes") if found else nothing)
    return pinned
