"""What the disk cache's key tells apart: code that differs must never be served under one key."""

import types

from tegula import knobs
from tegula.compiler import compiler


def key(debug=None, function_debug=False, target="sm_90a", **changes):
    fn = types.SimpleNamespace(cache_key="source", __name__="kernel", debug=function_debug)
    return compiler.cache_key(fn, [], {**compiler.OPTIONS, "debug": debug, **changes}, target)


def test_debug_by_option_function_and_knob(monkeypatch):
    plain = key()
    assert key(debug=True) != plain
    assert key(function_debug=True) != plain
    assert key(debug=False, function_debug=True) != key(function_debug=True)
    monkeypatch.setenv("TRITON_DEBUG", "1")
    assert bool(knobs.runtime.debug) and key() != plain


def test_the_assembler(monkeypatch):
    plain, host = key(), key(target="host")
    compiler.assembler_identity.cache_clear()
    monkeypatch.setenv("TEGULA_PTXAS_PATH", "/another/ptxas")
    try:
        assert key() != plain
        assert key(target="host") == host
    finally:
        compiler.assembler_identity.cache_clear()


def test_target_and_options():
    plain = key()
    assert key(target="sm_80") != plain
    assert key(num_warps=8) != plain
    assert key() == plain
