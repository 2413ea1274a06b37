//===- MLIRDiagnostics.cpp - What passes say, told to the user --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Compiler/MLIRDiagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tegula;

SourceRange tegula::sourceRangeOf(Location location) {
  return llvm::TypeSwitch<Location, SourceRange>(location)
      .Case([](FileLineColRange range) {
        return SourceRange(range.getFilename().getValue(),
                           {range.getStartLine(), range.getStartColumn(), range.getEndLine(), range.getEndColumn()});
      })
      .Case([](CallSiteLoc call) { return sourceRangeOf(call.getCallee()); })
      .Case([](NameLoc name) { return sourceRangeOf(name.getChildLoc()); })
      .Case([](FusedLoc fused) {
        for (Location part : fused.getLocations())
          if (SourceRange range = sourceRangeOf(part); range.isValid())
            return range;
        return SourceRange();
      })
      .Default([](Location) { return SourceRange(); });
}

/// Adds a note for each call through which the location was inlined.
static void noteCallers(Location location, tegula::Diagnostic &into) {
  while (auto call = dyn_cast<CallSiteLoc>(location)) {
    into.note(sourceRangeOf(call.getCaller()), "in a function called here");
    location = call.getCaller();
  }
}

static tegula::Severity severityOf(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return tegula::Severity::Error;
  case DiagnosticSeverity::Warning:
    return tegula::Severity::Warning;
  case DiagnosticSeverity::Note:
  case DiagnosticSeverity::Remark:
    return tegula::Severity::Remark;
  }
  llvm_unreachable("all severities are handled");
}

DiagnosticBridge::DiagnosticBridge(MLIRContext *context, tegula::DiagnosticEngine &engine, bool keepRemarks)
    : handler(context, [&engine, keepRemarks](mlir::Diagnostic &diagnostic) {
        tegula::Severity severity = severityOf(diagnostic.getSeverity());
        if (severity == tegula::Severity::Remark && !keepRemarks)
          return success();
        Location location = diagnostic.getLocation();
        tegula::Diagnostic &told = engine.report(severity, severity == tegula::Severity::Error ? "lowering" : "remark",
                                                 sourceRangeOf(location), diagnostic.str());
        noteCallers(location, told);
        for (mlir::Diagnostic &note : diagnostic.getNotes())
          told.note(sourceRangeOf(note.getLocation()), note.str());
        return success();
      }) {}
