"""What holds for all tests: those that play against a peer are left out where the peer is not installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [
        i for i in items if (mark := i.get_closest_marker("peer")) is not None and find_spec(mark.args[0]) is None
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [i for i in items if i not in left_out]
