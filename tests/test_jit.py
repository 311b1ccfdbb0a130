"""Kernels: compiled on first use, plain Python where asked, and a cache wherever one can be written."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from halfway.jit import Kernel, compiled, interpreted

KERNEL = "from halfway.jit import compiled\n\n@compiled\ndef triple(x: int) -> int:\n    return 3 * x\n"


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
    module.write_text(KERNEL)
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


def _fresh(folder: Path) -> Any:
    """Import the kernels of a folder as another program would."""
    spec = importlib.util.spec_from_file_location("kernels", folder / "kernels.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.triple


def _hits(kernel: Any) -> int:
    return sum(kernel.dispatcher.stats.cache_hits.values())


def test_damaged_compiled_code_is_compiled_again(tmp_path: Path):
    (tmp_path / "kernels.py").write_text(KERNEL)
    cache = tmp_path / "__pycache__"
    assert _fresh(tmp_path)(4) == 12
    whole = {path: path.read_bytes() for path in cache.glob("*.nb?")}
    assert len(whole) == 2
    for path, content in whole.items():
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        for damaged in (b"", content[: 2 * len(content) // 3], b"no such thing\n", flipped):
            path.write_bytes(damaged)
            kernel = _fresh(tmp_path)
            assert kernel(4) == 12
            assert _hits(kernel) == 0
            # The next program finds it mended.
            kernel = _fresh(tmp_path)
            assert kernel(4) == 12
            assert _hits(kernel) == 1


def test_compiled_code_of_another_signature_is_never_used(tmp_path: Path):
    (tmp_path / "kernels.py").write_text(KERNEL)
    cache = tmp_path / "__pycache__"
    assert _fresh(tmp_path)(4) == 12
    (of_whole,) = cache.glob("*.nbc")
    kept = of_whole.read_bytes()
    for path in cache.glob("*.nb?"):
        path.unlink()
    assert _fresh(tmp_path)(0.5) == 1.5
    # Two programs that write at once: the index is of one, the code of the other.
    of_whole.write_bytes(kept)
    kernel = _fresh(tmp_path)
    assert kernel(0.5) == 1.5
    assert _hits(kernel) == 0


def test_what_cannot_be_kept_is_compiled_for_this_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "kernels.py").write_text(KERNEL)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("halfway.kernel_cache.CheckedFiles._save_data", full)
    assert _fresh(tmp_path)(4) == 12
