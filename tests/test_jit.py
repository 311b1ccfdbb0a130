"""Kernels: compiled on first use, plain Python where asked, and a cache wherever one can be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from halfway.jit import Kernel, compiled, interpreted


@compiled
def double(x: int) -> int:
    return 2 * x


@compiled
def quadruple(x: int) -> int:
    return double(double(x))


def test_kernels_call_kernels_compiled_and_plain():
    assert quadruple(3) == 12
    assert isinstance(quadruple, Kernel)
    assert "dispatcher" in vars(double), "the inner kernel was compiled for the outer one"
    with interpreted():
        assert quadruple(3) == 12


def test_plain_work_does_not_load_the_compiler():
    code = (
        "import sys, numpy as np\n"
        "from halfway.conduct.play.kernel import mix\n"
        "from halfway.jit import interpreted\n"
        "with interpreted(), np.errstate(over='ignore'):\n"
        "    mix(np.uint64(5))\n"
        "print('numba' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
@pytest.mark.parametrize("temporary", [True, False])
def test_without_a_writable_home_kernels_still_run(tmp_path: Path, temporary: bool):
    # numba writes beside the module or in the user's home; here it can do neither.
    module = tmp_path / "readonly" / "kernels.py"
    module.parent.mkdir()
    module.write_text("from halfway.jit import compiled\n\n@compiled\ndef triple(x: int) -> int:\n    return 3 * x\n")
    # A file where the cache would have to be a folder stops root too, whom permissions do not.
    (module.parent / "__pycache__").write_text("")
    (tmp_path / "home").write_text("")
    (tmp_path / "tmp").mkdir()
    environment = {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "home" / "cache"),
        "TMPDIR": str(tmp_path / "tmp"),
        "PYTHONPATH": str(module.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment.pop("NUMBA_CACHE_DIR", None)
    folder = tmp_path / "tmp" / f"halfway-kernels-{os.getuid()}"
    if not temporary:
        folder.write_text("")
    found = subprocess.run(
        [sys.executable, "-c", "import kernels; print(kernels.triple(4))"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert (found.stdout.strip(), found.returncode) == ("12", 0), found.stderr
    assert folder.is_dir() is temporary
