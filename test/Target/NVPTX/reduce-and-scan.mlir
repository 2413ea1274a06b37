// PTX: ld.global.v4.b32
// PTX: st.shared
// PTX: shfl.sync.idx.b32
func.func @reduce_and_scan(%ap: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %op: !tile.ptr<f32> {tile.divisibility = 16 : i64}) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %ra = tile.arange 0, 256 : tensor<256xi32>
  %rb = tile.arange 0, 8 : tensor<8xi32>
  %ra2 = tile.expand_dims %ra 1 : tensor<256xi32> -> tensor<256x1xi32>
  %rb2 = tile.expand_dims %rb 0 : tensor<8xi32> -> tensor<1x8xi32>
  %cb = arith.constant dense<8> : tensor<256x1xi32>
  %ra3 = arith.muli %ra2, %cb : tensor<256x1xi32>
  %ra4 = tile.broadcast %ra3 : tensor<256x1xi32> -> tensor<256x8xi32>
  %rb4 = tile.broadcast %rb2 : tensor<1x8xi32> -> tensor<256x8xi32>
  %offs = arith.addi %ra4, %rb4 : tensor<256x8xi32>
  %ps = tile.splat %ap : !tile.ptr<f32> -> tensor<256x8x!tile.ptr<f32>>
  %pp = tile.addptr %ps, %offs : tensor<256x8x!tile.ptr<f32>>, tensor<256x8xi32>
  %v = tile.load %pp : tensor<256x8x!tile.ptr<f32>> -> tensor<256x8xf32>
  %s = tile.reduce (%v) axis 0 : (tensor<256x8xf32>) -> tensor<8xf32> {
  ^bb0(%x: f32, %y: f32):
    %z = arith.addf %x, %y : f32
    tile.yield %z : f32
  }
  %sc = tile.scan (%v) axis 0  : tensor<256x8xf32> {
  ^bb0(%x: f32, %y: f32):
    %z = arith.addf %x, %y : f32
    tile.yield %z : f32
  }
  %s2 = tile.expand_dims %s 0 : tensor<8xf32> -> tensor<1x8xf32>
  %s3 = tile.broadcast %s2 : tensor<1x8xf32> -> tensor<256x8xf32>
  %w = arith.addf %s3, %sc : tensor<256x8xf32>
  %os = tile.splat %op : !tile.ptr<f32> -> tensor<256x8x!tile.ptr<f32>>
  %oq = tile.addptr %os, %offs : tensor<256x8x!tile.ptr<f32>>, tensor<256x8xi32>
  tile.store %oq, %w : tensor<256x8x!tile.ptr<f32>>

  return
}
