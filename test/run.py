"""Runs the unit, lit and Python tests (and fuzz targets) and prints their totals.

The last line is `N passed, N failed, N skipped`; the exit status says whether anything failed. A suite that runs no
test, or that dies before it reports, counts as one failure.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Totals:
    """Counts of one suite."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def run_unit(build, reports):
    """Runs every GoogleTest program in build/test/unit."""
    totals = Totals()
    programs = sorted(p for p in (build / "test" / "unit").iterdir() if p.is_file() and os.access(p, os.X_OK))
    for program in programs:
        report = reports / f"{program.name}.json"
        run = subprocess.run([program, "--gtest_brief=1", f"--gtest_output=json:{report}"], cwd=ROOT)
        if not report.exists():
            print(f"{program.name} died with status {run.returncode} before it reported")
            totals.failed += 1
            continue
        before = totals.failed
        for suite in json.loads(report.read_text())["testsuites"]:
            for case in suite["testsuite"]:
                if case.get("failures"):
                    totals.failed += 1
                elif case["result"] == "SKIPPED" or case["status"] == "NOTRUN":
                    totals.skipped += 1
                else:
                    totals.passed += 1
        if run.returncode and totals.failed == before:
            print(f"{program.name} ended with status {run.returncode} after its tests")
            totals.failed += 1
    return totals


def run_lit(build, reports, paths):
    """Runs lit over test/ (or the given paths below it)."""
    report = reports / "lit.json"
    lit = pathlib.Path(sys.executable).parent / "lit"
    subprocess.run([lit, "-sv", "-o", report, *(paths or [ROOT / "test"])], cwd=ROOT)
    totals = Totals()
    if not report.exists():
        return Totals(failed=1)
    for case in json.loads(report.read_text())["tests"]:
        if case["code"] in ("PASS", "XFAIL", "FLAKYPASS"):
            totals.passed += 1
        elif case["code"] in ("UNSUPPORTED", "SKIPPED", "EXCLUDED"):
            totals.skipped += 1
        else:
            totals.failed += 1
    return totals


def run_python(build, reports, extra):
    """Runs pytest over test/python and kernels/."""
    report = reports / "pytest.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", f"--junitxml={report}"]
    subprocess.run([*command, *(extra or ["test/python", "kernels"])], cwd=ROOT)
    if not report.exists():
        return Totals(failed=1)
    suite = ElementTree.parse(report).getroot().find("testsuite")
    count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"]
    return Totals(count["tests"] - failed - count["skipped"], failed, count["skipped"])


def run_fuzz(folder, seconds):
    """Runs each fuzz target for some seconds on its committed corpus; a finding is left in build/fuzz."""
    totals = Totals()
    for target in sorted(p for p in folder.iterdir() if p.name.endswith("Fuzz")):
        corpus = folder.parent / "corpus" / target.name
        corpus.mkdir(parents=True, exist_ok=True)
        seeds = ROOT / "test" / "fuzz" / "corpus"
        print(f"{target.name}: {seconds} s", flush=True)
        command = [target, f"-max_total_time={seconds}", "-rss_limit_mb=4096", "-timeout=20", "-print_final_stats=1",
                   f"-artifact_prefix={folder.parent}/", corpus, seeds]
        run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = run.stdout.splitlines()
        print("\n".join(line for line in lines if "number_of_executed_units" in line or "DONE" in line))
        if run.returncode:
            print("\n".join(lines[-60:]))
            totals.failed += 1
        else:
            totals.passed += 1
    return totals


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--fuzz", type=pathlib.Path, help="folder of the fuzz targets; without it they do not run")
    parser.add_argument("--fuzz-seconds", type=int, default=60)
    parser.add_argument("--only", choices=["unit", "lit", "python", "fuzz"], help="run one suite")
    parser.add_argument("paths", nargs="*", help="with --only: lit or pytest paths")
    options = parser.parse_args()
    reports = options.build / "test" / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    for old in reports.iterdir():
        old.unlink()
    suites = {
        "unit": lambda: run_unit(options.build, reports),
        "lit": lambda: run_lit(options.build, reports, options.paths),
        "python": lambda: run_python(options.build, reports, options.paths),
    }
    if options.fuzz:
        suites["fuzz"] = lambda: run_fuzz(options.fuzz, options.fuzz_seconds)
    total, lines = Totals(), []
    for name, suite in suites.items():
        if options.only not in (None, name):
            continue
        print(f"---- {name} tests", flush=True)
        start = time.monotonic()
        result = suite()
        if not result.passed + result.failed + result.skipped:
            print(f"no {name} test ran")
            result.failed = 1
        total.add(result)
        lines.append(f"{name} tests: {result} ({time.monotonic() - start:.0f} s)")
    print("----")
    print("\n".join(lines))
    print(total)
    sys.exit(1 if total.failed or not total.passed else 0)


if __name__ == "__main__":
    main()
