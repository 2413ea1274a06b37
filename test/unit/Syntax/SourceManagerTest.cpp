//===- SourceManagerTest.cpp - Places are the file's ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/SourceManager.h"

#include <gtest/gtest.h>

using namespace tegula;

TEST(SourceBuffer, CountsEveryKindOfLineBreak) {
  SourceBuffer buffer("a.py", "one\ntwo\r\nthree\rfour");
  EXPECT_EQ(buffer.lineCount(), 4u);
  EXPECT_EQ(buffer.line(1), "one");
  EXPECT_EQ(buffer.line(2), "two");
  EXPECT_EQ(buffer.line(3), "three");
  EXPECT_EQ(buffer.line(4), "four");
  EXPECT_EQ(buffer.line(0), std::nullopt);
  EXPECT_EQ(buffer.line(5), std::nullopt);
}

TEST(SourceBuffer, TellsPlacesOfASliceInTheFilesLines) {
  SourceBuffer buffer("a.py", "def f():\n  pass\n", 40);
  EXPECT_EQ(buffer.span(0, 3), (SourceSpan{40, 1, 40, 4}));
  EXPECT_EQ(buffer.span(11, 15), (SourceSpan{41, 3, 41, 7}));
  EXPECT_EQ(buffer.span(8, 11), (SourceSpan{40, 9, 41, 3}));
  EXPECT_EQ(buffer.line(41), "  pass");
  EXPECT_EQ(buffer.line(39), std::nullopt);
}

TEST(SourceBuffer, ClampsOffsetsPastTheEnd) {
  SourceBuffer buffer("a.py", "ab");
  EXPECT_EQ(buffer.span(1, 100), (SourceSpan{1, 2, 1, 3}));
  EXPECT_EQ(SourceBuffer("empty.py", "").span(0, 0), (SourceSpan{1, 1, 1, 1}));
}

TEST(SourceBuffer, GivesAByteOrderMarkNoColumn) {
  SourceBuffer buffer("a.py", "\xEF\xBB\xBFx");
  EXPECT_EQ(buffer.text(), "x");
}

TEST(SourceManager, FindsLinesInAnySliceOfAFile) {
  SourceManager sources;
  sources.add("a.py", "first", 1);
  sources.add("a.py", "tenth", 10);
  sources.add("b.py", "other", 10);
  LineLookup lookup = sources.lineLookup();
  EXPECT_EQ(lookup("a.py", 1), "first");
  EXPECT_EQ(lookup("a.py", 10), "tenth");
  EXPECT_EQ(lookup("b.py", 10), "other");
  EXPECT_EQ(lookup("c.py", 10), std::nullopt);
}

TEST(SourceManager, SaysWhenAFileCannotBeRead) {
  SourceManager sources;
  EXPECT_EQ(sources.addFile("/nowhere/at/all.py"), nullptr);
}
