//===- TileEnums.td - Enumerations of the tile dialect -------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_ENUMS
#define TEGULA_TILE_ENUMS

include "mlir/IR/EnumAttr.td"
include "dialects/Tile/IR/TileDialect.td"

class Tile_Enum<string name, string text, list<I32EnumAttrCase> cases> : I32EnumAttr<name, text, cases> {
  let cppNamespace = "::tegula::tile";
}

// The words of the kernel language: `cache_modifier=".cg"`, `eviction_policy="evict_first"`.
def Tile_CacheModifier : Tile_Enum<"CacheModifier", "cache modifier of a memory access", [
  I32EnumAttrCase<"None", 0, "none">, I32EnumAttrCase<"CA", 1, "ca">, I32EnumAttrCase<"CG", 2, "cg">,
  I32EnumAttrCase<"CS", 3, "cs">, I32EnumAttrCase<"CV", 4, "cv">, I32EnumAttrCase<"WB", 5, "wb">,
  I32EnumAttrCase<"WT", 6, "wt">]>;
def Tile_EvictionPolicy : Tile_Enum<"EvictionPolicy", "eviction policy of a memory access", [
  I32EnumAttrCase<"Normal", 0, "normal">, I32EnumAttrCase<"EvictFirst", 1, "evict_first">,
  I32EnumAttrCase<"EvictLast", 2, "evict_last">]>;
def Tile_Rounding : Tile_Enum<"Rounding", "rounding of a narrowing float conversion", [
  I32EnumAttrCase<"NearestEven", 0, "rtne">, I32EnumAttrCase<"TowardZero", 1, "rtz">]>;

#endif
