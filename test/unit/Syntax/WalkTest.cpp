//===- WalkTest.cpp - Looking at every node -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/Walk.h"
#include "test/unit/Syntax/Parsing.h"

#include <gtest/gtest.h>

using namespace tegula;
using namespace tegula::testing;

namespace {

std::string names(const ast::Node &node) {
  std::string out;
  ast::walk(node, [&](const ast::Node &node) {
    if (auto *name = node.as<ast::Name>())
      out += std::string(name->id) + " ";
    return !node.is<ast::Lambda>();
  });
  return out;
}

} // namespace

TEST(Walk, ReachesEveryName) {
  Parsed parsed("@a\n"
                "def f(p: b = c, *q: d, r=e, **s: g) -> h:\n"
                "    if i and (j := k) < l <= m: return [n for o in p if q]\n"
                "    for r in s:\n"
                "        t[u:v, w] += {x: y, **z}\n"
                "    else:\n"
                "        a1.b = f'{c1:{d1}}'\n"
                "    with e1 as g1: del h1\n"
                "    try: raise i1 from j1\n"
                "    except k1: assert l1, m1\n"
                "    finally: n1(o1, *p1, q=q1, **r1)\n"
                "    match s1:\n"
                "        case [t1.u, v, {'k': w1.x}] if y1: await z1\n");
  ASSERT_TRUE(parsed.tree) << parsed.errors();
  EXPECT_EQ(names(*parsed.tree->module), "a b d e g c h i k j l m p o q n s r t u v w x y z c1 d1 a1 e1 g1 h1 i1 j1 "
                                         "k1 l1 m1 n1 o1 p1 q1 r1 s1 t1 w1 y1 z1 ");
}

TEST(Walk, SkipsWhatTheVisitorDeclines) {
  Parsed parsed("x = lambda y: z");
  EXPECT_EQ(names(*parsed.tree->module), "x ");
}
