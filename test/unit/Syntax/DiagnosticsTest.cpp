//===- DiagnosticsTest.cpp - Diagnostics look as promised -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/SourceManager.h"

#include <gtest/gtest.h>

using namespace tegula;

namespace {

/// One line of a file, number 21, and an error at bytes [begin, end) of it.
std::string render(std::string line, uint32_t begin, uint32_t end) {
  SourceManager sources;
  sources.add("softmax.py", std::move(line), 21);
  DiagnosticEngine diagnostics;
  diagnostics.error("test", {"softmax.py", {21, begin, 21, end}}, "wrong");
  return diagnostics.text(sources.lineLookup());
}

} // namespace

TEST(Diagnostics, ShowPlaceExcerptNotesAndHint) {
  SourceManager sources;
  sources.add("softmax.py", "    offs = tl.arange(0, N_COLS)\n", 21);
  DiagnosticEngine diagnostics;
  diagnostics
      .error("arange-length", {"softmax.py", {21, 12, 21, 32}}, "arange needs a power-of-two length; got 0..1000")
      .note({"softmax.py", {9, 5, 9, 11}}, "N_COLS is bound to 1000 here")
      .withHint("pass BLOCK = tegula.next_power_of_2(N_COLS) and mask the tail");
  EXPECT_EQ(diagnostics.text(sources.lineLookup()),
            "softmax.py:21:12: error: arange needs a power-of-two length; got 0..1000\n"
            "   21 |     offs = tl.arange(0, N_COLS)\n"
            "      |            ^~~~~~~~~~~~~~~~~~~~\n"
            "softmax.py:9:5: note: N_COLS is bound to 1000 here\n"
            "hint: pass BLOCK = tegula.next_power_of_2(N_COLS) and mask the tail\n");
  EXPECT_TRUE(diagnostics.hasErrors());
}

TEST(Diagnostics, NeedNoSourceAndNoPlace) {
  DiagnosticEngine diagnostics;
  diagnostics.warning("test", {"a.py", {3, 1, 3, 2}}, "the text is not known");
  diagnostics.remark("test", {"b.py", {}}, "the line is not known");
  diagnostics.error("test", {}, "nothing is known");
  EXPECT_EQ(diagnostics.text(), "a.py:3:1: warning: the text is not known\n"
                                "b.py: remark: the line is not known\n"
                                "error: nothing is known\n");
  EXPECT_EQ(diagnostics.errorCount(), 1u);
}

TEST(Diagnostics, ReferencesOutliveLaterReports) {
  DiagnosticEngine diagnostics;
  Diagnostic &first = diagnostics.error("test", {}, "first");
  for (int i = 0; i < 1000; ++i)
    diagnostics.remark("test", {}, "another");
  first.withHint("still here");
  EXPECT_EQ(diagnostics.all().front().hint, "still here");
}

TEST(Diagnostics, ExpandTabsUnderAndBeforeTheRange) {
  EXPECT_EQ(render("\tx =\ty", 2, 7), "softmax.py:21:2: error: wrong\n"
                                      "   21 |         x =     y\n"
                                      "      |         ^~~~~~~~~\n");
}

TEST(Diagnostics, CountCharactersNotBytes) {
  // Two bytes each: the caret stands under the third character.
  EXPECT_EQ(render("\u00e4\u00f6x", 5, 6), "softmax.py:21:3: error: wrong\n"
                                           "   21 | \u00e4\u00f6x\n"
                                           "      |   ^\n");
}

TEST(Diagnostics, GiveWideCharactersTwoColumnsAndMarksNone) {
  EXPECT_EQ(render("\u6f22\u5b57 + x", 1, 7), "softmax.py:21:1: error: wrong\n"
                                              "   21 | \u6f22\u5b57 + x\n"
                                              "      | ^~~~\n");
  EXPECT_EQ(render("e\u0301 + x", 1, 4), "softmax.py:21:1: error: wrong\n"
                                         "   21 | e\u0301 + x\n"
                                         "      | ^\n");
}

TEST(Diagnostics, ReplaceWhatATerminalCannotShow) {
  EXPECT_EQ(render("a\x1b[31m\xff z", 8, 9), "softmax.py:21:8: error: wrong\n"
                                             "   21 | a\uFFFD[31m\uFFFD z\n"
                                             "      |        ^\n");
}

TEST(Diagnostics, PointPastTheEndOfTheLine) {
  EXPECT_EQ(render("if x", 5, 5), "softmax.py:21:5: error: wrong\n"
                                  "   21 | if x\n"
                                  "      |     ^\n");
}

TEST(Diagnostics, UnderlineTheFirstLineOfSeveral) {
  SourceManager sources;
  sources.add("a.py", "x = f(1,   \n      2)\n");
  DiagnosticEngine diagnostics;
  diagnostics.error("test", {"a.py", {1, 5, 2, 9}}, "wrong");
  EXPECT_EQ(diagnostics.text(sources.lineLookup()), "a.py:1:5: error: wrong\n"
                                                    "    1 | x = f(1,\n"
                                                    "      |     ^~~~\n");
}

TEST(Diagnostics, KeepTheGutterStraightForLargeLineNumbers) {
  SourceManager sources;
  sources.add("a.py", "x", 1234567);
  DiagnosticEngine diagnostics;
  diagnostics.error("test", {"a.py", {1234567, 1, 1234567, 2}}, "wrong");
  EXPECT_EQ(diagnostics.text(sources.lineLookup()), "a.py:1234567:1: error: wrong\n"
                                                    "1234567 | x\n"
                                                    "        | ^\n");
}

TEST(Diagnostics, ShowAWindowOfALongLine) {
  std::string text =
      render("x = '" + std::string(1000, 'a') + "' + oops + '" + std::string(1000, 'b') + "'", 1010, 1014);
  EXPECT_LT(text.size(), 500u);
  EXPECT_NE(text.find("oops"), std::string::npos);
  size_t excerpt = text.find("| ") + 2, underline = text.find("| ", excerpt) + 2;
  EXPECT_EQ(text.find("oops", excerpt) - excerpt, text.find("^~~~\n") - underline) << text;
}

TEST(Diagnostics, RenderAsJson) {
  SourceManager sources;
  sources.add("a.py", "\u00e4 = \"x\"\n");
  DiagnosticEngine diagnostics;
  diagnostics.error("syntax-error", {"a.py", {1, 6, 1, 9}}, "bad \"text\"").note({"b.py", {7, 1, 7, 2}}, "from here");
  diagnostics.remark("wide-load", {}, "nowhere").withHint("none");
  EXPECT_EQ(diagnostics.json(sources.lineLookup()),
            R"([{"severity": "error", "kind": "syntax-error", "message": "bad \"text\"", "file": "a.py", "line": 1, )"
            R"("column": 5, "end_line": 1, "end_column": 8, "notes": [{"message": "from here", "file": "b.py", )"
            R"("line": 7, "column": 1, "end_line": 7, "end_column": 2}], "hint": null, "rendered": )"
            R"("a.py:1:5: error: bad \"text\"\n    1 | \u00e4 = \"x\"\n      |     ^~~\n)"
            R"(b.py:7:1: note: from here\n"},)"
            "\n "
            R"({"severity": "remark", "kind": "wide-load", "message": "nowhere", "file": null, "line": null, )"
            R"("column": null, "end_line": null, "end_column": null, "notes": [], "hint": "none", "rendered": )"
            R"("remark: nowhere\nhint: none\n"}])");
}
