// RUN: tegula-opt %s --convert-tile-to-loops --verify-diagnostics

func.func @unknown_function(%x: !tile.ptr<f32>, %v: f32) attributes {tile.kernel} {
  // expected-error @+1 {{the host target has no function '__nv_no_such_function'}}
  %y = tile.extern_elementwise "__nv_no_such_function" (%v) pure : (f32) -> f32
  tile.store %x, %y : !tile.ptr<f32>
  return
}
