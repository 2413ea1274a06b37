// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_90a | FileCheck %s

#eight = #tile_gpu.layout<[1024] register=[[1], [2], [4]] lane=[[8], [16], [32], [64], [128]] warp=[[256], [512]]>
#one = #tile_gpu.layout<[128] register=[] lane=[[1], [2], [4], [8], [16]] warp=[[32], [64]]>
#replicated = #tile_gpu.layout<[64] register=[] lane=[[1], [2], [4], [8], [16]] warp=[[32], [0]]>

// CHECK-LABEL: llvm.func @unmasked_accesses_are_plain_vectors(
// CHECK-SAME: %{{.*}}: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noundef}
// CHECK-SAME: nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>
// CHECK: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xf16>
// CHECK-NOT: llvm.load
// CHECK: llvm.store %{{.*}} {alignment = 16 : i64} : vector<8xf16>, !llvm.ptr<1>
// CHECK-NOT: llvm.inline_asm
func.func @unmasked_accesses_are_plain_vectors(%in: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %out: !tile.ptr<f16> {tile.divisibility = 16 : i64}) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 1024 : tensor<1024xi32, #eight>
  %p = tile.splat %in : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>, #eight>
  %q = tile.addptr %p, %i : tensor<1024x!tile.ptr<f16>, #eight>, tensor<1024xi32, #eight>
  %v = tile.load %q : tensor<1024x!tile.ptr<f16>, #eight> -> tensor<1024xf16, #eight>
  %p2 = tile.splat %out : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>, #eight>
  %q2 = tile.addptr %p2, %i : tensor<1024x!tile.ptr<f16>, #eight>, tensor<1024xi32, #eight>
  tile.store %q2, %v : tensor<1024x!tile.ptr<f16>, #eight>
  return
}

// The mask is uniform over 8 elements only because n is a multiple of 16.
// CHECK-LABEL: llvm.func @masked_accesses_are_predicated_and_zero_filled(
// CHECK: llvm.inline_asm has_side_effects asm_dialect = att "@$9 ld.global.v4.b32 {$0,$1,$2,$3}, [$8];", "=r,=r,=r,=r,0,1,2,3,l,b"
// CHECK: llvm.inline_asm has_side_effects asm_dialect = att "@$5 st.global.v4.b32 [$0], {$1,$2,$3,$4};", "l,r,r,r,r,b"
func.func @masked_accesses_are_predicated_and_zero_filled(%in: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %n: i32 {tile.divisibility = 16 : i64}) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 1024 : tensor<1024xi32, #eight>
  %b = tile.splat %n : i32 -> tensor<1024xi32, #eight>
  %m = arith.cmpi slt, %i, %b : tensor<1024xi32, #eight>
  %p = tile.splat %in : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>, #eight>
  %q = tile.addptr %p, %i : tensor<1024x!tile.ptr<f16>, #eight>, tensor<1024xi32, #eight>
  %v = tile.load %q mask %m : tensor<1024x!tile.ptr<f16>, #eight> -> tensor<1024xf16, #eight>
  tile.store %q, %v mask %m : tensor<1024x!tile.ptr<f16>, #eight>
  return
}

// CHECK-LABEL: llvm.func @unknown_alignment_of_the_mask_takes_single_elements(
// CHECK-COUNT-8: "@$3 ld.global.b16 $0, [$2];", "=h,0,l,b"
// CHECK-NOT: ld.global
func.func @unknown_alignment_of_the_mask_takes_single_elements(%in: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %n: i32) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 1024 : tensor<1024xi32, #eight>
  %b = tile.splat %n : i32 -> tensor<1024xi32, #eight>
  %m = arith.cmpi slt, %i, %b : tensor<1024xi32, #eight>
  %p = tile.splat %in : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>, #eight>
  %q = tile.addptr %p, %i : tensor<1024x!tile.ptr<f16>, #eight>, tensor<1024xi32, #eight>
  %v = tile.load %q mask %m : tensor<1024x!tile.ptr<f16>, #eight> -> tensor<1024xf16, #eight>
  tile.store %q, %v : tensor<1024x!tile.ptr<f16>, #eight>
  return
}

// CHECK-LABEL: llvm.func @tile_gpu_vector_says_the_width(
// CHECK-COUNT-4: ld.global.b32
// CHECK-NOT: ld.global
func.func @tile_gpu_vector_says_the_width(%in: !tile.ptr<f16>, %m: i1) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 1024 : tensor<1024xi32, #eight>
  %p = tile.splat %in : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>, #eight>
  %q = tile.addptr %p, %i : tensor<1024x!tile.ptr<f16>, #eight>, tensor<1024xi32, #eight>
  %ms = tile.splat %m : i1 -> tensor<1024xi1, #eight>
  %v = tile.load %q mask %ms {tile_gpu.vector = 2 : i32} : tensor<1024x!tile.ptr<f16>, #eight> -> tensor<1024xf16, #eight>
  tile.store %q, %v : tensor<1024x!tile.ptr<f16>, #eight>
  return
}

