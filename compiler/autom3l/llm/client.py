"""Asking a model: replayed where it was asked before, bounded by a budget.

Questions go in waves: the first alone, for it finds out what the server takes; then
several at once. What is learnt and what is spent is counted between waves, in the order
of the questions: so the same answers give the same transcript, whoever came first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Literal

from autom3l.diagnostics import Diagnostic, ModelError
from autom3l.llm.budget import NOTHING, Usage, exceeded
from autom3l.llm.checking import judge_object
from autom3l.llm.endpoint import Endpoint
from autom3l.llm.question import Answer, Exchange, Question
from autom3l.llm.rungs import IN_WORDS, Manner, merged
from autom3l.llm.running import run
from autom3l.llm.sending import UnansweredError, Wire, connection, send
from autom3l.llm.talk import MAX_ATTEMPTS, Talk, begin
from autom3l.llm.transcript import Entry, Transcript
from autom3l.request import Mode
from autom3l.spec import SpecLlm

PARALLEL = 4
# After as many failures in a row nobody else has to wait for a time-out.
MAX_FAILURES = 2
# One answer unlike the schema is a model's mistake; as many in a row show that its
# server does not care for schemas.
MAX_UNLIKE = 2


class Client:
    """A model that can be asked, within the limits of the spec.

    `refresh`: passes that are asked anew. `spent`: what this compile has used.
    """

    def __init__(
        self,
        llm: SpecLlm,
        endpoint: Endpoint,
        transcript: Transcript,
        *,
        mode: Mode = "normal",
        refresh: Collection[str] = (),
    ) -> None:
        self.spent = NOTHING
        self.transcript = transcript
        self.llm = llm
        self.endpoint = endpoint
        self.mode = mode
        self.refresh = frozenset(refresh)
        self._manner = Manner(temperature=llm.temperature)
        self._answered = False
        self._failures = 0
        self._unlike = 0
        self._stopped: tuple[str, Diagnostic] | None = None
        self._problems: dict[str, Diagnostic | None] = {}

    def ask(self, questions: Sequence[Question[Answer]]) -> list[Exchange[Answer]]:
        """What comes of each question; raises `ModelError` for a miss when locked."""
        return run(self.exchanges(questions))

    def estimate(self, questions: Sequence[Question[Any]]) -> Usage:
        """The most that these questions use when each is answered at once."""
        return sum((talk.most for talk in self._unknown(questions)), NOTHING)

    async def exchanges(
        self, questions: Sequence[Question[Answer]]
    ) -> list[Exchange[Answer]]:
        """As `ask`, for a caller that is asynchronous itself."""
        missing = self._unknown(questions)
        if missing and self.mode == "locked":
            raise ModelError(map(self._miss, missing))
        if self.mode == "offline":
            reason = "offline, and the transcript holds no answer"
            done = [talk.ended("skipped", reason, None) for talk in missing]
        else:
            done = await self._ask_anew(missing) if missing else []
        new = {talk.asked.request: talk for talk in done}
        return [self._exchange(self._talk(question), new) for question in questions]

    def _talk(self, question: Question[Answer]) -> Talk[Answer]:
        llm = self.llm
        return begin(question, self._manner, llm.model, llm.timeout)

    def _unknown(self, questions: Sequence[Question[Answer]]) -> list[Talk[Answer]]:
        """Those that the transcript does not answer, each once."""
        talks = [self._talk(question) for question in questions]
        unknown = [talk for talk in talks if self._known(talk) is None]
        return list({talk.asked.request: talk for talk in unknown}.values())

    def _known(self, talk: Talk[Any]) -> Entry | None:
        anew = talk.asked.pass_name in self.refresh
        entry = self.transcript.find(talk.asked, anew=anew)
        if entry is None:
            return None
        if entry.outcome == "accepted":
            # The type is part of the request; what a check demands may have changed.
            good = judge_object(talk.question, entry.answer).answer is not None
            return entry if good else None
        now = talk.asked.request in self._problems
        settled = entry.outcome == "rejected" or self.mode != "normal" or now
        return entry if settled else None

    def _exchange(
        self, talk: Talk[Answer], new: dict[str, Talk[Answer]]
    ) -> Exchange[Answer]:
        """From the transcript, which thus is in the order of the questions."""
        request, question = talk.asked.request, talk.question
        if done := new.get(request):
            self.transcript.add(done.entry())
            self._problems[request] = done.problem
        entry = self.transcript.keep(talk.asked)
        usage = entry.usage
        if entry.outcome == "accepted":
            answer = judge_object(question, entry.answer).answer
            new_ = self.transcript.find(talk.asked, anew=True)
            source: Literal["model", "transcript"] = "model" if new_ else "transcript"
            problem = _unused(entry) if entry.reasons else None
            return Exchange(
                question, "accepted", source, answer, entry.reasons, problem, usage
            )
        problem = self._problems.get(entry.request) or _unused(entry)
        reasons = entry.reasons
        return Exchange(question, entry.outcome, "none", None, reasons, problem, usage)

    def _miss(self, talk: Talk[Any]) -> Diagnostic:
        name = f"{talk.asked.pass_name}.{talk.question.name}"
        change = self.transcript.difference(talk.asked)
        message = f"the transcript has no answer to this question: {change}"
        hint = "compile without --locked to ask the model"
        return Diagnostic("L011", message, name, hint)

    async def _ask_anew(self, talks: list[Talk[Answer]]) -> list[Talk[Answer]]:
        done: list[Talk[Answer]] = []
        try:
            async with connection(self.endpoint, self.llm.timeout) as wire:
                while talks:
                    size = PARALLEL if self._answered else 1
                    wave, talks = talks[:size], talks[size:]
                    for _ in range(MAX_ATTEMPTS):
                        wave = await self._wave(wire, wave)
                    done += wave
        except UnansweredError as error:
            self._stopped = error.reason, error.problem
            done += [talk.ended("failed", *self._stopped) for talk in talks]
        return done

    async def _wave(self, wire: Wire, talks: list[Talk[Answer]]) -> list[Talk[Answer]]:
        """One answer more for each talk that goes on and can be afforded."""
        talks = self._affordable(talks)
        going = [talk for talk in talks if talk.outcome is None]
        heard = await asyncio.gather(*(self._hear(wire, talk) for talk in going))
        manners = [manner for _, manner in heard]
        self._manner = merged(manners, self._manner)
        for before, (after, _) in zip(going, heard, strict=True):
            self._count(before, after)
        after_by_request = {talk.asked.request: talk for talk, _ in heard}
        return [after_by_request.get(talk.asked.request, talk) for talk in talks]

    async def _hear(
        self, wire: Wire, talk: Talk[Answer]
    ) -> tuple[Talk[Answer], Manner]:
        clock = asyncio.get_running_loop().time
        started, manner = clock(), self._manner
        in_words = talk.shapeless and not manner.says_schema
        if in_words:
            manner = replace(manner, rung="json_object")
        try:
            reply = await send(wire, talk.messages, talk.form, manner, talk.seconds)
        except UnansweredError as error:
            if error.hopeless:
                self._stopped = error.reason, error.problem
            return talk.ended("failed", error.reason, error.problem), self._manner
        after = talk.heard(reply)
        if after.outcome is not None:
            # Paid for: kept at once, whatever happens to the rest of the wave.
            self.transcript.arrived(after.entry())
        manner = reply.manner
        if in_words:
            manner = replace(manner, rung=self._manner.rung)
        left = max(0.0, talk.seconds - (clock() - started))
        return replace(after, seconds=left), manner

    def _count(self, before: Talk[Answer], after: Talk[Answer]) -> None:
        if after.attempts != before.attempts:
            self.spent += after.attempts[-1].usage
            self._answered, self._failures = True, 0
            if not self._manner.says_schema:
                self._count_unlike(after)
            return
        self._failures += 1
        if self._failures >= MAX_FAILURES and after.problem:
            self._stopped = self._stopped or (after.reasons[-1], after.problem)

    def _count_unlike(self, after: Talk[Answer]) -> None:
        if after.attempts[-1].rung in IN_WORDS:
            return
        self._unlike = self._unlike + 1 if after.unlike else 0
        if self._unlike >= MAX_UNLIKE:
            self._manner = replace(self._manner, rung="json_object")

    def _affordable(self, talks: list[Talk[Answer]]) -> list[Talk[Answer]]:
        """Ends the talks that can't go on: for want of a server, or of budget."""
        planned = self.spent
        kept = []
        for talk in talks:
            if talk.outcome is not None:
                kept.append(talk)
            elif self._stopped:
                kept.append(talk.ended("failed", *self._stopped))
            elif limit := exceeded(self.llm, planned + talk.most):
                kept.append(_unaffordable(talk, limit))
            else:
                planned += talk.most
                kept.append(talk)
        return kept


def _unaffordable(talk: Talk[Answer], limit: str) -> Talk[Answer]:
    message = f"the budget ends here: {limit}"
    hint = "raise it, or leave the rest to the rules"
    problem = Diagnostic("L010", message, "llm", hint)
    return talk.ended("rejected" if talk.attempts else "skipped", message, problem)


def _unused(entry: Entry) -> Diagnostic:
    """Why the rules decide what the model was asked, or a part of it."""
    what = "parts of the answer are" if entry.outcome == "accepted" else "answer is"
    message = f"the model's {what} not used: {'; '.join(entry.reasons)}"
    return Diagnostic("L012", message, entry.pass_name, "the rules decide instead")
