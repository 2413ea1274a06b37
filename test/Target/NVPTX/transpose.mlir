// PTX: st.shared
// AT-MOST 1: bar.sync
func.func @trans_f16(%ap: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %op: !tile.ptr<f16> {tile.divisibility = 16 : i64}) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %ra = tile.arange 0, 64 : tensor<64xi32>
  %ra2 = tile.expand_dims %ra 1 : tensor<64xi32> -> tensor<64x1xi32>
  %rb2 = tile.expand_dims %ra 0 : tensor<64xi32> -> tensor<1x64xi32>
  %cb = arith.constant dense<64> : tensor<64x1xi32>
  %ra3 = arith.muli %ra2, %cb : tensor<64x1xi32>
  %ra4 = tile.broadcast %ra3 : tensor<64x1xi32> -> tensor<64x64xi32>
  %rb4 = tile.broadcast %rb2 : tensor<1x64xi32> -> tensor<64x64xi32>
  %offs = arith.addi %ra4, %rb4 : tensor<64x64xi32>
  %ps = tile.splat %ap : !tile.ptr<f16> -> tensor<64x64x!tile.ptr<f16>>
  %pp = tile.addptr %ps, %offs : tensor<64x64x!tile.ptr<f16>>, tensor<64x64xi32>
  %v = tile.load %pp : tensor<64x64x!tile.ptr<f16>> -> tensor<64x64xf16>
  %w = tile.trans %v [1, 0] : tensor<64x64xf16> -> tensor<64x64xf16>
  %os = tile.splat %op : !tile.ptr<f16> -> tensor<64x64x!tile.ptr<f16>>
  %oq = tile.addptr %os, %offs : tensor<64x64x!tile.ptr<f16>>, tensor<64x64xi32>
  tile.store %oq, %w : tensor<64x64x!tile.ptr<f16>>

  return
}
