"""kernels/bench/run.py keeps what it measured when a part fails; what it does with a GPU is not tested here."""

import importlib
import json
import pathlib
import sys
import types

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
bench = importlib.import_module("kernels.bench.run")


def row(kernel, speedup):
    return {"kernel": kernel, "speedup": {"triton": speedup}}


@pytest.fixture
def run(tmp_path):
    return bench.Run(tmp_path / "results" / "gpu.json", {"rows": [], "failures": {}})


def stored(run):
    return json.loads(run.path.read_text())


@pytest.fixture
def made_up(monkeypatch):
    """Adds a module kernels.made_up.bench with the given `rows`."""

    def add(rows):
        module = types.ModuleType("kernels.made_up.bench")
        module.rows = rows
        monkeypatch.setitem(sys.modules, "kernels.made_up", types.ModuleType("kernels.made_up"))
        monkeypatch.setitem(sys.modules, "kernels.made_up.bench", module)

    return add


def test_rows_before_a_failure_are_kept(run, made_up):
    def rows(copy):
        yield row("made_up", 2.0)
        raise RuntimeError(f"no more with {copy}")

    made_up(rows)
    assert not run.part("made_up", lambda: run.kernel("made_up", 7))
    assert stored(run)["rows"] == [row("made_up", 2.0)]
    assert stored(run)["failures"] == {"made_up": "RuntimeError: no more with 7"}


def test_a_failure_is_one_line_without_paths_of_the_machine():
    text = f"{bench.ROOT}/kernels/a.py:1:2: note: see\n{bench.ROOT}/kernels/a.py:3:4: error: wrong\n  code"
    assert bench.reason(ValueError(text)) == "ValueError: kernels/a.py:3:4: error: wrong"
    assert bench.reason(ValueError()) == "ValueError: "


def test_a_part_that_works_again_takes_the_place_of_its_failure(run, made_up):
    run.results["rows"] = [row("made_up", 1.0), row("other", 4.0)]
    run.results["failures"] = {"made_up": "RuntimeError: before", "softmax": "RuntimeError: still"}
    made_up(lambda copy: iter([row("made_up", 2.0), row("made_up", 8.0)]))
    assert run.part("made_up", lambda: run.kernel("made_up", 7))
    assert stored(run)["rows"] == [row("other", 4.0), row("made_up", 2.0), row("made_up", 8.0)]
    assert stored(run)["failures"] == {"softmax": "RuntimeError: still"}
    assert stored(run)["geomean_speedup"] == {"other": {"triton": 4.0}, "made_up": {"triton": 4.0}}


def test_latencies_before_a_failure_are_kept(run, monkeypatch):
    def launches(result):
        result["median_us"] = {"driver": 3.5}
        sys.exit("no Triton")

    latency = types.ModuleType("kernels.bench.latency")
    latency.launches = launches
    monkeypatch.setitem(sys.modules, "kernels.bench.latency", latency)
    monkeypatch.setattr(sys.modules["kernels.bench"], "latency", latency, raising=False)
    assert not run.part("launch", lambda: run.latency("launch_us", "launches"))
    assert stored(run)["launch_us"] == {"median_us": {"driver": 3.5}}
    assert stored(run)["failures"] == {"launch": "SystemExit: no Triton"}
