"""Every example in an operation's description parses and verifies as written.

An example names values that it does not define. They are defined behind it, in a module (whose body may use what comes
later), with the type that the parser says the example uses them with.
"""

import os
import pathlib
import re
import subprocess
import textwrap

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("TEGULA_BUILD_DIR", ROOT / "build"))


def examples():
    """(file and operation, text) of each example; operations without one fail the test below."""
    for path in sorted((ROOT / "dialects").glob("*/IR/*Ops.td")):
        for match in re.finditer(r"^def (\w+Op)\b.*?^}", path.read_text(), flags=re.M | re.S):
            blocks = re.findall(r"Example:\s*```mlir\n(.*?)```", match.group(0), flags=re.S)
            yield pytest.param([textwrap.dedent(b) for b in blocks], id=f"{path.stem}-{match.group(1)}")


def parse(text):
    """Runs tegula-opt over a module; (ok, what it said)."""
    tool = BUILD / "bin" / "tegula-opt"
    command = [tool, "--allow-unregistered-dialect", "-o", os.devnull]
    run = subprocess.run(command, input=text, capture_output=True, text=True)
    return run.returncode == 0, run.stderr


def undefined_names(text):
    defined = set()
    for left in re.findall(r"^\s*((?:%\w+(?::\d+)?\s*,\s*)*%\w+(?::\d+)?)\s*=", text, flags=re.M):
        defined.update(name.split(":")[0] for name in re.findall(r"%\w+(?::\d+)?", left))
    defined.update(re.findall(r"(%\w+)\s*:\s*[^,)]+[,)]", "".join(re.findall(r"\^\w+\([^)]*\)", text))))
    return sorted(set(re.findall(r"%\w+", text)) - defined)


@pytest.mark.parametrize("blocks", list(examples()))
def test_example_parses(blocks):
    assert blocks, "the description has no example"
    for block in blocks:
        types = {name: "i1" for name in undefined_names(block)}
        for _ in range(2 * len(types) + 1):
            text = block + "".join(f'{name} = "test.value"() : () -> {kind}\n' for name, kind in types.items())
            ok, said = parse(text)
            if ok:
                break
            name = re.search(r"definition of SSA value '(%\w+)#0'", said)
            kind = re.search(r"previously used here with type '(.*)'", said)
            assert name and kind, f"{block}\n{said}"
            types[name.group(1)] = kind.group(1)
        assert ok, f"{block}\n{said}"
