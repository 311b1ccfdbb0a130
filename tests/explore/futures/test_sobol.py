"""Named Sobol dimensions: evenly spread, at random access, and each left as it was by a further one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from halfway.explore.futures.sobol import BITS, sobol_points

NAMES = tuple(f"d{i}" for i in range(12))


def test_a_further_dimension_leaves_the_others_as_they_were():
    few, more = sobol_points(NAMES[:5], 3, 0, 64), sobol_points(NAMES, 3, 0, 64)
    assert (few == more[:, :5]).all()


def test_any_block_can_be_had_without_those_before_it():
    whole = sobol_points(NAMES, 3, 0, 100)
    parts = np.vstack([sobol_points(NAMES, 3, a, b - a) for a, b in ((0, 1), (1, 33), (33, 96), (96, 100))])
    assert (whole == parts).all()


def test_every_dimension_is_stratified_as_a_net_is():
    points = sobol_points(NAMES, 11, 0, 256)
    for d in range(len(NAMES)):
        assert sorted((points[:, d] * 256).astype(int)) == list(range(256))


def test_the_first_two_dimensions_are_stratified_together():
    points = sobol_points(NAMES[:2], 5, 0, 256)
    for a, b in ((1, 256), (2, 128), (4, 64), (16, 16), (256, 1)):
        cells = (points[:, 0] * a).astype(int) * b + (points[:, 1] * b).astype(int)
        assert sorted(cells) == list(range(256)), (a, b)


def test_as_even_as_scipys_own_scrambling():
    own = [qmc.discrepancy(sobol_points(NAMES[:6], s, 0, 512)) for s in range(8)]
    theirs = [qmc.discrepancy(qmc.Sobol(6, scramble=True, seed=s).random(512)) for s in range(8)]
    random = qmc.discrepancy(np.random.default_rng(0).random((512, 6)))
    assert np.median(own) < 1.3 * np.median(theirs)
    assert max(own) < random / 2


def test_seeds_differ_and_points_lie_inside():
    one, other = sobol_points(NAMES, 1, 0, 512), sobol_points(NAMES, 2, 0, 512)
    assert (one != other).mean() > 0.99
    assert 0 < one.min() < one.max() < 1


def test_ends_of_the_sequence():
    assert sobol_points((), 1, 0, 4).shape == (4, 0)
    assert sobol_points(NAMES, 1, 5, 0).shape == (0, 12)
    with pytest.raises(ValueError, match="points"):
        sobol_points(NAMES, 1, 2**BITS, 1)
