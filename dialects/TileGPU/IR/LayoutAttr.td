//===- LayoutAttr.td - Where the elements of a block live ----*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_GPU_LAYOUT_ATTR
#define TEGULA_TILE_GPU_LAYOUT_ATTR

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/TensorEncoding.td"
include "dialects/TileGPU/IR/TileGPUDialect.td"

def TileGPU_LayoutAttr : AttrDef<TileGPU_Dialect, "Layout",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "layout";
  let summary = "which thread holds which elements of a block, in which register";
  let description = [{
    A linear map over bits from the hardware (register, lane, warp, block of the cluster) to the tensor's coordinates. For
    each hardware dimension it lists the coordinates reached when exactly one bit is set, lowest bit first; any other
    place is the XOR of those of its bits. `lib/Layout/LinearLayout.h` teaches this from small examples.

    512 halves over four warps, each thread with four neighbours (8 bytes):

    ```
    register bits   1, 2                 element  0   1   2   3 | 4   5   6   7 | ... | 124 .. 127 | 128 ..
    lane bits       4, 8, 16, 32, 64     held by  W0:L0         | W0:L1         | ... | W0:L31     | W1:L0
    warp bits       128, 256
    ```

    as text:

    ```mlir
    #tile_gpu.layout<[512] register=[[1], [2]] lane=[[4], [8], [16], [32], [64]] warp=[[128], [256]]>
    ```

    The same block when it has only 128 elements: warps 1 to 3 repeat warp 0, which is what zero columns say. Loads are
    made by all of them, side effects by warp 0 alone.

    ```mlir
    #tile_gpu.layout<[128] register=[[1], [2]] lane=[[4], [8], [16], [32], [64]] warp=[[0], [0]]>
    ```

    A 16x64 block, a row to four lanes of sixteen neighbours, eight rows to a warp:

    ```mlir
    #tile_gpu.layout<[16, 64] register=[[0, 1], [0, 2], [0, 4], [0, 8]] lane=[[0, 16], [0, 32], [1, 0], [2, 0], [4, 0]] warp=[[8, 0]]>
    ```

    (C1) there are 32 lanes and no memory offsets; (C2) every element is held somewhere, each column is zero or a single
    bit, no nonzero column occurs twice; (C3) no register column is zero: a thread holds an element once; (C4) the
    shape is that of the tensor; (C5) the number of warps is the kernel's `tile_gpu.num_warps`.

    Layouts are unique in a context: two are equal when their addresses are.
  }];
  let parameters = (ins AttrParameter<"::tegula::LinearLayout", "the map", "const ::tegula::LinearLayout &">:$linearLayout);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif
