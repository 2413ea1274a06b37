// PTX: ld.global.v4.b32
// PTX: st.global.v4.b32
// PTX: shfl.sync.bfly.b32
// PTX: cvt.rn.f16x2.f32
// PTX-NOT: .local
// AT-MOST 2: bar.sync
func.func @rms(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %w: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %o: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %stride: i32 {tile.divisibility = 16 : i64}, %n: i32 {tile.divisibility = 16 : i64}, %eps: f32) attributes {tile.kernel} {
  %pid32 = tile.program_id 0
  %pid = arith.extsi %pid32 : i32 to i64
  %offs = tile.arange 0, 4096 : tensor<4096xi32>
  %ns = tile.splat %n : i32 -> tensor<4096xi32>
  %m = arith.cmpi slt, %offs, %ns : tensor<4096xi32>
  %s64 = arith.extsi %stride : i32 to i64
  %ro = arith.muli %pid, %s64 : i64
  %xp = tile.addptr %x, %ro : !tile.ptr<f16>, i64
  %xs = tile.splat %xp : !tile.ptr<f16> -> tensor<4096x!tile.ptr<f16>>
  %xps = tile.addptr %xs, %offs : tensor<4096x!tile.ptr<f16>>, tensor<4096xi32>
  %zero = arith.constant dense<0.0> : tensor<4096xf16>
  %xv = tile.load %xps mask %m other %zero : tensor<4096x!tile.ptr<f16>> -> tensor<4096xf16>
  %xf = arith.extf %xv : tensor<4096xf16> to tensor<4096xf32>
  %ws = tile.splat %w : !tile.ptr<f16> -> tensor<4096x!tile.ptr<f16>>
  %wps = tile.addptr %ws, %offs : tensor<4096x!tile.ptr<f16>>, tensor<4096xi32>
  %wv = tile.load %wps mask %m other %zero : tensor<4096x!tile.ptr<f16>> -> tensor<4096xf16>
  %wf = arith.extf %wv : tensor<4096xf16> to tensor<4096xf32>
  %sq = arith.mulf %xf, %xf fastmath<contract> : tensor<4096xf32>
  %sum = tile.reduce (%sq) axis 0 : (tensor<4096xf32>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b fastmath<reassoc,contract,nsz> : f32
    tile.yield %c : f32
  }
  %nf = arith.sitofp %n : i32 to f32
  %var = arith.divf %sum, %nf fastmath<afn> : f32
  %ve = arith.addf %var, %eps fastmath<contract> : f32
  %sr = math.sqrt %ve fastmath<afn> : f32
  %one = arith.constant 1.0 : f32
  %r = arith.divf %one, %sr fastmath<afn> : f32
  %rs = tile.splat %r : f32 -> tensor<4096xf32>
  %y1 = arith.mulf %xf, %rs fastmath<contract> : tensor<4096xf32>
  %y = arith.mulf %y1, %wf fastmath<contract> : tensor<4096xf32>
  %yh = arith.truncf %y : tensor<4096xf32> to tensor<4096xf16>
  %op = tile.addptr %o, %ro : !tile.ptr<f16>, i64
  %os = tile.splat %op : !tile.ptr<f16> -> tensor<4096x!tile.ptr<f16>>
  %ops = tile.addptr %os, %offs : tensor<4096x!tile.ptr<f16>>, tensor<4096xi32>
  tile.store %ops, %yh mask %m : tensor<4096x!tile.ptr<f16>>
  return
}
