//===- Lexer.cpp - From text to tokens ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One pass over the bytes. What the lexer must remember is three stacks: the
// indentations, the open brackets, and the f-strings that it is inside of. An
// f-string is read in two modes, told apart by `FString::inExpression`:
//
//   f"a{x:>{w}}b"     text: a | expression: x | text (a format spec): > |
//                     expression: w | text: (empty) | text: b
//
// An expression ends at the `}`, or turns into its format spec at the `:`, that
// stands at the bracket depth where the expression began.
//===----------------------------------------------------------------------===//

#include "lib/Syntax/Lexer.h"
#include "lib/Syntax/Unicode.h"

#include <array>
#include <cstdio>
#include <cstring>

using namespace tegula;

std::string_view tegula::tokenName(TokenKind kind) {
  switch (kind) {
  case TokenKind::EndMarker:
    return "the end of the file";
  case TokenKind::Error:
    return "an error";
  case TokenKind::Newline:
    return "the end of the line";
  case TokenKind::Indent:
    return "an indented line";
  case TokenKind::Dedent:
    return "the end of the block";
  case TokenKind::Name:
    return "a name";
  case TokenKind::Number:
    return "a number";
  case TokenKind::String:
    return "a string";
  case TokenKind::FStringStart:
  case TokenKind::FStringMiddle:
  case TokenKind::FStringEnd:
    return "an f-string";
#define TEGULA_NAME(name, text)                                                                                        \
  case TokenKind::name:                                                                                                \
    return "'" text "'";
    TEGULA_OPERATORS(TEGULA_NAME)
    TEGULA_KEYWORDS(TEGULA_NAME)
#undef TEGULA_NAME
  }
  return "";
}

namespace {

constexpr size_t maxIndents = 100;
constexpr size_t maxBrackets = 200;
constexpr size_t maxFStrings = 100;

enum CharClass : uint8_t { Other, IdentStart, Digit };

constexpr std::array<uint8_t, 256> makeCharClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c)
    classes[c] = classes[c - 'a' + 'A'] = IdentStart;
  for (int c = '0'; c <= '9'; ++c)
    classes[c] = Digit;
  for (int c = 0x80; c < 0x100; ++c)
    classes[c] = IdentStart; // to be looked at more closely
  classes['_'] = IdentStart;
  return classes;
}
constexpr auto charClasses = makeCharClasses();

bool isDigit(char c) { return c >= '0' && c <= '9'; }

TokenKind keywordOr(std::string_view text, TokenKind otherwise) {
  struct Entry {
    std::string_view text;
    TokenKind kind;
  };
#define TEGULA_ENTRY(name, text) {text, TokenKind::name},
  static constexpr Entry entries[] = {TEGULA_KEYWORDS(TEGULA_ENTRY)};
#undef TEGULA_ENTRY
  if (text.size() < 2 || text.size() > 8)
    return otherwise;
  // The three capitalised ones come first, then in alphabetic order.
  for (const Entry &entry : entries) {
    if (entry.text[0] > text[0])
      break;
    if (entry.text[0] == text[0] && entry.text == text)
      return entry.kind;
  }
  return otherwise;
}

class Lexer {
public:
  Lexer(const SourceBuffer &buffer, bool allowIndented)
      : text(buffer.text()), line(buffer.firstLine()), allowIndented(allowIndented) {
    result.tokens.reserve(text.size() / 4 + 16);
  }

  LexResult run();

private:
  struct Indentation {
    unsigned column;    // tabs to the next multiple of eight
    unsigned altColumn; // tabs as one: both must agree, as in CPython
  };
  struct Bracket {
    char open;
    uint32_t offset;
    SourceSpan span;
  };
  struct FString {
    char quote;
    bool triple;
    bool raw;
    bool inExpression = false;
    uint32_t offset; // of the start token
    SourceSpan span;
    /// Brackets open at the `{` of each expression that is still open; inside a
    /// format spec there is one more.
    std::vector<size_t> depths;
  };

  char at(size_t offset) const { return offset < text.size() ? text[offset] : '\0'; }
  char here() const { return at(pos); }
  bool atEnd() const { return pos >= text.size(); }
  bool atLineBreak() const { return here() == '\n' || here() == '\r'; }
  uint32_t columnOf(size_t offset) const { return uint32_t(offset - lineStart) + 1; }

