// RUN: tegula-opt %s | tegula-opt | FileCheck %s

// CHECK-DAG: [[ROW:#[a-z0-9]+]] = #tile_gpu.layout<[512] register=[{{\[}}1], [2]] lane=[{{\[}}4], [8], [16], [32], [64]] warp=[{{\[}}128], [256]]>
// CHECK-DAG: [[REPEATED:#[a-z0-9]+]] = #tile_gpu.layout<[128] register=[{{\[}}1], [2]] lane=[{{\[}}4], [8], [16], [32], [64]] warp=[{{\[}}0], [0]]>
#row = #tile_gpu.layout<[512] register=[[1], [2]] lane=[[4], [8], [16], [32], [64]] warp=[[128], [256]]>
#strided = #tile_gpu.layout<[512] register=[[128], [256]] lane=[[1], [2], [4], [8], [16]] warp=[[32], [64]]>
#repeated = #tile_gpu.layout<[128] register=[[1], [2]] lane=[[4], [8], [16], [32], [64]] warp=[[0], [0]]>
#tile = #tile_gpu.layout<[16, 64] register=[[0, 1], [0, 2], [0, 4], [0, 8]] lane=[[0, 16], [0, 32], [1, 0], [2, 0], [4, 0]] warp=[[8, 0], [0, 0]]>

module attributes {tile_gpu.target = "sm_90a", tile_gpu.num_warps = 4 : i32} {
  // CHECK-LABEL: func.func @keeps_layouts
  // CHECK-SAME: tensor<512xf16, [[ROW]]>
  func.func @keeps_layouts(%a: tensor<512xf16, #row>, %b: tensor<128xf32, #repeated>) -> tensor<512xf16, #strided>
      attributes {tile.kernel, tile_gpu.num_warps = 4 : i32, tile_gpu.shared_bytes = 1024 : i32} {
    // CHECK: tile_gpu.convert_layout %{{.*}} {tile_gpu.shared_offset = 0 : i32} : tensor<512xf16, [[ROW]]> -> tensor<512xf16, #layout{{[0-9]*}}>
    %c = tile_gpu.convert_layout %a {tile_gpu.shared_offset = 0 : i32} : tensor<512xf16, #row> -> tensor<512xf16, #strided>
    // CHECK: tile_gpu.barrier
    tile_gpu.barrier
    // CHECK: arith.addf %{{.*}}, %{{.*}} : tensor<128xf32, [[REPEATED]]>
    %d = arith.addf %b, %b : tensor<128xf32, #repeated>
    return %c : tensor<512xf16, #strided>
  }

  // CHECK-LABEL: func.func @tile_ops_carry_layouts
  func.func @tile_ops_carry_layouts(%p: tensor<16x64x!tile.ptr<f16>, #tile>, %o: tensor<16x64xi32, #tile>, %m: tensor<16x64xi1, #tile>) {
    // CHECK: tile.addptr %{{.*}} : tensor<16x64x!tile.ptr<f16>, #layout{{[0-9]*}}>, tensor<16x64xi32, #layout{{[0-9]*}}>
    %q = tile.addptr %p, %o : tensor<16x64x!tile.ptr<f16>, #tile>, tensor<16x64xi32, #tile>
    // CHECK: tile.load %{{.*}} mask %{{.*}} : tensor<16x64x!tile.ptr<f16>, #layout{{[0-9]*}}> -> tensor<16x64xf16, #layout{{[0-9]*}}>
    %v = tile.load %q mask %m : tensor<16x64x!tile.ptr<f16>, #tile> -> tensor<16x64xf16, #tile>
    // CHECK: arith.extf
    %f = arith.extf %v : tensor<16x64xf16, #tile> to tensor<16x64xf32, #tile>
    // CHECK: arith.cmpf
    %c = arith.cmpf ogt, %f, %f : tensor<16x64xf32, #tile>
    // CHECK: arith.select
    %s = arith.select %c, %v, %v : tensor<16x64xi1, #tile>, tensor<16x64xf16, #tile>
    // CHECK: tile.store
    tile.store %q, %s mask %c : tensor<16x64x!tile.ptr<f16>, #tile>
    return
  }
}
