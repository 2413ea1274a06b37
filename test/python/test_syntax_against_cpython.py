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
import random
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
    if not TOOL.exists() and not (ROOT / "CMakeLists.txt").exists():
        pytest.skip("a package without the developers' tool tegula-ast")
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


# ---- Small sources: each must get CPython's verdict, and its tree. ¶ stands for a line break, » for a tab. ------------

ACCEPTED = r"""
x = (yield)
a, *b = c, *d = *e, f
*a = x
a[b, *c, ::2, d:e, (f := g):h] = 1
a[(f := g):h], a[f := g], a[*b], a[:], a[::], a[b:], a[:c], a[b:c:d]
{(a := b): c, **d}
{*a, b}
{}, {a: b}, {a: b for c in d}, {a for b in c}, {**a}
[], [a,], (), (a,), (a), [*a], (*a,), (a for b in c), [a for b in c if d if e]
f(a, *b, c, d=e, *g, **h, i=j)
f(x for x in y)
f(a := b, c)
class C(A, metaclass=M, *B, **k): pass
class C: x
class C(): x; y
lambda: (yield)
lambda a, /, b=1, *, c, d=2, **e: a
lambda *a, b: 0
lambda *, a: 0
lambda **k: 0
lambda a=lambda b: c: d
x = a if b else lambda: c if d else e
not a in b is not c
a < b == c != d <= e >= f > g not in h in i is j is not k
-a ** -b ** ~c
a @ b * c / d // e % f + g - h << i >> j & k ^ l | m
await_ = 1; match = 2; case = 3; type = 4; _ = 5
match[a:b]
match(x)
match.a = match * x
match, case = 1, 2
print(match, case, type)
type.x = 1
type(x)
if a:pass;
if a: b¶elif c: d¶elif e: f¶else: g
while a: b¶else: c
for x, in y: break;
for (x) in y: pass
for x[0], *y.z in a, *b: continue
for x in *a, b: pass¶else: c
with a, b as c: pass
with (a, b): pass
with (a, b) as c: pass
with (a as b): pass
with (a as b, c as (d, e),): pass
with (a), (b): pass
with (yield): pass
with (a := b): pass
with (a, b).c as d, e: pass
with (a)(b): pass
with (*a, b): pass
with (a for a in b): pass
with a as (b): pass
with a as [b, *c]: pass
try: a¶except: b¶else: c¶finally: d
try: a¶finally: b
try: a¶except* (A, B) as e: b¶except *C: d
try: a¶except A as e: b¶except B: c¶except: d
from . import a
from ... import a as b, c
from ....a.b import *
from a import (b, c as d,)
import a.b.c as d, e
del a, (b, c), [d], e.f, g[h]
del (a), b,
del ()
assert a, b
raise
raise a from b
global a, b
nonlocal c
x: int
x.y: int = 1
x[0]: (yield)
(x): int
x: a = yield b
x: a = *b, c
x = y = yield z
x += yield
x @= 1; x //= 2; x >>= 3; x **= 4
return_ = [a async for a in b if c if d for e in f]
def f(): return *a, b
@a.b[c](d)¶@(e := f)¶async def g(): await h
@a¶class C: pass
def f(a, b: int = 1, /, c=2, *d: int, e, f=3, **g: str) -> int: return *a, b
def f(*, a): ...
def f(*args: *Ts): ...
def f(a, b=1, /): ...
def f(a, /, *, b): ...
async def f():¶    async with a as b, c: pass¶    async for d in e: pass¶    else: pass
def f():¶  '''doc'''¶¶  # comment¶  if a:¶    return¶¶# far¶  b
0xFF, 0b1_01, 0o7_7, 1_000, 1e5, 1.5E-3, .5, 5., 1j, 0_0, 1e400, 5e-324, 0x1_0000_0000_0000_0000_0000
1.0, 0.1, 1e16, 1e15, 123456789012345678.0, 1e-4, 1e-5, 1e22, 1e23, 2.2250738585072014e-308, 1e16j, 0.5j
1if a else 2
1or 2
0x1for x in y
1_0.0_1e1_0J
'a' "b" r'\n' '\n\x41\u00e4\U0001F600\101\q\777' '''x¶y'''
b'a\xff\0\777' rb'\d' B"\¶c"
'it\'s' "say \"x\"" 'both " and \''
b'\'"' b"it's"
u'a' 'b'
'a' u'b'
'\ud800'
'a\¶b'
f'{x}{y!r}{z:>{w}.{p}}{{}}'
f'{x = }' f'{y=!s:a}' f"{z=:b}" 'c' f''
f'{x!r:^{width}}' rf'\{x}' f'\N{DEGREE SIGN}{x}'
f'{lambda_}{(lambda: 1)}{a["b"]}{yield_}{ {1: 2}[1] }'
f'''{¶a¶}'''
f'''a¶b{c}¶d'''
f'{a,}{*b,}{(yield)}'
f'{a!=b}{a==b}{a<=b}{a:=5}'
f'{{' f'}}' f'{{{a}}}'
f'a\¶b{x}' rf'a\¶b{x}'
match x:¶    case 1 | -2.5 | 3 + 4j | -1 - 2j: pass
match x:¶    case "a" 'b' | b'c': pass
match x:¶    case None | True | False: pass
match x:¶    case a.b.c: pass
match x:¶    case [a, *_, b] | (c, d) | [] | (): pass
match x:¶    case (a): pass¶    case (a,): pass
match x:¶    case {'a': b, 1: c, None: d, e.f: g, **h}: pass
match x:¶    case {**r}: pass¶    case {}: pass
match x:¶    case A(): pass¶    case A.B(c, d=e,): pass
match x:¶    case a as b if b > 1: pass
match x:¶    case (1 | 2) as c: pass
match x:¶    case *a, b: pass¶    case _: pass
match *a, b:¶    case c, : pass
match (a, b):¶    case [*_]: pass
match -x:¶    case -1: pass
match match:¶    case case: pass
match x,:¶    case y: pass
match x:¶    case f'{a}': pass
match {a: b}:¶    case _: pass
match (yield):¶    case _: pass
if (a :=¶    1): pass
λ = ünï = 1
x = 1 \¶  + 2
if a:¶»tab¶»if b:¶»»tabs
x = [¶  a, # comment¶¶  b,¶]
"""

