"""A reader of a file that takes longer than anybody waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path


def read(path: Path) -> Iterator[str]:
    """Say that it has begun, then take two minutes."""
    path.touch()
    time.sleep(120)
    yield "read"