  void skipLineBreak() {
    pos += here() == '\r' && at(pos + 1) == '\n' ? 2 : 1;
    ++line;
    lineStart = pos;
  }

  struct Mark {
    size_t pos;
    uint32_t line;
    uint32_t column;
  };
  Mark mark() const { return {pos, line, columnOf(pos)}; }
  SourceSpan spanFrom(const Mark &from) const { return {from.line, from.column, line, columnOf(pos)}; }

  void push(TokenKind kind, const Mark &from) {
    Token &token = result.tokens.emplace_back();
    token.kind = kind;
    token.begin = uint32_t(from.pos);
    token.end = uint32_t(pos);
    token.span = spanFrom(from);
  }
  void push(TokenKind kind) { push(kind, mark()); }

  bool fail(SourceSpan span, std::string message, std::string hint = "", const char *kind = "syntax-error") {
    result.error = LexError{kind, span, std::move(message), std::move(hint), std::nullopt};
    return false;
  }
  bool failHere(std::string message, std::string hint = "", const char *kind = "syntax-error") {
    SourceSpan span = {line, columnOf(pos), line, columnOf(pos) + 1};
    return fail(span, std::move(message), std::move(hint), kind);
  }

  bool startOfLine();
  bool indentTo(Indentation to, const Mark &from);
  bool token();
  bool identifierOrString();
  bool identifierRest();
  bool badCharacter();
  bool number();
  bool digits(bool (*isOne)(char), const char *name);
  bool endOfNumber(const char *name);
  bool string(const Mark &from);
  bool fStringText();
  bool op();
  bool openBracket(TokenKind kind);
  bool closeBracket(TokenKind kind);
  bool endOfFile();

  std::string_view text;
  size_t pos = 0;
  uint32_t line;
  size_t lineStart = 0;
  bool allowIndented;
  bool lineHasTokens = false;
  std::vector<Indentation> indents;
  std::vector<Bracket> brackets;
  std::vector<FString> fStrings;
  LexResult result;
};

LexResult Lexer::run() {
  bool good = startOfLine();
  while (good) {
    if (!fStrings.empty() && !fStrings.back().inExpression) {
      good = fStringText();
      continue;
    }
    char c = here();
    if (c == ' ' || c == '\t' || c == '\f') {
      ++pos;
    } else if (c == '#') {
      while (!atEnd() && !atLineBreak())
        ++pos;
    } else if (atEnd()) {
      good = endOfFile();
      break;
    } else if (atLineBreak()) {
      if (!brackets.empty()) {
        skipLineBreak();
        continue;
      }
      Mark from = mark();
      if (lineHasTokens)
        push(TokenKind::Newline, from);
      lineHasTokens = false;
      skipLineBreak();
      good = startOfLine();
    } else if (c == '\\') {
      ++pos;
      if (atLineBreak()) {
        skipLineBreak();
        if (atEnd())
          good = failHere("unexpected end of the file after a line "
                          "continuation '\\'");
      } else {
        good = failHere("expected the end of the line after the line "
                        "continuation '\\'",
                        "remove what follows the '\\', or put the expression "
                        "in parentheses");
      }
    } else {
      lineHasTokens = true;
      good = token();
    }
  }
  if (!good)
    push(TokenKind::Error);
  return std::move(result);
}

/// Measures the indentation of the next line that holds something.
bool Lexer::startOfLine() {
  if (!brackets.empty() || !fStrings.empty())
    return true;
  for (;;) {
    Indentation to = {0, 0};
    std::optional<Indentation> continued;
    Mark from = mark();
    for (;; ++pos) {
      char c = here();
      if (c == ' ') {
        ++to.column;
        ++to.altColumn;
      } else if (c == '\t') {
        to.column = (to.column / 8 + 1) * 8;
        ++to.altColumn;
      } else if (c == '\f') {
        to = {0, 0};
      } else if (c == '\\' && (at(pos + 1) == '\n' || at(pos + 1) == '\r')) {
        // The first piece of a continued line has the say.
        if (!continued)
          continued = to;
        ++pos;
        skipLineBreak();
        to = {0, 0};
        --pos;
      } else {
        break;
      }
    }
    if (atEnd())
      return true;
    if (here() == '#') {
      while (!atEnd() && !atLineBreak())
        ++pos;
      if (atEnd())
        return true;
    }
    if (atLineBreak()) {
      skipLineBreak();
      continue;
    }
    return indentTo(continued ? *continued : to, from);
  }
}