ACCEPTED_FROM_3_12 = r"""
type X = int
type X[T, *Ts, **P] = dict[T, P]
type type = type
def f[T: (int, str)](a: T) -> T: ...
async def f[T,](): ...
class C[T](B): ...
class C[*Ts]: ...
f'{f'{x}'}' f"{d["k"]}" f'{'\n'.join(a)}'
f'{x # comment¶}'
f'{x = # comment¶}'
f'{a:{b:{c}}}'
"""

REFUSED = r"""
x =
x = = 1
(a, b
a)
(]
f(a b)
f(a=1, b)
f(**a, b)
f(**a, *b)
f(a for a in b, c)
f(c, a for a in b)
f(a for a in b,)
f(a=b for b in c)
f(a.b=1)
f((a)=1)
f(a=b := c)
def f(a=1, b): pass
def f(*): pass
def f(*, **k): pass
def f(/): pass
def f(a, /, b, /): pass
def f(*a, *b): pass
def f(*a, /): pass
def f(**k, a): pass
def f(*a=1): pass
def f(a b): pass
def f((a)): pass
lambda *: 0
lambda a: int: 0
lambda (a): 0
if x = 1: pass
if x:
if x:¶y
while True
for x y: pass
for 1 in x: pass
for f() in x: pass
for x in y
else: pass
try: pass
try: pass¶else: pass
except: pass
try: a¶except: b¶except* C: d
try: a¶except*: b
try: a¶except A, B: b
f() = 1
a + b = 1
(a, 1) = x
a, b += 1
a = b += 1
(a, b): int
[a]: int
x: int: str
1 = x
None = 1
(a if b else c) = 1
x.None
del f()
del *a
del a + b
with a as f(): pass
with (a as b) as c: pass
with a as b, : pass
import a.
import a as b.c
from a import
from a import b,
from a import (b
from a import ()
from . import *, a
class 1: pass
class C(x for x in y): pass
def None(): pass
(*a)
(*a for a in b)
[*a for a in b]
{**a for a in b}
{a: b, c}
{a, b: c}
{a := b: c}
{a: b, c := d: e}
{a: *b}
a[b := c:d]
a[]
a[*]
a = b := c
a := b
yield = 1
x = yield = 1
not
a not b
a is is b
a <> b
a ? b
a $ b
a!
012
1__0
1_
0x
0b2
0o8
1e
1abc
'abc
"abc'
'''abc
b'ä'
'a' b'b'
'\x4'
'\u12'
'\U00110000'
'\N{'
f'{'
f'}'
f'{}'
f'{ }'
f'{x!}'
f'{x!z}'
f'{x'
f'{a b}'
f'{lambda x: 1}'
f'{*}'
f'{=}'
f'{a' 'b}'
x = 1 \ 2
match x:
match x:¶    pass
match x:¶    case a.b as _: pass
match x:¶    case 1 + 2: pass
match x:¶    case *a: pass
match x:¶    case (*a): pass
match x:¶    case A(b=c, d): pass
match x:¶    case {a: b}: pass
match x:¶    case {**a, 'b': c}: pass
match x:¶    case a as b.c: pass
match x:¶    case -a: pass
match x:¶    case a + 1: pass
match x:¶    case a:¶    b
if a:¶    b¶  c
if a:¶        b¶»c
a¶    b
@a
@a¶x = 1
async x
async def
async with a
await
print 'a'
return return
pass x
break 1
assert
raise from a
global
global a.b
→
x = “a”
lambda x, x=: 0
a if b
a if b else
[a, b
{a: }
{: a}
a..b
a.1
*
**a
f(**)
f(*)
f(,)
(,)
[,]
a,,b
a;;b
;
"""


def sources(*texts):
    lines = [line for text in texts for line in text.strip("\n").split("\n")]
    return [line.replace("¶", "\n").replace("»", "\t") + "\n" for line in lines]


