"""The parser against CPython's: every file of the running interpreter's standard library, the whole tree with places.

`tegula-ast` prints trees in the form of `ast.dump`; here the same text is made from CPython's own tree, and the two are
compared as strings. What differs on purpose, and is evened out before:

* CPython before 3.12 gives useless places inside f-strings: there they are left out on both sides;
* Tegula has no table of character names: `\\N{...}` stays in the text, marked, and is looked up here;
* Tegula does not apply NFKC to identifiers;
* CPython 3.12 leaves empty constants in some f-string format specs.
"""

import ast
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
import tokenize
import unicodedata
import warnings

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ.get("TEGULA_AST", ROOT / "build" / "bin" / "tegula-ast"))
PLACES_IN_FSTRINGS = sys.version_info >= (3, 12)
# Their authors wrote them to be too much for any parser.
MAY_BE_TOO_DEEP = {"lib2to3/tests/data/infinite_recursion.py"}

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)


@pytest.fixture(autouse=True, scope="module")
def tool():
    assert TOOL.exists(), f"{TOOL} is not built (ninja tegula-ast)"


class Dumper:
    """`ast.dump(tree, include_attributes=True)` in the form of 3.12, with ascii() for repr()."""

    def __init__(self, places=True, places_in_fstrings=PLACES_IN_FSTRINGS):
        self.places = places
        self.in_fstrings = places_in_fstrings
        self.depth = 0
        self.fields = {}

    def fields_of(self, cls):
        names = [name for name in cls._fields if name != "type_comment"]
        if cls.__name__ in ("FunctionDef", "AsyncFunctionDef", "ClassDef") and "type_params" not in names:
            names.append("type_params")
        place = bool(cls._attributes)
        self.fields[cls] = found = (cls.__name__, names, place, cls is ast.JoinedStr)
        return found

    def dump(self, node):
        out = []
        self.node(node, out.append)
        return "".join(out)

    def node(self, node, put):
        cls = node.__class__
        name, fields, place, is_fstring = self.fields.get(cls) or self.fields_of(cls)
        put(name)
        put("(")
        separator = ""
        if is_fstring:
            self.depth += 1
        for field in fields:
            value = getattr(node, field, None)
            if value is None:
                if field == "type_params":
                    value = []
                elif not (field == "value" and name in ("Constant", "MatchSingleton")):
                    continue
            put(separator)
            put(field)
            put("=")
            separator = ", "
            if isinstance(value, ast.AST):
                self.node(value, put)
            elif value.__class__ is list:
                if is_fstring:
                    value = [item for item in value if not (isinstance(item, ast.Constant) and item.value == "")]
                put("[")
                comma = ""
                for item in value:
                    put(comma)
                    comma = ", "
                    if isinstance(item, ast.AST):
                        self.node(item, put)
                    else:
                        put(ascii(item))
                put("]")
            else:
                put(ascii(value))
        if is_fstring:
            self.depth -= 1
        if place and self.places and (self.in_fstrings or self.depth == 0):
            put(
                f"{separator}lineno={node.lineno}, col_offset={node.col_offset}, "
                f"end_lineno={node.end_lineno}, end_col_offset={node.end_col_offset}"
            )
        put(")")


