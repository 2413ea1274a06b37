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
  foreach(lib IN LISTS mlir_libs)
    if(TARGET ${lib})
      get_target_property(links ${lib} INTERFACE_LINK_LIBRARIES)
      if(NOT links)
        continue()
      endif()
      list(TRANSFORM links REPLACE "^(\\$<LINK_ONLY:)?LLVM>?$" "tegula_llvm")
      set_property(TARGET ${lib} PROPERTY INTERFACE_LINK_LIBRARIES ${links})
    endif()
  endforeach()
  foreach(lib lldELF lldCommon) # they name shared zlib and zstd besides
    set_property(TARGET ${lib} PROPERTY INTERFACE_LINK_LIBRARIES tegula_llvm TegulaLLVMStubs)
  endforeach()
  set_property(TARGET lldELF APPEND PROPERTY INTERFACE_LINK_LIBRARIES lldCommon)
  set_property(TARGET LLVMSupport PROPERTY INTERFACE_LINK_LIBRARIES
               LLVMDemangle rt dl m pthread ${TEGULA_ZSTD_ARCHIVE} ${TEGULA_ZLIB_ARCHIVE})
  # lld's library initialises every target that LLVM was built with. Only two are linked; the others do nothing.
  set(stubs ${CMAKE_BINARY_DIR}/UnusedTargets.c)
  set(text "/* Targets that lld initialises and Tegula does not link. */\n")
  foreach(target IN LISTS LLVM_TARGETS_TO_BUILD)
    if(NOT target MATCHES "^(X86|NVPTX)$")
      foreach(part Target TargetInfo TargetMC AsmPrinter AsmParser Disassembler)
        string(APPEND text "void LLVMInitialize${target}${part}(void) {}\n")
      endforeach()
    endif()
  endforeach()
  file(CONFIGURE OUTPUT ${stubs} CONTENT "${text}" @ONLY)
  add_library(TegulaLLVMStubs STATIC ${CMAKE_SOURCE_DIR}/cmake/LLVMStubs.cpp ${stubs})
  set_property(TARGET TegulaLLVMStubs PROPERTY INCLUDE_DIRECTORIES ${LLVM_INCLUDE_DIRS})
  set_property(TARGET LLVMExtensions PROPERTY INTERFACE_LINK_LIBRARIES LLVMSupport TegulaLLVMStubs)
  set_property(TARGET LLVMWindowsManifest PROPERTY INTERFACE_LINK_LIBRARIES LLVMSupport)
  set_property(TARGET LLVMDebuginfod PROPERTY INTERFACE_LINK_LIBRARIES LLVMSupport)
endfunction()
