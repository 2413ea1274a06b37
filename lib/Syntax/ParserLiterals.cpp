//===- ParserLiterals.cpp - Numbers and strings ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/ParserState.h"
#include "lib/Syntax/Unicode.h"

#include <charconv>
#include <cmath>
#include <limits>

using namespace tegula;
using namespace tegula::ast;

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

namespace {

/// The value of digits without underscores. Too large is infinity, too small is
/// zero, as in Python.
double parseReal(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc::result_out_of_range)
    return value;
  // from_chars does not say which way it went: look for a significant digit, and
  // how far from the point it stands.
  size_t exponentAt = text.find('e');
  std::string_view mantissa = text.substr(0, exponentAt);
  bool negative = false;
  double exponent = 0;
  if (exponentAt != std::string_view::npos) {
    std::string_view rest = text.substr(exponentAt + 1);
    negative = rest.starts_with('-');
    if (rest.starts_with('-') || rest.starts_with('+'))
      rest.remove_prefix(1);
    for (char c : rest)
      exponent = std::min(exponent * 10 + (c - '0'), 1e18);
  }
  if (negative)
    exponent = -exponent;
  size_t point = std::min(mantissa.find('.'), mantissa.size());
  size_t digit = mantissa.find_first_not_of("0.");
  if (digit == std::string_view::npos)
    return 0;
  double magnitude = exponent + (digit < point ? double(point - digit) - 1 : -double(digit - point));
  return magnitude > 0 ? std::numeric_limits<double>::infinity() : 0;
}

} // namespace

Expr *ParserState::numberLiteral() {
  Constant *node = make<Constant>(peek().span);
  std::string text;
  for (char c : textOf(advance()))
    if (c != '_')
      text += c >= 'A' && c <= 'Z' ? char(c | 0x20) : c;
  finish(node);
  int base = 10;
  if (text.size() > 1 && text[0] == '0')
    base = text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : text[1] == 'b' ? 2 : 10;
  bool imaginary = text.back() == 'j';
  if (base == 10 && (imaginary || text.find_first_of(".e") != text.npos)) {
    node->value = imaginary ? ConstantKind::Imaginary : ConstantKind::Float;
    node->real = parseReal(std::string_view(text).substr(0, text.size() - imaginary));
  } else {
    node->value = ConstantKind::Int;
    const char *begin = text.data() + (base == 10 ? 0 : 2);
    auto [end, error] = std::from_chars(begin, text.data() + text.size(), node->integer, base);
    node->fitsUint64 = error == std::errc();
    if (base == 10 && node->fitsUint64 && node->integer == 0)
      text = "0"; // 00 is allowed
  }
  node->text = intern(text);
  return node;
}

std::string ast::decimalText(const Constant &constant) {
  std::string_view text = constant.text;
  if (constant.fitsUint64)
    return std::to_string(constant.integer);
  if (!text.starts_with("0"))
    return std::string(text);
  unsigned bits = text[1] == 'x' ? 4 : text[1] == 'o' ? 3 : 1;
  // Limbs of nine decimal digits, the least first.
  std::vector<uint32_t> limbs = {0};
  for (char c : text.substr(2)) {
    uint64_t carry = c >= 'a' ? c - 'a' + 10 : c - '0';
    for (uint32_t &limb : limbs) {
      carry += uint64_t(limb) << bits;
      limb = uint32_t(carry % 1000000000);
      carry /= 1000000000;
    }
    if (carry)
      limbs.push_back(uint32_t(carry));
  }
  std::string out = std::to_string(limbs.back());
  for (size_t i = limbs.size() - 1; i-- > 0;) {
    std::string digits = std::to_string(limbs[i]);
    out += std::string(9 - digits.size(), '0') + digits;
  }
  return out;
}

//===----------------------------------------------------------------------===//
// Escapes
//===----------------------------------------------------------------------===//