def cpython_tree(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def tegula_lines(paths, *options):
    """Yields (path, tree or diagnostics) of many files, one process for all."""
    command = [TOOL, "--lines", "--positions", *([] if PLACES_IN_FSTRINGS else ["--no-fstring-positions"]), *options, "-"]
    run = subprocess.run(command, input="\n".join(map(str, paths)), capture_output=True, encoding="ascii", errors="replace")
    assert run.returncode in (0, 1), run.stderr
    for line in run.stdout.splitlines():
        yield line.split("\t", 1)


NAMED = re.compile(r"Constant\(value=('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"), named_escapes=True")
IDENTIFIER = re.compile(r"\b(id|name|arg|attr|asname|rest)=('(?:[^'\\]|\\.)*\\[xuU](?:[^'\\]|\\.)*')")


def look_up_names(dump):
    def replace(match):
        text = ast.literal_eval(match[1])
        return "Constant(value=" + ascii(re.sub(r"\\N\{([^}]+)\}", lambda name: unicodedata.lookup(name[1]), text))

    return NAMED.sub(replace, dump)


def normalize_identifiers(dump):
    return IDENTIFIER.sub(lambda m: f"{m[1]}={ascii(unicodedata.normalize('NFKC', ast.literal_eval(m[2])))}", dump)


def difference(expected, got):
    at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b), min(len(expected), len(got)))
    return f"\n  CPython ...{expected[max(0, at - 200):at + 120]}\n  Tegula  ...{got[max(0, at - 200):at + 120]}"


def same(expected, got):
    """Is Tegula's dump CPython's, but for the differences that are meant?"""
    return (
        got == expected
        or (got := look_up_names(got)) == expected
        or normalize_identifiers(got) == expected
    )


def compare_files(entries, folder):
    """Compares (name, path) pairs. Returns (compared, refused by CPython too, failures)."""
    compared, refused, failures, paths, expected = 0, 0, [], [], {}
    for name, path in entries:
        raw = path.read_bytes()
        try:
            with tokenize.open(path) as file:
                text = file.read()
            tree = cpython_tree(text)
        except (SyntaxError, UnicodeDecodeError, ValueError):
            refused += 1
            continue
        if text.encode("utf-8", "replace") != raw.removeprefix(b"\xef\xbb\xbf"):
            # Another encoding: hand over what CPython decoded.
            path = folder / f"{len(expected)}-{os.getpid()}.py"
            path.write_text(text, encoding="utf-8", newline="")
        paths.append(path)
        expected[str(path)] = (name, Dumper().dump(tree))
    seen = 0
    for path, got in tegula_lines(paths):
        seen += 1
        name, want = expected[path]
        if got.startswith("!"):
            diagnostic = json.loads(got[1:])[0]
            if diagnostic["kind"] == "too-deeply-nested" and name in MAY_BE_TOO_DEEP:
                continue
            failures.append(f"{name}: refused: {diagnostic['rendered']}")
        elif not same(want, got):
            failures.append(f"{name}: trees differ{difference(want, look_up_names(got))}")
        else:
            compared += 1
    if seen != len(paths):
        failures.append(f"tegula-ast gave {seen} trees for {len(paths)} files")
    return compared, refused, failures


def standard_library():
    root = pathlib.Path(sysconfig.get_path("stdlib"))
    for path in sorted(root.rglob("*.py")):
        if "site-packages" not in path.parts and "dist-packages" not in path.parts:
            yield path.relative_to(root).as_posix(), path


def compare_library(limit):
    """Compares files, smallest work first, until `limit` seconds have passed."""
    entries = list(standard_library())
    # Tests of the library come last: they are half of it.
    entries.sort(key=lambda entry: ("test/" in entry[0], entry[0]))
    chunks = [entries[i : i + 24] for i in range(0, len(entries), 24)]
    compared, refused, failures, start = 0, 0, [], time.monotonic()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ProcessPoolExecutor() as pool:
        pending = [pool.submit(compare_files, chunk, pathlib.Path(folder)) for chunk in chunks]
        for future in pending:
            if time.monotonic() - start > limit:
                future.cancel()
                continue
            result = future.result()
            compared, refused, failures = compared + result[0], refused + result[1], failures + result[2]
    return compared, refused, failures, len(entries)


def test_standard_library_gives_the_trees_of_cpython():
    compared, refused, failures, total = compare_library(float(os.environ.get("TEGULA_SYNTAX_SECONDS", 50)))
    print(f"{compared} files compared, {refused} that CPython refuses, of {total}")
    assert not failures, f"{len(failures)} files differ\n" + "\n".join(failures[:5])
    assert compared >= min(300, total // 2), f"only {compared} of {total} files were compared"
