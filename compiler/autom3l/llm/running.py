"""Coroutines that an interrupt ends, whatever they do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """As `asyncio.run`, but an interrupt is `KeyboardInterrupt` in any case.

    It is a cancellation, which whoever waits may take for their own and go on: a
    connection that is being closed, or a wait that ends at the same moment.
    """
    return asyncio.run(_cancellable(coroutine))


async def _cancellable(coroutine: Coroutine[Any, Any, Result]) -> Result:
    result = await coroutine
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    return result
