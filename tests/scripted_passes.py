"""Answers to every planning pass: as told, or as a transcript has recorded them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from llm_server import Body, Step, answers, refuses, says

TRANSCRIPTS = Path(__file__).parent / "transcripts"
NOTHING: dict[str, Any] = {
    "infer_modalities": {"changes": []},
    "select_features": {"drops": [], "keeps": [], "derived": []},
    "impute_values": {"markers": [], "fills": []},
    "choose_models": {"choices": [], "tunings": []},
    "assemble_pipeline": {"changes": []},
    "define_search": {"ranges": [], "fixed": [], "first_points": [], "budget": []},
}


def by_pass(**given: Any) -> Step:
    """Answers each pass as told: an object, or a list of them one after the other."""
    queues = {k: list(v) if isinstance(v, list) else [v] for k, v in given.items()}

    def reply(body: Body) -> Step:
        if body["path"].endswith("/embeddings"):
            return refuses(404, "no embeddings here")
        queue = queues.get(asked(body), [NOTHING[asked(body)]])
        return says(queue.pop(0) if len(queue) > 1 else queue[0])

    return answers(reply)


def asked(body: Body) -> str:
    """The pass that a request is about."""
    return str(body["response_format"]["json_schema"]["name"])


def recorded(name: str) -> dict[str, Any]:
    """The answer to each pass; a later recording of a pass counts."""
    lines = (TRANSCRIPTS / f"{name}.jsonl").read_text("utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    good = [e for e in entries if e["outcome"] == "accepted" and e["answer"]]
    return {e["pass_name"]: e["answer"] for e in good if e["pass_name"] in NOTHING}
