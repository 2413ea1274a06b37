// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_80 --split-input-file --verify-diagnostics

#e = #tile_gpu.layout<[256] register=[[1]] lane=[[2], [4], [8], [16], [32]] warp=[[64], [128]]>
#f = #tile_gpu.layout<[256] register=[[128]] lane=[[1], [2], [4], [8], [16]] warp=[[32], [64]]>

func.func @scratch_was_not_allocated(%out: !tile.ptr<i32>) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 256 : tensor<256xi32, #e>
  // expected-error @+1 {{exchanges data between warps but has no 'tile_gpu.shared_offset'; run tile-gpu-allocate-shared-memory first}}
  %j = tile_gpu.convert_layout %i : tensor<256xi32, #e> -> tensor<256xi32, #f>
  %p = tile.splat %out : !tile.ptr<i32> -> tensor<256x!tile.ptr<i32>, #f>
  tile.store %p, %j : tensor<256x!tile.ptr<i32>, #f>
  return
}

// -----

func.func @the_chip_lacks_the_conversion(%out: !tile.ptr<f8E4M3FN>, %x: f32) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  // expected-error @+1 {{converting to fp8e4nv needs sm_89 or later; got sm_80}}
  %y = tile.fp_to_fp %x rounding = rtne : f32 -> f8E4M3FN
  tile.store %out, %y : !tile.ptr<f8E4M3FN>
  return
}

// -----

// expected-error @+1 {{expected a target among sm_80, sm_86, sm_89, sm_90a, got 'sm_12'}}
func.func @the_chip_is_unknown() attributes {tile.kernel, tile_gpu.target = "sm_12"} {
  return
}

// -----

// expected-error @+1 {{returns a value; a kernel cannot}}
func.func @a_kernel_returns_nothing(%x: i32) -> i32 attributes {tile.kernel} {
  return %x : i32
}