bool Lexer::indentTo(Indentation to, const Mark &from) {
  if (indents.empty()) {
    if (to.column != 0 && !allowIndented)
      return fail(spanFrom(from), "unexpected indentation", "", "indentation-error");
    indents.push_back(to);
    return true;
  }
  auto inconsistent = [&] {
    return fail(spanFrom(from), "inconsistent use of tabs and spaces in indentation", "indent with spaces only",
                "indentation-error");
  };
  Indentation current = indents.back();
  if (to.column == current.column)
    return to.altColumn == current.altColumn || inconsistent();
  if (to.column > current.column) {
    if (to.altColumn <= current.altColumn)
      return inconsistent();
    if (indents.size() >= maxIndents)
      return fail(spanFrom(from),
                  "too many levels of indentation; at most " + std::to_string(maxIndents) + " are possible", "",
                  "too-deeply-nested");
    indents.push_back(to);
    push(TokenKind::Indent, from);
    return true;
  }
  while (indents.size() > 1 && to.column < indents.back().column) {
    indents.pop_back();
    push(TokenKind::Dedent);
  }
  if (to.column != indents.back().column)
    return fail(spanFrom(from),
                "this line's indentation (" + std::to_string(to.column) + ") matches no enclosing block",
                "the enclosing block is indented by " + std::to_string(indents.back().column), "indentation-error");
  return to.altColumn == indents.back().altColumn || inconsistent();
}

