"""One tree of random streams: every draw has a name, and adding one leaves the others as they were."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

DEFAULT_SEED = 20200809
"""The seed used when none is given; stated in every result that draws."""


def seed_sequence(seed: int, *names: str) -> np.random.SeedSequence:
    """Return the branch of the seed tree that belongs to a name.

    Parameters
    ----------
    seed : int
        The root, zero or greater.
    *names : str
        The path of the draw, such as ``("moscow", "interests", "sanctions", "weight")``.
    """
    import numpy as np

    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    key = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
    return np.random.SeedSequence(entropy=seed, spawn_key=key)


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return the generator that belongs to a name; the same name and seed give the same numbers."""
    import numpy as np

    return np.random.Generator(np.random.Philox(seed_sequence(seed, *names)))
