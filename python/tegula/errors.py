# errors.py - What compiling and launching a kernel can raise.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Error classes, by Triton's names where it has one. Also importable from tegula.compiler.errors and tegula.runtime.errors."""


class TritonError(Exception):
    """Base of every error that Tegula defines."""


TegulaError = TritonError


class CompilationError(TritonError):
    """A kernel that does not compile.

    `str(error)` is the whole text: place, source line with a caret, notes, hint. `diagnostics` is a list of dicts with
    the same in parts: severity, message, file, line, column, notes, hint. `error_message` is the first message alone.
    """

    def __init__(self, text, diagnostics=()):
        super().__init__(text, diagnostics)
        self.text = text
        self.diagnostics = list(diagnostics)

    @property
    def error_message(self):
        """The first error's message alone."""
        errors = [d for d in self.diagnostics if d.get("severity", "error") == "error"]
        return errors[0].get("message", self.text) if errors else self.text

    def __str__(self):
        return self.text


class CompileTimeAssertionFailure(CompilationError):
    """A tl.static_assert that does not hold."""


class UnsupportedLanguageConstruct(CompilationError):
    """A statement or expression of Python that kernels may not use."""


class OutOfResources(TritonError):
    """A kernel that needs more of something ("shared memory", "threads") than the device has."""

    def __init__(self, required, limit, name):
        super().__init__(required, limit, name)
        self.required = required
        self.limit = limit
        self.name = name

    def __str__(self):
        return (
            f"out of resource: {self.name}, required: {self.required}, hardware limit: {self.limit}; "
            "smaller blocks or a lower num_stages may help"
        )


class PTXASError(TritonError):
    """The assembler refused the code that was made for a kernel."""


class InterpreterError(TritonError):
    """Kept for sources that catch it: Tegula has no interpreter, the CPU target compiles."""


class AutotunerError(TritonError):
    """The autotuner has no configuration left to try."""
