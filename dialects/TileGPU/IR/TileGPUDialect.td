//===- TileGPUDialect.td - The tile_gpu dialect --------------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_GPU_DIALECT
#define TEGULA_TILE_GPU_DIALECT

include "mlir/IR/OpBase.td"

def TileGPU_Dialect : Dialect {
  let name = "tile_gpu";
  let cppNamespace = "::tegula::tile_gpu";
  let summary = "blocks spread over the threads of a GPU";
  let description = [{
    The operations are those of `tile`, `arith`, `math` and `scf`; what is new is that every block's type says where its
    elements live: `tensor<4096xf16, #tile_gpu.layout<...>>`. The dialect adds that attribute, the movement from one
    layout to another, and a barrier.

    Attributes of a kernel (`func.func`), or of the module around it where all kernels share them:

    | attribute | type | meaning |
    |---|---|---|
    | `tile_gpu.target` | string | `"sm_90a"`: the chip |
    | `tile_gpu.num_warps` | i32 | warps of one program: a power of two, at most 32 |
    | `tile_gpu.shared_bytes` | i32 | shared memory of one program, set by `tile-gpu-allocate-shared-memory` |

    Attributes of operations:

    | attribute | type | on | meaning |
    |---|---|---|---|
    | `tile_gpu.shared_offset` | i32 | what exchanges data between warps | first byte of its scratch in the program's shared memory; without it none is needed |
    | `tile_gpu.vector` | i32 | load, store | this many elements, on the lowest register columns, are neighbours in memory, aligned to their size together, and under one mask; 1 where absent |
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tegula::tile::TileDialect"];
  let extraClassDeclaration = [{
    void registerAttributes();
  }];
}

#endif
