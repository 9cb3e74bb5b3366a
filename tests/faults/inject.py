"""Faults from below: a process that dies, or a file system that refuses, at the k-th write."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "shutil.copyfile")
REACHED, TOLD, OTHER, KILLED = 0, 3, 5, 9
"""How a child ended: nothing was hit, it said so in words, it failed otherwise, it was killed."""


def _writes(event: str, arguments: tuple[Any, ...], below: str) -> bool:
    """Whether an event of the interpreter changes a file below a folder."""
    if event == "open":
        path, _, flags = arguments
        return str(path).startswith(below) and bool((flags or 0) & WRITES)
    return event in CHANGES and str(arguments[0]).startswith(below)


def child(work: Callable[[], object], below: str, at: int, fault: str) -> int:
    """Run work in a child in which the `at`-th write below a folder fails; how it ended.

    fault: kill, or an error name of `errno` such as ENOSPC and EROFS.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        number = os.fork()
    if number:
        return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    count = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if not _writes(event, arguments, below):
            return
        count += 1
        if count == at:
            if fault == "kill":
                os._exit(KILLED)
            code = getattr(errno, fault)
            raise OSError(code, os.strerror(code), str(arguments[0]))

    sys.addaudithook(hook)
    os._exit(_ended(work))


def _ended(work: Callable[[], object]) -> int:
    from planner.core.errors import PlannerError

    try:
        work()
    except PlannerError:
        return TOLD
    except BaseException:
        return OTHER
    return REACHED