bool Lexer::token() {
  switch (charClasses[static_cast<unsigned char>(here())]) {
  case IdentStart:
    return identifierOrString();
  case Digit:
    return number();
  default:
    break;
  }
  if (here() == '.' && isDigit(at(pos + 1)))
    return number();
  if (here() == '"' || here() == '\'')
    return string(mark());
  return op();
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

bool Lexer::identifierOrString() {
  Mark from = mark();
  // A prefix of a string: any of b, f, r, u, br, fr in either case and order.
  size_t quote = pos;
  unsigned letters = 0;
  for (; quote < pos + 3; ++quote) {
    char c = at(quote) | 0x20;
    unsigned bit = c == 'r' ? 1 : c == 'b' ? 2 : c == 'f' ? 4 : c == 'u' ? 8 : 0;
    if (bit == 0 || (letters & bit))
      break;
    letters |= bit;
  }
  bool prefix = letters == 1 || letters == 2 || letters == 4 || letters == 8 || letters == 3 || letters == 5;
  if (prefix && (at(quote) == '"' || at(quote) == '\'')) {
    pos = quote;
    return string(from);
  }
  if (static_cast<unsigned char>(here()) >= 0x80) {
    unicode::Decoded c = unicode::decode(text, pos);
    if (!unicode::isIdentifierStart(c.value))
      return badCharacter();
    pos += c.length;
  } else {
    ++pos;
  }
  if (!identifierRest())
    return false;
  push(keywordOr(text.substr(from.pos, pos - from.pos), TokenKind::Name), from);
  return true;
}

bool Lexer::identifierRest() {
  for (;;) {
    unsigned char c = here();
    if (c < 0x80) {
      if (charClasses[c] == Other)
        return true;
      ++pos;
      continue;
    }
    unicode::Decoded decoded = unicode::decode(text, pos);
    if (!unicode::isIdentifierContinue(decoded.value))
      return badCharacter();
    pos += decoded.length;
  }
}

bool Lexer::badCharacter() {
  unicode::Decoded c = unicode::decode(text, pos);
  char number[16];
  std::snprintf(number, sizeof number, "U+%04X", unsigned(c.value));
  std::string shown(text.substr(pos, c.length));
  std::string message = c.value < 0x20 || c.value == 0x7F || c.value == 0xA0 || c.value == 0x200B || c.value == 0xFEFF
                            ? "invalid character " + std::string(number)
                            : "invalid character '" + shown + "' (" + number + ")";
  std::string hint;
  switch (c.value) {
  case 0x2018:
  case 0x2019:
    hint = "write a straight quote: '";
    break;
  case 0x201C:
  case 0x201D:
    hint = "write a straight quote: \"";
    break;
  case 0xA0:
  case 0x3000:
    hint = "replace it by an ordinary space";
    break;
  case 0xD7:
    hint = "write * for a product";
    break;
  case 0x2013:
  case 0x2014:
  case 0x2212:
    hint = "write - for a minus";
    break;
  case 0x2264:
    hint = "write <=";
    break;
  case 0x2265:
    hint = "write >=";
    break;
  case 0x2260:
    hint = "write !=";
    break;
  case '$':
  case '?':
  case '`':
    hint = "'" + shown + "' has no meaning in Python";
    break;
  }
  return fail({line, columnOf(pos), line, columnOf(pos + c.length)}, std::move(message), std::move(hint));
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// Digits with single underscores between them.
bool Lexer::digits(bool (*isOne)(char), const char *name) {
  for (;;) {
    if (!isOne(here()))
      return failHere(std::string("invalid ") + name +
                      " literal: expected a "
                      "digit");
    while (isOne(here()))
      ++pos;
    if (here() != '_')
      return true;
    ++pos;
  }
}

/// A number may run into one of the keywords that can follow it: `1if x else 2`.
bool Lexer::endOfNumber(const char *name) {
  unsigned char c = here();
  if (charClasses[c] == Other)
    return true;
  std::string_view rest = text.substr(pos);
  for (const char *word : {"and", "else", "for", "if", "in", "is", "not", "or"})
    if (rest.starts_with(word))
      return true;
  if (c >= 0x80) {
    unicode::Decoded decoded = unicode::decode(text, pos);
    if (!unicode::isIdentifierContinue(decoded.value))
      return badCharacter();
  }
  return failHere(std::string("invalid ") + name + " literal", "a name cannot start with a digit, nor follow a number "
                                                               "without a space");
}

bool Lexer::number() {
  Mark from = mark();
  auto decimal = [](char c) { return isDigit(c); };
  if (here() == '0') {
    char base = at(pos + 1) | 0x20;
    bool (*isOne)(char) = nullptr;
    const char *name = nullptr;
    if (base == 'x') {
      name = "hexadecimal";
      isOne = [](char c) { return isDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); };
    } else if (base == 'o') {
      name = "octal";
      isOne = [](char c) { return c >= '0' && c <= '7'; };
    } else if (base == 'b') {
      name = "binary";
      isOne = [](char c) { return c == '0' || c == '1'; };
    }
    if (isOne) {
      pos += 2;
      if (here() == '_')
        ++pos;
      if (!digits(isOne, name))
        return false;
      if (isDigit(here()))
        return failHere(std::string("invalid digit '") + here() + "' in " + name + " literal");
      if (!endOfNumber(name))
        return false;
      push(TokenKind::Number, from);
      return true;
    }
  }
  bool isInteger = true;
  if (here() != '.' && !digits(decimal, "decimal"))
    return false;
  if (here() == '.') {
    isInteger = false;
    ++pos;
    if (isDigit(here()) && !digits(decimal, "decimal"))
      return false;
  }
  if ((here() | 0x20) == 'e') {
    bool sign = at(pos + 1) == '+' || at(pos + 1) == '-';
    if (isDigit(at(pos + 1 + sign))) {
      isInteger = false;
      pos += 1 + sign;
      if (!digits(decimal, "decimal"))
        return false;
    }
  }
  const char *name = "decimal";
  if ((here() | 0x20) == 'j') {
    isInteger = false;
    name = "imaginary";
    ++pos;
  }
  if (isInteger && at(from.pos) == '0' &&
      text.substr(from.pos, pos - from.pos).find_first_not_of("0_") != std::string_view::npos)
    return fail(spanFrom(from),
                "a decimal integer cannot start with zeros; got " + std::string(text.substr(from.pos, pos - from.pos)),
                "write 0o in front for an octal integer");
  if (!endOfNumber(name))
    return false;
  push(TokenKind::Number, from);
  return true;
}

//===----------------------------------------------------------------------===//
// Strings
//===----------------------------------------------------------------------===//

bool Lexer::string(const Mark &from) {
  char quote = here();
  bool triple = at(pos + 1) == quote && at(pos + 2) == quote;
  bool isF = false, raw = false;
  for (size_t i = from.pos; i < pos; ++i) {
    isF |= (text[i] | 0x20) == 'f';
    raw |= (text[i] | 0x20) == 'r';
  }
  pos += triple ? 3 : 1;
  if (isF) {
    if (fStrings.size() >= maxFStrings)
      return fail(spanFrom(from), "too many nested f-strings; at most " + std::to_string(maxFStrings) + " are possible",
                  "", "too-deeply-nested");
    push(TokenKind::FStringStart, from);
    FString &state = fStrings.emplace_back();
    state.quote = quote;
    state.triple = triple;
    state.raw = raw;
    state.offset = uint32_t(from.pos);
    state.span = spanFrom(from);
    return true;
  }
  SourceSpan start = spanFrom(from);
  for (;;) {
    if (atEnd() || (!triple && atLineBreak())) {
      std::string_view name =
          triple ? "unterminated triple-quoted string; expected " : "unterminated string; expected ";
      std::string closer(triple ? 3 : 1, quote);
      return fail(start, std::string(name) + closer + " before the end of the " + (triple ? "file" : "line"));
    }
    char c = here();
    if (c == '\\') {
      ++pos;
      if (atLineBreak())
        skipLineBreak();
      else if (!atEnd())
        ++pos;
    } else if (atLineBreak()) {
      skipLineBreak();
    } else if (c == quote && (!triple || (at(pos + 1) == quote && at(pos + 2) == quote))) {
      pos += triple ? 3 : 1;
      push(TokenKind::String, from);
      return true;
    } else {
      ++pos;
    }
  }
}

/// Reads an f-string's text up to its end, an expression, or, in a format spec,
/// the end of the field.
bool Lexer::fStringText() {
  FString &state = fStrings.back();
  bool inSpec = !state.depths.empty();
  Mark from = mark();
  auto pushMiddle = [&] {
    if (pos != from.pos)
      push(TokenKind::FStringMiddle, from);
  };
  for (;;) {
    char c = here();
    if (atEnd() || (!state.triple && atLineBreak())) {
      std::string closer(state.triple ? 3 : 1, state.quote);
      return fail(state.span, std::string("unterminated ") + (state.triple ? "triple-quoted " : "") +
                                  "f-string; expected " + closer + " before the end of the " +
                                  (state.triple ? "file" : "line"));
    }
    if (c == state.quote && (!state.triple || (at(pos + 1) == state.quote && at(pos + 2) == state.quote))) {
      if (inSpec)
        return failHere("expected '}' before the end of the f-string");
      pushMiddle();
      Mark end = mark();
      pos += state.triple ? 3 : 1;
      push(TokenKind::FStringEnd, end);
      fStrings.pop_back();
      return true;
    }
    if (c == '{') {
      if (!inSpec && at(pos + 1) == '{') {
        pos += 2;
        continue;
      }
      pushMiddle();
      state.inExpression = true;
      state.depths.push_back(brackets.size() + 1);
      return openBracket(TokenKind::LBrace);
    }
    if (c == '}') {
      if (inSpec) {
        pushMiddle();
        state.inExpression = true; // `closeBracket` ends the field
        return true;
      }
      if (at(pos + 1) != '}')
        return failHere("a single '}' in an f-string", "write }} for a brace in the text");
      pos += 2;
      continue;
    }
    if (c == '\\') {
      ++pos;
      if (here() == '{' || here() == '}') {
        // The backslash stands for itself, the brace keeps its meaning.
      } else if (!state.raw && here() == 'N' && at(pos + 1) == '{') {
        while (!atEnd() && !atLineBreak() && here() != '}')
          ++pos;
        if (here() == '}')
          ++pos;
      } else if (atLineBreak()) {
        skipLineBreak();
      } else if (!atEnd()) {
        ++pos;
      }
      continue;
    }
    if (atLineBreak())
      skipLineBreak();
    else
      ++pos;
  }
}

//===----------------------------------------------------------------------===//
// Operators and brackets
//===----------------------------------------------------------------------===//

bool Lexer::op() {
  Mark from = mark();
  char c = here(), next = at(pos + 1), third = at(pos + 2);
  using K = TokenKind;
  auto take = [&](unsigned length, TokenKind kind) {
    pos += length;
    push(kind, from);
    return true;
  };
  // `+` or `+=`.
  auto plain = [&](TokenKind one, TokenKind withEqual) { return next == '=' ? take(2, withEqual) : take(1, one); };
  // `*`, `*=`, `**` or `**=`.
  auto doubled = [&](TokenKind one, TokenKind withEqual, TokenKind two, TokenKind twoWithEqual) {
    if (next != c)
      return plain(one, withEqual);
    return third == '=' ? take(3, twoWithEqual) : take(2, two);
  };
  bool fieldLevel =
      !fStrings.empty() && !fStrings.back().depths.empty() && fStrings.back().depths.back() == brackets.size();
  switch (c) {
  case '(':
    return openBracket(K::LParen);
  case '[':
    return openBracket(K::LBracket);
  case '{':
    return openBracket(K::LBrace);
  case ')':
    return closeBracket(K::RParen);
  case ']':
    return closeBracket(K::RBracket);
  case '}':
    return closeBracket(K::RBrace);
  case ':':
    if (fieldLevel) {
      fStrings.back().inExpression = false;
      return take(1, K::Colon);
    }
    return plain(K::Colon, K::ColonEqual);
  case ',':
    return take(1, K::Comma);
  case ';':
    return take(1, K::Semicolon);
  case '.':
    if (next == '.' && third == '.')
      return take(3, K::Ellipsis);
    return take(1, K::Dot);
  case '=':
    return plain(K::Equal, K::EqEqual);
  case '!':
    if (next == '=')
      return take(2, K::NotEqual);
    if (fieldLevel)
      return take(1, K::Exclamation);
    return failHere("invalid character '!'", "write `not` for a negation");
  case '<':
    if (next == '>')
      return fail({line, columnOf(pos), line, columnOf(pos + 2)}, "'<>' is not an operator", "write !=");
    return doubled(K::Less, K::LessEqual, K::LeftShift, K::LeftShiftEqual);
  case '>':
    return doubled(K::Greater, K::GreaterEqual, K::RightShift, K::RightShiftEqual);
  case '*':
    return doubled(K::Star, K::StarEqual, K::DoubleStar, K::DoubleStarEqual);
  case '/':
    return doubled(K::Slash, K::SlashEqual, K::DoubleSlash, K::DoubleSlashEqual);
  case '+':
    return plain(K::Plus, K::PlusEqual);
  case '-':
    if (next == '>')
      return take(2, K::Arrow);
    return plain(K::Minus, K::MinusEqual);
  case '@':
    return plain(K::At, K::AtEqual);
  case '%':
    return plain(K::Percent, K::PercentEqual);
  case '|':
    return plain(K::VBar, K::VBarEqual);
  case '^':
    return plain(K::Circumflex, K::CircumflexEqual);
  case '&':
    return plain(K::Amper, K::AmperEqual);
  case '~':
    return take(1, K::Tilde);
  default:
    return badCharacter();
  }
}

bool Lexer::openBracket(TokenKind kind) {
  Mark from = mark();
  char open = here();
  ++pos;
  if (brackets.size() >= maxBrackets)
    return fail(spanFrom(from), "too many nested brackets; at most " + std::to_string(maxBrackets) + " are possible",
                "", "too-deeply-nested");
  push(kind, from);
  brackets.push_back({open, uint32_t(from.pos), spanFrom(from)});
  return true;
}

bool Lexer::closeBracket(TokenKind kind) {
  Mark from = mark();
  char close = here();
  ++pos;
  bool inField = !fStrings.empty() && fStrings.back().inExpression && fStrings.back().depths.back() == brackets.size();
  if (brackets.empty())
    return fail(spanFrom(from), std::string("unmatched '") + close + "'");
  char open = brackets.back().open;
  char expected = open == '(' ? ')' : open == '[' ? ']' : '}';
  if (close != expected)
    return fail(spanFrom(from), std::string("expected '") + expected + "' to close the '" + open + "' of line " +
                                    std::to_string(brackets.back().span.line) + "; got '" + close + "'");
  brackets.pop_back();
  push(kind, from);
  if (inField) {
    fStrings.back().depths.pop_back();
    fStrings.back().inExpression = false;
  }
  return true;
}

bool Lexer::endOfFile() {
  if (!brackets.empty()) {
    const Bracket &bracket = brackets.back();
    fail(bracket.span, std::string("'") + bracket.open + "' is never closed");
    result.error->openBracket = bracket.offset;
    return false;
  }
  if (lineHasTokens)
    push(TokenKind::Newline);
  for (size_t i = 1; i < indents.size(); ++i)
    push(TokenKind::Dedent);
  push(TokenKind::EndMarker);
  return true;
}

} // namespace

LexResult tegula::lex(const SourceBuffer &buffer, bool allowIndented) { return Lexer(buffer, allowIndented).run(); }
