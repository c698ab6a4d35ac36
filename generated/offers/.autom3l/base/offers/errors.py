"""Mistakes that the user of a command can mend end it in one line."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class InputError(ValueError):
    """A table, a value or a folder that was given can't be used; the message says why."""


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """Ends the command where what it was given is wrong; a bug keeps its traceback."""
    try:
        yield
        print(end="", flush=True)
    except BrokenPipeError:  # what reads its output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (InputError, FloatingPointError, OSError) as error:
        sys.exit(f"error: {error}")
