// RUN: tegula-opt %s --assign-layouts=remarks=true --verify-diagnostics -o /dev/null

// expected-remark@+1 {{layouts-assigned: 0 conversions over 4 warps; best of}}
func.func @aligned(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
  %r = tile.arange 0, 1024 : tensor<1024xi32>
  %b = tile.splat %x : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>>
  %p = tile.addptr %b, %r : tensor<1024x!tile.ptr<f16>>, tensor<1024xi32>
  // expected-remark@+1 {{vector-width: this load takes 8 elements (16 bytes) an instruction}}
  %v = tile.load %p : tensor<1024x!tile.ptr<f16>> -> tensor<1024xf16>
  // expected-remark@+1 {{vector-width: this store takes 8 elements (16 bytes) an instruction}}
  tile.store %p, %v : tensor<1024x!tile.ptr<f16>>
  return
}

// expected-remark@+1 {{layouts-assigned}}
func.func @unaligned(%x: !tile.ptr<f16>, %n: i32) attributes {tile.kernel} {
  %r = tile.arange 0, 1024 : tensor<1024xi32>
  %b = tile.splat %x : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>>
  %p = tile.addptr %b, %r : tensor<1024x!tile.ptr<f16>>, tensor<1024xi32>
  // expected-remark@+1 {{unknown-alignment: this load takes only 1 elements (2 bytes) an instruction: the address is known to be a multiple of 2 bytes only; hint: pass pointers and strides divisible by 16, or promise it with multiple_of}}
  %v = tile.load %p : tensor<1024x!tile.ptr<f16>> -> tensor<1024xf16>
  return
}

// expected-remark@+1 {{layouts-assigned}}
func.func @ragged(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %n: i32) attributes {tile.kernel} {
  %r = tile.arange 0, 1024 : tensor<1024xi32>
  %nb = tile.splat %n : i32 -> tensor<1024xi32>
  %m = arith.cmpi slt, %r, %nb : tensor<1024xi32>
  %b = tile.splat %x : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>>
  %p = tile.addptr %b, %r : tensor<1024x!tile.ptr<f16>>, tensor<1024xi32>
  // expected-remark@+1 {{ragged-mask: this load takes only 1 elements (2 bytes) an instruction: the mask may change every 1 elements; hint: pass a bound divisible by 16, or promise it with multiple_of}}
  %v = tile.load %p mask %m : tensor<1024x!tile.ptr<f16>> -> tensor<1024xf16>
  return
}

// expected-remark@+1 {{layouts-assigned}}
func.func @strided(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %s: i32) attributes {tile.kernel} {
  %r = tile.arange 0, 1024 : tensor<1024xi32>
  %sb = tile.splat %s : i32 -> tensor<1024xi32>
  %o = arith.muli %r, %sb : tensor<1024xi32>
  %b = tile.splat %x : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>>
  %p = tile.addptr %b, %o : tensor<1024x!tile.ptr<f16>>, tensor<1024xi32>
  // expected-remark@+1 {{unknown-contiguity: this load takes only 1 elements (2 bytes) an instruction: neighbours in the block are not known to be neighbours in memory beyond 1; hint: let one axis of the offsets be an arange with stride 1, or promise it with max_contiguous}}
  %v = tile.load %p : tensor<1024x!tile.ptr<f16>> -> tensor<1024xf16>
  return
}

// expected-remark@+2 {{more-warps: 8 warps instead of 4: a thread would hold more of a block than its registers allow}}
// expected-remark@+1 {{layouts-assigned}}
func.func @wide(%x: !tile.ptr<f32> {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
  %r = tile.arange 0, 32768 : tensor<32768xi32>
  %b = tile.splat %x : !tile.ptr<f32> -> tensor<32768x!tile.ptr<f32>>
  %p = tile.addptr %b, %r : tensor<32768x!tile.ptr<f32>>, tensor<32768xi32>
  // expected-remark@+1 {{vector-width}}
  %v = tile.load %p : tensor<32768x!tile.ptr<f32>> -> tensor<32768xf32>
  return
}

// expected-remark@+1 {{layouts-assigned: 1 conversions over 4 warps}}
func.func @transposed(%x: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %s: i32 {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
  %r = tile.arange 0, 64 : tensor<64xi32>
  %r0 = tile.expand_dims %r 0 : tensor<64xi32> -> tensor<1x64xi32>
  %r1 = tile.expand_dims %r 1 : tensor<64xi32> -> tensor<64x1xi32>
  %sb = tile.splat %s : i32 -> tensor<64x1xi32>
  %m = arith.muli %r1, %sb : tensor<64x1xi32>
  %mb = tile.broadcast %m : tensor<64x1xi32> -> tensor<64x64xi32>
  %cb = tile.broadcast %r0 : tensor<1x64xi32> -> tensor<64x64xi32>
  %o = arith.addi %mb, %cb : tensor<64x64xi32>
  %xb = tile.splat %x : !tile.ptr<f32> -> tensor<64x64x!tile.ptr<f32>>
  %xp = tile.addptr %xb, %o : tensor<64x64x!tile.ptr<f32>>, tensor<64x64xi32>
  // expected-remark@+2 {{vector-width}}
  // expected-remark@+1 {{layout-conversion: the uses of this block of 4096 elements want different layouts (shared memory: 16384 bytes, 1 round, stores of 16 bytes, loads of 4 bytes); hint: access memory along the same axis on both sides}}
  %v = tile.load %xp : tensor<64x64x!tile.ptr<f32>> -> tensor<64x64xf32>
  %t = tile.trans %v [1, 0] : tensor<64x64xf32> -> tensor<64x64xf32>
  // expected-remark@+1 {{vector-width}}
  tile.store %xp, %t : tensor<64x64x!tile.ptr<f32>>
  return
}