def tegula_dumps(texts, folder):
    """Tegula's tree of each text, or None where it is refused."""
    paths = [folder / f"{i}.py" for i in range(len(texts))]
    for path, text in zip(paths, texts):
        path.write_text(text, encoding="utf-8", newline="")
    dumps = [got for _, got in tegula_lines(paths, "--no-indented")]
    return [None if got.startswith("!") else got for got in dumps]


def cpython_dump(text):
    try:
        return Dumper().dump(cpython_tree(text))
    except (SyntaxError, ValueError):
        return None


def test_every_construct_gives_the_tree_of_cpython(tmp_path):
    texts = sources(ACCEPTED, *([ACCEPTED_FROM_3_12] if PLACES_IN_FSTRINGS else []))
    wrong = []
    for text, got in zip(texts, tegula_dumps(texts, tmp_path), strict=True):
        expected = cpython_dump(text)
        assert expected is not None, f"CPython refuses {text!r}"
        if got is None or not same(expected, got):
            wrong.append(f"{text!r}: " + (difference(expected, look_up_names(got)) if got else "refused"))
    assert not wrong, "\n".join(wrong)


def test_newer_syntax_is_accepted_whatever_python_runs(tmp_path):
    texts = sources(ACCEPTED_FROM_3_12)
    assert None not in tegula_dumps(texts, tmp_path)


def test_what_cpython_refuses_is_refused(tmp_path):
    texts = sources(REFUSED)
    for text, got in zip(texts, tegula_dumps(texts, tmp_path), strict=True):
        assert cpython_dump(text) is None, f"CPython accepts {text!r}"
        assert got is None, f"accepted: {text!r}"


# ---- Statements of the library with a few tokens changed --------------------------------------------------------------

TOKEN = re.compile(
    r"\n[ \t]*|[A-Za-z_]\w*|\d[\w.]*|\"\"\"|'''|[ \t]+|\*\*=?|//=?|<<=?|>>=?|[-+*/%@&|^<>=!:]=|->|\.\.\.|.", re.S
)
INSERTED = """( ) [ ] { } , : ; . = := == + - * ** / @ ~ not and or if else for in lambda yield await async 1 x 'a' b'' None
True import from as with match case def class return del pass is -> ... ! global raise try: except finally elif""".split()


def mutations(count, random):
    """Sources near to ones that parse."""
    files = [path for name, path in standard_library() if "/" not in name]
    texts = []
    while len(texts) < count:
        text = random.choice(files).read_text(encoding="utf-8", errors="replace")
        tree = cpython_tree(text)
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.end_lineno - node.lineno < 12]
        lines = text.split("\n")
        for node in random.sample(nodes, min(30, len(nodes))):
            part = lines[node.lineno - 1 : node.end_lineno]
            margin = len(part[0]) - len(part[0].lstrip())
            tokens = TOKEN.findall("\n".join(line[margin:] if not line[:margin].strip() else line for line in part))
            for _ in range(random.choice([1, 1, 2, 3])):
                at = random.randrange(len(tokens))
                change = random.randrange(4)
                if change == 0:
                    tokens[at] = ""
                elif change == 1:
                    tokens.insert(at, tokens[random.randrange(len(tokens))])
                else:
                    tokens[at] = (tokens[at] if change == 2 else "") + f" {random.choice(INSERTED)} "
            texts.append("".join(tokens) + "\n")
    return texts


def test_changed_statements_get_the_verdict_of_cpython(tmp_path):
    texts = mutations(2000, random.Random(20))
    accepted, wrong = 0, []
    for text, got in zip(texts, tegula_dumps(texts, tmp_path), strict=True):
        expected = cpython_dump(text)
        accepted += expected is not None
        if expected is None:
            # Older interpreters know less; Tegula does not look at the names of characters.
            if got is not None and PLACES_IN_FSTRINGS and "\\N" not in text:
                wrong.append(f"accepted: {text}")
        elif got is None:
            wrong.append(f"refused: {text}")
        elif not same(expected, got):
            wrong.append(text + difference(expected, look_up_names(got)))
    assert not wrong, f"{len(wrong)} differ\n" + "\n".join(wrong[:5])
    assert 300 < accepted < 1700, f"{accepted} accepted: the changes are too small or too large to say anything"


# ---- The comparison itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ours, theirs",
    [
        ("a + b", "a - b"),
        ("1", "1.0"),
        ("1", "True"),
        ("'a'", "b'a'"),
        ("a", "\n\na"),
        ("a,", "(a)"),
        ("(a)", "a"),
        ("x = 1", "x == 1"),
        (r"'\ud800'", r"'\ud801'"),
        ("f'{x}'", "f'{x!r}'"),
        ("1e300", "1.0000000000000002e300"),
        (r"'\N{DEGREE SIGN}'", r"'\N{MIDDLE DOT}'"),
        ("'a'", "u'a'"),
    ],
)
def test_different_trees_are_told_apart(tmp_path, ours, theirs):
    (got,) = tegula_dumps([ours], tmp_path)
    assert same(cpython_dump(ours), got)
    assert not same(cpython_dump(theirs), got)
