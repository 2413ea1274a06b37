// RUN: tegula-opt %s --assign-layouts=num-warps=3 --verify-diagnostics

// expected-error@+1 {{expected a power of two of at most 32 as the number of warps, got 3}}
func.func @three_warps() attributes {tile.kernel} {
  return
}
