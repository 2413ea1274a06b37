# IdentifierTables.py - Makes IdentifierTables.inc from Python's own tables.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#   python3 lib/Syntax/IdentifierTables.py > lib/Syntax/IdentifierTables.inc
#
# Characters that start an identifier, and those that may only continue one.


def intervals(accept):
    first = None
    for c in range(0x80, 0x110001):
        ok = c <= 0x10FFFF and accept(chr(c))
        if ok and first is None:
            first = c
        elif not ok and first is not None:
            yield first, c - 1
            first = None


def table(name, accept):
    print(f"const Interval {name}[] = {{")
    row = []
    for first, last in intervals(accept):
        row.append(f"{{0x{first:X}, 0x{last:X}}},")
        if len(row) == 4:
            print("    " + " ".join(row))
            row = []
    if row:
        print("    " + " ".join(row))
    print("};")


print("// Made by IdentifierTables.py; do not edit.")
print("// clang-format off")
table("identifierStart", str.isidentifier)
table("identifierContinue", lambda c: ("a" + c).isidentifier() and not c.isidentifier())
