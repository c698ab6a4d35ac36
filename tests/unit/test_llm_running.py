"""An interrupt ends what a model is asked, even where a library takes it."""

from __future__ import annotations

import asyncio
import signal

import pytest
from autom3l.llm.running import run


async def told() -> str:
    await asyncio.sleep(0)
    return "an answer"


async def interrupted(manner: str) -> str:
    signal.raise_signal(signal.SIGINT)
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError as error:
        if manner == "good":
            raise
        if manner == "broken":
            raise OSError("the connection could not be closed") from error
    return "an answer"


def test_what_is_not_interrupted_gives_its_result() -> None:
    assert run(told()) == "an answer"


@pytest.mark.parametrize("manner", ["good", "deaf", "broken"])
def test_an_interrupt_is_never_lost(manner: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(interrupted(manner))
