// PTX: shfl.sync.bfly.b32
// AT-MOST 1: bar.sync
func.func @argmax(%ap: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %op: !tile.ptr<i32> {tile.divisibility = 16 : i64}, %n: i32) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %pid = tile.program_id 0
  %c = arith.constant 1024 : i32
  %base = arith.muli %pid, %c : i32
  %ar = tile.arange 0, 1024 : tensor<1024xi32>
  %basesp = tile.splat %base : i32 -> tensor<1024xi32>
  %offs = arith.addi %basesp, %ar : tensor<1024xi32>
  %ns = tile.splat %n : i32 -> tensor<1024xi32>
  %m = arith.cmpi slt, %offs, %ns : tensor<1024xi32>
  %as = tile.splat %ap : !tile.ptr<f32> -> tensor<1024x!tile.ptr<f32>>
  %aq = tile.addptr %as, %offs : tensor<1024x!tile.ptr<f32>>, tensor<1024xi32>
  %a = tile.load %aq mask %m : tensor<1024x!tile.ptr<f32>> -> tensor<1024xf32>
  %v, %i = tile.reduce (%a, %ar) axis 0 : (tensor<1024xf32>, tensor<1024xi32>) -> (f32, i32) {
  ^bb0(%x: f32, %y: i32, %x2: f32, %y2: i32):
    %gt = arith.cmpf ogt, %x, %x2 : f32
    %eq = arith.cmpf oeq, %x, %x2 : f32
    %lt = arith.cmpi slt, %y, %y2 : i32
    %t = arith.andi %eq, %lt : i1
    %k = arith.ori %gt, %t : i1
    %rv = arith.select %k, %x, %x2 : f32
    %ri = arith.select %k, %y, %y2 : i32
    tile.yield %rv, %ri : f32, i32
  }
  tile.store %op, %i : !tile.ptr<i32>

  return
}
