"""The exchange of one question while it goes on: at most two answers are heard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Generic

from autom3l.diagnostics import Diagnostic
from autom3l.llm.budget import Usage, estimated_call, estimated_tokens
from autom3l.llm.checking import judge, salvage, shown
from autom3l.llm.masking import mask
from autom3l.llm.question import Answer, Message, Outcome, Question
from autom3l.llm.rungs import Form, Manner, schema_text
from autom3l.llm.sending import Reply
from autom3l.llm.transcript import Asked, Attempt, Entry, digest

MAX_ATTEMPTS = 2
# What of a wrong answer the model is shown again.
MAX_QUOTED = 4000


@dataclass(frozen=True)
class Talk(Generic[Answer]):
    """One question, and what was said to it so far; `outcome` ends it.

    `seconds` are those left to it. `unlike` and `shapeless`: as the verdict on the last
    answer has it.
    """

    question: Question[Answer]
    asked: Asked
    messages: tuple[Message, ...]
    answer_tokens: int
    seconds: float
    attempts: tuple[Attempt, ...] = ()
    outcome: Outcome | None = None
    raw: dict[str, Any] | None = None
    reasons: tuple[str, ...] = ()
    problem: Diagnostic | None = None
    unlike: bool = False
    shapeless: bool = False

    @property
    def form(self) -> Form:
        """How the answer is asked for."""
        return Form(self.question.name, self.question.schema, self.answer_tokens)

    @property
    def most(self) -> Usage:
        """The most that the next answer may use, the schema included."""
        texts = [message["content"] for message in self.messages]
        return estimated_call([*texts, schema_text(self.form)], self.answer_tokens)

    def ended(
        self, outcome: Outcome, reason: str, problem: Diagnostic | None
    ) -> Talk[Answer]:
        """Without an answer that can be used."""
        reasons = (*self.reasons, reason)
        return replace(self, outcome=outcome, reasons=reasons, problem=problem)

    def heard(self, reply: Reply) -> Talk[Answer]:
        """After an answer: ended by a good one, a refusal, or the second wrong one.

        Of that, the items which are right are taken; `reasons` tell of the others.
        """
        verdict = judge(self.question, reply.text)
        reasons = verdict.reasons
        if reply.refusal:
            reasons = (f"the model refuses: {shown(reply.refusal)}",)
        elif reply.cut and verdict.raw is None:
            reasons = (f"the answer is cut off after {self.answer_tokens} tokens",)
        attempt = Attempt(
            reply.manner.rung,
            reply.manner.parameters(self.form),
            reply.messages,
            reply.text,
            reasons,
            reply.usage or _estimated(reply),
            reply.usage is None,
        )
        talk = replace(
            self,
            attempts=(*self.attempts, attempt),
            raw=verdict.raw,
            reasons=reasons,
            unlike=verdict.unlike and not reply.refusal,
            shapeless=verdict.shapeless and not reply.refusal,
        )
        if not reasons:
            return replace(talk, outcome="accepted")
        if reply.refusal or len(talk.attempts) == MAX_ATTEMPTS:
            kept = salvage(self.question, verdict.raw) if verdict.raw else None
            return replace(talk, outcome="accepted" if kept else "rejected", raw=kept)
        return talk._corrected(reply.text, cut=verdict.cut or reply.cut)

    def entry(self) -> Entry:
        """As the transcript keeps it."""
        outcome = self.outcome or "failed"
        good = outcome == "accepted"
        return Entry(
            self.asked.request,
            self.asked.pass_name,
            self.asked.model,
            self.asked.parameters,
            self.asked.schema,
            self.asked.prompt,
            self.attempts,
            outcome,
            self.raw if good else None,
            self.reasons,
            "llm" if good else "rule",
        )

    def _corrected(self, text: str, *, cut: bool) -> Talk[Answer]:
        """With the wrong answer and what is wrong with it at the end."""
        wrong = "\n".join(f"- {reason}" for reason in self.reasons)
        wish = "Answer again with the whole JSON object, and nothing else."
        if cut:
            wish = "Answer again, and more briefly, so that the JSON object is whole."
        teaching = f"Your answer can't be used:\n{wrong}\n{wish}"
        messages = (
            *self.messages,
            {"role": "assistant", "content": text[:MAX_QUOTED] or "(nothing)"},
            {"role": "user", "content": teaching},
        )
        tokens = self.answer_tokens * (2 if cut else 1)
        return replace(self, messages=messages, answer_tokens=tokens)


def begin(
    question: Question[Answer], manner: Manner, model: str, seconds: float
) -> Talk[Answer]:
    """The talk about a question, whose texts are masked first."""
    question = replace(question, system=mask(question.system), user=mask(question.user))
    parameters = {"temperature": manner.temperature}
    schema = digest([question.name, question.schema])
    prompt = digest(question.messages)
    asked = Asked(question.pass_name, model, parameters, schema, prompt)
    tokens = question.answer_tokens
    return Talk(question, asked, question.messages, tokens, seconds)


def _estimated(reply: Reply) -> Usage:
    texts = [message["content"] for message in reply.messages]
    return estimated_call(texts, estimated_tokens(reply.text))
