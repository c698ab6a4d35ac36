"""Coroutines that an interrupt ends, whatever they do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """As `asyncio.run`, but an interrupt is `KeyboardInterrupt` in any case.

    It is a cancellation, which whoever waits may take for their own and go on, or turn
    into an error of theirs: a connection that is being closed, or a wait that ends at
    the same moment.
    """
    return asyncio.run(_cancellable(coroutine))


async def _cancellable(coroutine: Coroutine[Any, Any, Result]) -> Result:
    task = asyncio.current_task()
    try:
        return await coroutine
    finally:
        if task is not None and task.cancelling():
            raise asyncio.CancelledError
