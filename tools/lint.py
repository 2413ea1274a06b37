"""Checks that need no compiler: format, file headers, sizes, words that promise unfinished work. `tools/dev lint`."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LICENCE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"


def tracked(*patterns):
    run = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in run.stdout.splitlines()]


def main():
    complaints = []
    cxx = tracked("*.cpp", "*.h")
    for path in cxx + tracked("*.td"):
        text, name = path.read_text(), path.relative_to(ROOT)
        if LICENCE not in text[:600]:
            complaints.append(f"{name}:1: no licence line: {LICENCE}")
        if (lines := text.count("\n")) > 800:
            complaints.append(f"{name}: {lines} lines; look for the seam")
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                complaints.append(f"{name}:{number}: unfinished work without an issue to its name")
    run = subprocess.run(["clang-format-22", "--dry-run", "-Werror", *cxx], capture_output=True, text=True)
    complaints += [line for line in run.stderr.splitlines() if ": error:" in line]
    ruff = pathlib.Path(sys.executable).parent / "ruff"
    run = subprocess.run([ruff, "check", "-q", "--output-format", "concise", "."], cwd=ROOT, capture_output=True, text=True)
    complaints += run.stdout.splitlines()
    print("\n".join(complaints) or "nothing to complain about")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
