# Links LLVM and MLIR statically although Debian's packages point at libLLVM.so.
#
# Debian exports every MLIR archive with `INTERFACE_LINK_LIBRARIES "...;LLVM"`, the shared library.
# The component archives carry right dependency lists of their own, so swapping that one item
# for an interface library of components is enough. LLVMSupport and two others drag shared
# libraries (z3, xml2, curl) that a compiler of kernels does not use: they are cut.

function(tegula_use_static_llvm)
  set(LLVM_LINK_LLVM_DYLIB OFF)
  llvm_map_components_to_libnames(components ${ARGN})
  add_library(tegula_llvm INTERFACE)
  target_link_libraries(tegula_llvm INTERFACE ${components})
  get_property(mlir_libs GLOBAL PROPERTY MLIR_ALL_LIBS)
  foreach(lib IN LISTS mlir_libs ITEMS lldELF lldCommon)
    if(TARGET ${lib})
      get_target_property(links ${lib} INTERFACE_LINK_LIBRARIES)
      if(NOT links)
        continue()
      endif()
      list(TRANSFORM links REPLACE "^(\\$<LINK_ONLY:)?LLVM>?$" "tegula_llvm")
      set_property(TARGET ${lib} PROPERTY INTERFACE_LINK_LIBRARIES ${links})
    endif()
  endforeach()
  set_property(TARGET LLVMSupport PROPERTY INTERFACE_LINK_LIBRARIES
               LLVMDemangle rt dl m pthread ${TEGULA_ZSTD_ARCHIVE} ${TEGULA_ZLIB_ARCHIVE})
  add_library(TegulaNoPolly STATIC ${CMAKE_SOURCE_DIR}/cmake/NoPolly.cpp)
  set_property(TARGET TegulaNoPolly PROPERTY INCLUDE_DIRECTORIES ${LLVM_INCLUDE_DIRS})
  set_property(TARGET LLVMExtensions PROPERTY INTERFACE_LINK_LIBRARIES LLVMSupport TegulaNoPolly)
  set_property(TARGET LLVMWindowsManifest PROPERTY INTERFACE_LINK_LIBRARIES LLVMSupport)
  set_property(TARGET LLVMDebuginfod PROPERTY INTERFACE_LINK_LIBRARIES LLVMSupport)
endfunction()