/// Decodes the escape whose backslash is at `at`; returns the offset after it.
size_t ParserState::decodeEscape(std::string &out, Constant *part, size_t at, size_t end, bool bytes) {
  std::string_view text = buffer.text();
  char c = at + 1 < end ? text[at + 1] : '\0';
  auto one = [&](char value) {
    out += value;
    return at + 2;
  };
  auto hex = [&](size_t length) -> size_t {
    uint32_t value = 0;
    size_t i = at + 2;
    for (; i < end && i < at + 2 + length; ++i) {
      char d = text[i] | 0x20;
      if (!(d >= '0' && d <= '9') && !(d >= 'a' && d <= 'f'))
        break;
      value = value * 16 + (d >= 'a' ? d - 'a' + 10 : d - '0');
    }
    SourceSpan span = buffer.span(at, i);
    if (i != at + 2 + length)
      fail(span,
           "expected " + std::to_string(length) + " hexadecimal digits after \\" + c + "; got " +
               std::to_string(i - at - 2),
           "write \\\\ for a backslash, or r in front of the string");
    else if (value > 0x10FFFF)
      fail(span, "expected a Unicode character, at most \\U0010ffff");
    else if (bytes)
      out += char(value);
    else
      unicode::append(out, value);
    return i;
  };
  switch (c) {
  case '\r':
    return at + (at + 2 < end && text[at + 2] == '\n' ? 3 : 2);
  case '\n':
    return at + 2;
  case '\\':
  case '\'':
  case '"':
    return one(c);
  case 'a':
    return one('\a');
  case 'b':
    return one('\b');
  case 'f':
    return one('\f');
  case 'n':
    return one('\n');
  case 'r':
    return one('\r');
  case 't':
    return one('\t');
  case 'v':
    return one('\v');
  case 'x':
    return hex(2);
  case '0':
  case '1':
  case '2':
  case '3':
  case '4':
  case '5':
  case '6':
  case '7': {
    uint32_t value = 0;
    size_t i = at + 1;
    for (; i < end && i < at + 4 && text[i] >= '0' && text[i] <= '7'; ++i)
      value = value * 8 + (text[i] - '0');
    if (bytes)
      out += char(value);
    else
      unicode::append(out, value);
    return i;
  }
  case 'u':
    if (!bytes)
      return hex(4);
    break;
  case 'U':
    if (!bytes)
      return hex(8);
    break;
  case 'N': {
    if (bytes)
      break;
    size_t close = text.substr(0, end).find('}', at);
    if (at + 2 >= end || text[at + 2] != '{' || close == text.npos || close == at + 3) {
      fail(buffer.span(at, at + 2), "expected {NAME} after \\N",
           "write \\\\ for a backslash, or r in front of the string");
      return end;
    }
    out += text.substr(at, close + 1 - at);
    part->namedEscapes = true;
    return close + 1;
  }
  default:
    break;
  }
  out += '\\'; // an unknown escape stands for itself
  return at + 1;
}

/// Decodes buffer[begin, end).
bool ParserState::decode(std::string &out, Constant *part, size_t begin, size_t end, bool bytes, bool raw,
                         bool doubledBraces) {
  std::string_view text = buffer.text();
  for (size_t at = begin; at < end && !failed;) {
    char c = text[at];
    if (c == '\\' && !raw) {
      at = decodeEscape(out, part, at, end, bytes);
    } else if (c == '\r') {
      out += '\n';
      at += at + 1 < end && text[at + 1] == '\n' ? 2 : 1;
    } else if (doubledBraces && (c == '{' || c == '}')) {
      out += c;
      at += 2;
    } else {
      if (bytes && static_cast<unsigned char>(c) >= 0x80) {
        fail(buffer.span(at, at + unicode::decode(text, at).length), "expected ASCII in a bytes literal",
             "write the byte as \\x and two hexadecimal digits");
        return false;
      }
      out += c;
      ++at;
    }
  }
  return !failed;
}

Constant *ParserState::stringPart(size_t begin, size_t end, const SourceSpan &span, bool raw, bool bytes,
                                  bool doubledBraces) {
  Constant *part = make<Constant>(span);
  part->span = span;
  part->value = bytes ? ConstantKind::Bytes : ConstantKind::Str;
  std::string_view text = std::string_view(buffer.text()).substr(begin, end - begin);
  // Most strings stand for themselves.
  if (!bytes && text.find_first_of(doubledBraces ? "\\\r{}" : "\\\r") == text.npos) {
    part->text = tree.arena.copy(text);
    return part;
  }
  std::string out;
  decode(out, part, begin, end, bytes, raw, doubledBraces);
  part->text = tree.arena.copy(out);
  return part;
}

//===----------------------------------------------------------------------===//
// Strings and f-strings
//===----------------------------------------------------------------------===//

/// One or more strings side by side: one Constant, or one JoinedStr if any of
/// them is an f-string.
Expr *ParserState::stringLiterals() {
  SourceSpan start = peek().span;
  ExprVector parts;
  bool anyF = false, anyText = false, anyBytes = false;
  while (at(K::String) || at(K::FStringStart)) {
    if (at(K::FStringStart)) {
      anyF = anyText = true;
      fString(parts);
      continue;
    }
    Token token = advance();
    std::string_view text = textOf(token);
    size_t quote = text.find_first_of("'\"");
    bool raw = false, bytes = false;
    for (char c : text.substr(0, quote)) {
      raw |= (c | 0x20) == 'r';
      bytes |= (c | 0x20) == 'b';
    }
    (bytes ? anyBytes : anyText) = true;
    size_t width = text.size() >= quote + 6 && text[quote] == text[quote + 1] && text[quote] == text[quote + 2] ? 3 : 1;
    Constant *part =
        stringPart(token.begin + quote + width, token.end - width, token.span, raw, bytes, /*doubledBraces=*/false);
    part->unicodePrefix = text[0] == 'u';
    parts.push_back(part);
  }
  if (anyBytes && anyText)
    fail(since(start), "bytes and text cannot be joined in one literal", "give all of them the prefix b, or none");
  if (failed)
    return placeholder();
  if (!anyF) {
    if (parts.size() == 1)
      return parts.front();
    std::string text;
    Constant *node = make<Constant>(start);
    Constant *first = parts.front()->as<Constant>();
    node->value = first->value;
    node->unicodePrefix = first->unicodePrefix;
    for (Expr *part : parts) {
      text += part->as<Constant>()->text;
      node->namedEscapes |= part->as<Constant>()->namedEscapes;
    }
    node->text = tree.arena.copy(text);
    return finish(node);
  }
  JoinedStr *node = make<JoinedStr>(start);
  node->values = list(foldStrings(parts));
  under(node, node->values);
  return finish(node);
}

