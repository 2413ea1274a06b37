from __future__ import annotations
from ..a import (b as c, d,)
import e.f as g, h
async def f(a, /, b: int = 1, *c: *T, d, e=2, **k) -> None:
    async with (a as b, c,): await d
    async for x, *y in z: yield x; yield from y
    else: return
class C[T: int, *Ts, **P](B, metaclass=M):
    x: int = 0; (y): str
    type A[T] = list[T]
try:
    del a, b[1:2, ::3], c.d; raise E from e
except* (A, B) as e:
    global g
finally: nonlocal_ = 1; assert x, "y"
with open(x) as f, (yield): pass
while (n := n - 1) > 0 and not x is not y not in z:
    if a: continue
    elif b: break
    else: ...
match x, *y:
    case [1, -2.5 + 3j, *_] | {"k": v, **r} | C(a, b=c) as d if e: pass
    case "s" | None | a.b | (c) | _: pass
a = b, *c = [{**d, e: f}, {g, *h}, [i for j in k if l async for m in n], {o: p for q in r}]
a @= (s for t in u); a //= lambda v, *w, x=1, **y: z if a else b; a **= ~b ** -c << 0x_ff >> 0b1 | 1_0.5e-3J ^ .5 & 0o7
f(*a, b, c=d, **e)(x for x in y)[1:2:3, *z, ...]
