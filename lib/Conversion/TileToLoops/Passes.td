//===- Passes.td - The way to the CPU ------------------------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_TO_LOOPS_PASSES
#define TEGULA_TILE_TO_LOOPS_PASSES

include "mlir/Pass/PassBase.td"

def ConvertTileToLoopsPass : Pass<"convert-tile-to-loops", "::mlir::ModuleOp"> {
  let summary = "kernels of the tile dialect as fused scalar loops over memory";
  let description = [{
    Each `func.func` with `tile.kernel` becomes `NAME.program`, one program on scalars, and the C entry `NAME`, which
    runs a range of program ids (see the folder's README for its signature). Elementwise work between reductions
    becomes one loop nest; masks that are bounds become the loops' bounds; blocks that must live longer than
    a nest lie in the scratch area, whose size is left in the module's `tegula.scratch_bytes`.

    ```mlir
    %o = tile.addptr %xs, %offs                 scf.for %i = %c0 to %limit step %c1 {
    %x = tile.load %o mask %m                     %p = llvm.getelementptr %x[%i]
    %y = arith.mulf %x, %x             =>         %v = llvm.load %p
    tile.store %q, %y mask %m                     %y = arith.mulf %v, %v
                                                  llvm.store %y, %q_i }
    ```

    Does nothing in a module without kernels.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect", "::mlir::func::FuncDialect"];
}

def ExpandVectorMathPass : Pass<"expand-vector-math", "::mlir::ModuleOp"> {
  let summary = "exp, log, sin, tanh and their like in f32 as polynomials that vectorise";
  let description = [{
    Scalar f32 operations of the math dialect become branch-free arithmetic, so that LLVM vectorises the loops
    around them on any processor. Errors are a few units in the last place over the whole range, infinities, NaN and
    denormal results included. f64 and what has no expansion stays for the C library.

    Does nothing to blocks, vectors and other element types.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def ConvertLoopsToLLVMPass : Pass<"convert-loops-to-llvm", "::mlir::ModuleOp"> {
  let summary = "the loops and their arithmetic in the llvm dialect";
  let description = [{
    One conversion of scf, arith, math, cf and func. Asserts become branches to the end of the program.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::cf::ControlFlowDialect"];
}

#endif