ParserState::ExprVector ParserState::foldStrings(const ExprVector &parts) {
  ExprVector folded;
  for (size_t i = 0; i < parts.size();) {
    Constant *first = parts[i]->as<Constant>();
    size_t next = i + 1;
    if (!first) {
      folded.push_back(parts[i]);
      i = next;
      continue;
    }
    while (next < parts.size() && parts[next]->is<Constant>())
      ++next;
    if (next > i + 1) {
      std::string text;
      for (size_t j = i; j < next; ++j) {
        text += parts[j]->as<Constant>()->text;
        first->namedEscapes |= parts[j]->as<Constant>()->namedEscapes;
      }
      first->span = SourceSpan::join(first->span, parts[next - 1]->span);
      first->text = tree.arena.copy(text);
    }
    if (!first->text.empty())
      folded.push_back(first);
    i = next;
  }
  return folded;
}

void ParserState::fString(ExprVector &parts) {
  Token start = advance();
  bool raw = textOf(start).find_first_of("rR") != std::string_view::npos;
  while (!at(K::FStringEnd)) {
    if (at(K::FStringMiddle)) {
      Token token = advance();
      parts.push_back(stringPart(token.begin, token.end, token.span, raw,
                                 /*bytes=*/false, /*doubledBraces=*/true));
    } else if (at(K::LBrace)) {
      fStringField(parts, raw);
    } else {
      failExpected("the end of the f-string");
      return;
    }
  }
  advance();
}

/// The source from before the token `first` up to the token `last`, verbatim but
/// for comments.
std::string ParserState::textWithoutComments(size_t first, size_t last) const {
  std::string out;
  size_t at = tokens[first - 1].end;
  for (size_t i = first; i <= last; ++i) {
    // Only spaces, line breaks and comments stand between tokens.
    std::string_view gap = std::string_view(buffer.text()).substr(at, tokens[i].begin - at);
    bool comment = false;
    for (size_t j = 0; j < gap.size(); ++j) {
      bool lineBreak = gap[j] == '\n' || gap[j] == '\r';
      comment = !lineBreak && (comment || gap[j] == '#');
      if (comment || (gap[j] == '\r' && gap.substr(j + 1).starts_with('\n')))
        continue;
      out += lineBreak ? '\n' : gap[j];
    }
    if (i != last)
      for (char c : textOf(tokens[i]))
        if (c != '\r')
          out += c;
    at = tokens[i].end;
  }
  return out;
}

/// `{expression = !conversion :format}`; `=` adds the text of the expression as
/// a constant in front.
void ParserState::fStringField(ExprVector &parts, bool raw) {
  Nesting nested(*this);
  if (!nested.ok)
    return;
  Token open = advance();
  size_t firstToken = position;
  if (at(K::RBrace) || at(K::Colon) || at(K::Exclamation) || at(K::Equal))
    failExpected("an expression in the f-string", "write {{ and }} for braces in the text");
  FormattedValue *node = make<FormattedValue>(open.span);
  node->value = yieldOrStarExpressions();
  bool debug = accept(K::Equal);
  Token afterDebug = peek();
  size_t lastToken = position;
  if (accept(K::Exclamation)) {
    Token name = peek();
    std::string_view conversion = at(K::Name) ? textOf(name) : std::string_view();
    if ((conversion != "s" && conversion != "r" && conversion != "a") || name.begin != afterDebug.end)
      failExpected("the conversion s, r or a right after '!'");
    else
      node->conversion = conversion[0];
    advance();
  }
  if (at(K::Colon)) {
    JoinedStr *spec = make<JoinedStr>(peek().span);
    advance();
    ExprVector specParts;
    while (at(K::FStringMiddle) || at(K::LBrace)) {
      if (at(K::LBrace)) {
        fStringField(specParts, raw);
        continue;
      }
      Token token = advance();
      specParts.push_back(stringPart(token.begin, token.end, token.span, raw,
                                     /*bytes=*/false,
                                     /*doubledBraces=*/false));
    }
    spec->values = list(foldStrings(specParts));
    under(spec, spec->values);
    node->formatSpec = finish(spec);
  }
  if (debug && node->conversion == -1 && !node->formatSpec)
    node->conversion = 'r';
  expectClose(K::RBrace, open, debug || node->conversion != -1 ? "':' or " : "'=', '!', ':' or ");
  if (failed)
    return;
  under(node, node->value);
  under(node, node->formatSpec);
  finish(node);
  if (debug) {
    Constant *part = make<Constant>(open.span);
    part->span = {open.span.line, open.span.column + 1, afterDebug.span.line, afterDebug.span.column};
    part->value = ConstantKind::Str;
    part->text = tree.arena.copy(textWithoutComments(firstToken, lastToken));
    parts.push_back(part);
  }
  parts.push_back(node);
}
