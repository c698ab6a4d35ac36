"""PA-LLM: metric, fusion and training recipe."""

from __future__ import annotations

import json
from typing import cast, get_args

from pydantic.dataclasses import dataclass

from autom3l.ir import Metric, Section
from autom3l.llm.question import Question
from autom3l.planning.asking import Pass, State, question
from autom3l.planning.composing import get_value
from autom3l.planning.describing import lacking_text
from autom3l.planning.infer_modalities import STRICT
from autom3l.planning.settings import METRIC, Setting, parse, settings_of
from autom3l.planning.wishes import MAX_REASON, Why, Wishes
from autom3l.spec import PassName

NAME: tuple[str, PassName] = ("assemble_pipeline", "pipeline")


@dataclass(frozen=True, config=STRICT)
class Change:
    """One value to set, written as text."""

    setting: str
    value: str
    reason: str
    directive: str


@dataclass(frozen=True, config=STRICT)
class AssemblyAnswer:
    """Only the values that are to change."""

    changes: tuple[Change, ...]


def ask(state: State) -> list[Question[AssemblyAnswer]]:
    """One question, with every setting as it is now."""
    settings = _settings(state)
    lines = [
        json.dumps(
            {
                "setting": key,
                "now": get_value(state.pipeline, key),
                "allowed": setting.allowed(),
                "meaning": setting.meaning,
            }
        )
        for key, setting in settings.items()
    ]
    counts: dict[str, int] = {
        m: len(state.pipeline.features(m))
        for m in sorted({c.modality for c in state.pipeline.features()})
    }
    if state.pipeline.derived:
        counts["derived"] = len(state.pipeline.derived)
    parts = {"Settings": "\n".join(lines), "Features": json.dumps(counts)}
    if state.share != "schema":
        lacking = lacking_text(state.scene, state.pipeline)
        parts["Rows that lack all of a modality"] = lacking
    words = {"setting": tuple(settings)}
    return [
        question(state, NAME, AssemblyAnswer, sections=parts, words=words, merge=merge)
    ]


def merge(state: State, wishes: Wishes, answer: AssemblyAnswer) -> Wishes:
    """Values that can work; ends in `ValueError` for others."""
    settings = _settings(state)
    for change in answer.changes:
        key, now = change.setting, get_value(state.pipeline, change.setting)
        value = parse(key, settings[key], change.value.strip(), now)
        if value == now:
            continue
        section = cast(Section, key.partition(".")[0])
        subject = "metric" if key == METRIC else key
        reason = change.reason[:MAX_REASON]
        why = Why(section, subject, str(value), reason, change.directive)
        wishes = wishes.because(why)
        wishes = (
            _metric(wishes, str(value)) if key == METRIC else wishes.set_to(key, value)
        )
    return wishes


def _settings(state: State) -> dict[str, Setting]:
    open_ = state.scene.spec.metric == "auto"
    return settings_of(state.pipeline, state.scene.zoo, metric_open=open_)


def _metric(wishes: Wishes, metric: str) -> Wishes:
    return wishes.judged_by(next(m for m in get_args(Metric) if m == metric))


ASSEMBLE_PIPELINE = Pass(*NAME, ask, merge)
