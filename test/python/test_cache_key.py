"""What the disk cache's key tells apart: code that differs must never be served under one key."""

import types

import pytest

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


@pytest.mark.parametrize(
    "options, message",
    [
        ({"maxnreg": "x"}, "maxnreg must be an int; got 'x'"),
        ({"enable_fp_fusion": "no"}, "enable_fp_fusion must be a bool; got 'no'"),
        ({"warp_size": 64}, "warp_size must be 32; got 64"),
        ({"extern_libs": {"a": "b"}}, "the option extern_libs cannot be used"),
        ({"num_warps": 3}, "num_warps must be a power of 2 from 1 to 32; got 3"),
    ],
)
def test_options_that_would_be_ignored_are_refused(options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        compiler.parse_options(options)
