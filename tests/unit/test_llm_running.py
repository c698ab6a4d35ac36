"""An interrupt ends what a model is asked, even where a library takes it."""

from __future__ import annotations

import asyncio
import signal

import pytest
from autom3l.llm.running import run


async def told() -> str:
    await asyncio.sleep(0)
    return "an answer"


async def interrupted(*, deaf: bool) -> str:
    signal.raise_signal(signal.SIGINT)
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        if not deaf:
            raise
    return "an answer"


def test_what_is_not_interrupted_gives_its_result() -> None:
    assert run(told()) == "an answer"


@pytest.mark.parametrize("deaf", [False, True])
def test_an_interrupt_is_never_lost(deaf: bool) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(interrupted(deaf=deaf))