// Warps 2 and 3 repeat warps 0 and 1: bit 6 of the thread must be 0.
// CHECK-LABEL: llvm.func @replicas_do_not_store(
// CHECK: llvm.getelementptr
// CHECK: %[[BIT:.*]] = llvm.and %{{.*}}, %{{.*}} : i32
// CHECK: %[[FIRST:.*]] = llvm.icmp "eq" %[[BIT]]
// CHECK: "@$2 st.global.b32 [$0], $1;", "l,r,b" %{{.*}}, %{{.*}}, %[[FIRST]]
func.func @replicas_do_not_store(%out: !tile.ptr<i32>) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 64 : tensor<64xi32, #replicated>
  %p = tile.splat %out : !tile.ptr<i32> -> tensor<64x!tile.ptr<i32>, #replicated>
  %q = tile.addptr %p, %i : tensor<64x!tile.ptr<i32>, #replicated>, tensor<64xi32, #replicated>
  tile.store %q, %i : tensor<64x!tile.ptr<i32>, #replicated>
  return
}

// CHECK-LABEL: llvm.func @a_scalar_is_stored_by_one_thread(
// CHECK-SAME: %[[FLAG:.*]]: i8
// CHECK: "@$2 st.global.b32 [$0], $1;"
func.func @a_scalar_is_stored_by_one_thread(%out: !tile.ptr<f32>, %flag: i1) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %v = arith.constant 1.0 : f32
  tile.store %out, %v mask %flag : !tile.ptr<f32>
  return
}

// CHECK-LABEL: llvm.func @hints_reach_the_instruction(
// CHECK: createpolicy.fractional.L2::evict_first.b64
// CHECK: ld.global.L1::evict_first.L2::cache_hint.b32 $0, [$1], $2;
// CHECK: ld.global.cg.b32 $0, [$1];
// CHECK: llvm.load volatile
// CHECK: createpolicy.fractional.L2::evict_last.b64
// CHECK: st.global.cs.L2::cache_hint.b32 [$0], $1, $2;
func.func @hints_reach_the_instruction(%p: !tile.ptr<f32>) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 128 : tensor<128xi32, #one>
  %s = tile.splat %p : !tile.ptr<f32> -> tensor<128x!tile.ptr<f32>, #one>
  %q = tile.addptr %s, %i : tensor<128x!tile.ptr<f32>, #one>, tensor<128xi32, #one>
  %a = tile.load %q evict = evict_first : tensor<128x!tile.ptr<f32>, #one> -> tensor<128xf32, #one>
  %b = tile.load %q cache = cg : tensor<128x!tile.ptr<f32>, #one> -> tensor<128xf32, #one>
  %c = tile.load %q volatile : tensor<128x!tile.ptr<f32>, #one> -> tensor<128xf32, #one>
  %d = arith.addf %a, %b : tensor<128xf32, #one>
  %e = arith.addf %d, %c : tensor<128xf32, #one>
  tile.store %q, %e cache = cs evict = evict_last : tensor<128x!tile.ptr<f32>, #one>
  return
}

// CHECK-LABEL: llvm.func @offsets_are_extended_before_they_are_scaled(
// CHECK: %[[WIDE:.*]] = llvm.sext %{{.*}} : i32 to i64
// CHECK: llvm.getelementptr %{{.*}}[%[[WIDE]]] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
func.func @offsets_are_extended_before_they_are_scaled(%p: !tile.ptr<f32>, %o: i32) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %q = tile.addptr %p, %o : !tile.ptr<f32>, i32
  %v = tile.load %q : !tile.ptr<f32> -> f32
  tile.store %p, %v : !tile.ptr<f32>
  return
}

// CHECK-LABEL: llvm.func @bools_are_bytes_in_memory(
// CHECK: %[[BYTE:.*]] = llvm.load %{{.*}} : !llvm.ptr<1> -> i8
// CHECK: llvm.icmp "ne" %[[BYTE]]
func.func @bools_are_bytes_in_memory(%p: !tile.ptr<i1>) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %v = tile.load %p : !tile.ptr<i1> -> i1
  tile.store %p, %v : !tile.ptr<i1>
  return
}
