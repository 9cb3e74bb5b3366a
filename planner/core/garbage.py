"""No garbage sweeps while a model is built or a plan written out: nothing there is garbage yet.

A model is hundreds of thousands of small objects that all live; each sweep walks through every one
of them. That took a third of the time of building a large model.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unswept() -> Iterator[None]:
    """Put the garbage collector off; left as it was found, so calls may be nested."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
