"""The table that kernels/bench/table.py generates: from made-up results, in a folder of the test's own."""

import importlib
import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
table = importlib.import_module("kernels.bench.table")


def entry(shape, triton, torch=None, **more):
    """A row of the results that took Tegula 50 us."""
    peers = {"triton": triton} | ({"torch": torch} if torch else {})
    return {
        "kernel": "rmsnorm", "shape": shape, "dtype": "bfloat16", "tegula_us": 50.0, "peers_us": peers,
        "speedup": {name: round(time / 50.0, 4) for name, time in peers.items()}, "share_of_copy": 0.95, **more,
    }  # fmt: skip


@pytest.fixture
def results():
    return {
        "device": "Made-up GPU", "date": "2026-01-02", "commit": "0123456789ab", "copy_GBps": 4000.0,
        "versions": {"tegula": "0.1.0", "triton": "3.6.0", "torch": "2.11.0"},
        "rows": [entry([16, 4096], 45.0, 1234.0), entry([8, 8192], 80.0, 100.0)],
        "launch_us": {"arguments": 13, "median_us": {"driver": 3.5, "tegula, C++": 3.6, "tegula": 5.25, "triton": 24.0},
                      "extra_us": {"tegula, C++": 0.1, "tegula": 1.75, "triton": 20.5}},
        "cold_compile": {
            "rmsnorm_4096": {"tegula_ms": 61.5, "triton_ms": 173.0, "tegula_to_ptx_ms": 17.25,
                             "triton_to_ptx_ms": None},
            "softmax_ms": {"tegula": {"4096": 70.0, "131072": 1500.0}, "triton": {"4096": 200.0}},
            "first_of_process": {"tegula": {"compile_ms": 120.0}, "triton": {"compile_ms": 900.0}},
            "tegulac": {"process_ms": 130.0, "peak_MiB": 120.5},
        },
    }  # fmt: skip


@pytest.fixture
def place(tmp_path, results):
    """(folder of results, README): one results file, and a README with text around empty markers."""
    folder, readme = tmp_path / "results", tmp_path / "README.md"
    folder.mkdir()
    (folder / "made-up-gpu.json").write_text(json.dumps(results))
    readme.write_text(f"# Title\n\n{table.BEGIN}\n{table.END}\n\n## Licence\n")
    return folder, readme


def run(place, *arguments):
    return table.main(["--results", str(place[0]), "--readme", str(place[1]), *arguments])


def test_the_table_is_written_between_the_markers(place):
    assert run(place) == 0
    text = place[1].read_text()
    assert text.startswith(f"# Title\n\n{table.BEGIN}\nRatio: ")
    assert text.endswith(f"\n{table.END}\n\n## Licence\n")
    assert "**Made-up GPU** (commit 0123456789ab, 2026-01-02, Triton 3.6.0, torch 2.11.0, copy 4,000 GB/s)\n" in text
    assert "| kernel | shape | dtype | Tegula, µs | Triton, µs | ratio | torch, µs | ratio | share of copy |\n" in text
    assert "| rmsnorm | 16×4096 | bf16 | 50.0 | 45.0 | 0.90 | 1,234 | 24.68 | 95 % |\n" in text
    assert "| rmsnorm | geometric mean |  |  |  | **1.200** |  | **7.026** |  |\n" in text


def test_every_line_of_a_table_has_as_many_cells_as_its_head(place, results):
    results["rows"].append({**entry([4, 4], 10.0), "threads": 2, "dtype": "float32"})
    del results["rows"][-1]["share_of_copy"]
    lines = table.rows_table(results["rows"])
    assert len({line.count("|") for line in lines}) == 1, lines


def test_launches_and_compiles_are_listed(place):
    run(place)
    text = place[1].read_text()
    assert "| the driver, from C | 3.50 |  |\n" in text
    assert "| Tegula, from Python | 5.25 | +1.75 |\n" in text
    assert "| rmsnorm, block 4096, loaded | 61.5 | 173 |\n" in text
    assert "| of which up to PTX | 17.2 |  |\n" in text
    assert "| softmax, block 131072 | 1,500 |  |\n" in text
    assert "| first compile of a process (rmsnorm) | 120 | 900 |\n" in text
    assert "130 ms for the whole process, 120 MiB at its peak" in text


def test_check_says_whether_readme_is_stale(place, results, capsys):
    assert run(place, "--check") == 1
    assert capsys.readouterr().err == "README.md's figures are stale: run kernels/bench/table.py\n"
    before = place[1].read_text()
    assert run(place) == 0
    assert place[1].read_text() != before
    assert run(place, "--check") == 0
    results["rows"][0]["tegula_us"] = 49.0
    (place[0] / "made-up-gpu.json").write_text(json.dumps(results))
    assert run(place, "--check") == 1


def test_writing_twice_changes_nothing(place, capsys):
    run(place)
    once = place[1].read_text()
    run(place)
    assert place[1].read_text() == once
    assert capsys.readouterr().out == "README.md: written\nREADME.md: nothing changed\n"


def test_results_of_a_cpu_have_a_column_of_threads(place):
    cpu = {
        "device": "Made-up CPU", "date": "2026-01-02", "commit": "0123456789ab", "flags": "-O3", "compiler": "gcc 12",
        "rows": [{"kernel": "rmsnorm", "shape": [1024, 4096], "dtype": "float32", "threads": threads,
                  "tegula_us": 2000.0, "peers_us": {"c": 1900.0}, "speedup": {"c": 0.95}, "share_of_copy": 0.9}
                 for threads in (1, 2)],
    }  # fmt: skip
    (place[0] / "a-cpu.json").write_text(json.dumps(cpu))
    run(place)
    text = place[1].read_text()
    assert text.index("Made-up CPU") < text.index("Made-up GPU")
    assert "| kernel | shape | dtype | threads | Tegula, µs | C loop, µs | ratio | share of copy |\n" in text
    assert "| rmsnorm | 1024×4096 | fp32 | 2 | 2,000 | 1,900 | 0.95 | 90 % |\n" in text
    assert "gcc 12, -O3" in text


def test_what_failed_is_said(place, results):
    results["failures"] = {"softmax": "RuntimeError: two\nlines"}
    results["rows"], results["launch_us"] = [], {}
    del results["cold_compile"]
    (place[0] / "made-up-gpu.json").write_text(json.dumps(results))
    run(place)
    text = place[1].read_text()
    assert "No kernel was measured." in text
    assert "Not measured: softmax: RuntimeError: two lines\n" in text


def test_a_readme_without_markers_is_refused(place, capsys):
    place[1].write_text("# Title\n")
    assert run(place) == 2
    assert "README.md must hold the lines" in capsys.readouterr().err
    assert place[1].read_text() == "# Title\n"


def test_no_results_yet(place):
    (place[0] / "made-up-gpu.json").unlink()
    assert run(place) == 0
    assert "No results are committed yet.\n" in place[1].read_text()


def test_the_committed_readme_is_not_stale():
    if not table.RESULTS.is_dir():
        pytest.skip("no results are committed")
    assert table.main(["--check"]) == 0
