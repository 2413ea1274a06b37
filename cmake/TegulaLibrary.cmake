# How the parts of Tegula are declared.
#
#   tegula_add_library(TegulaLayout LinearLayout.cpp ... [LINK libs...] [DEPENDS tablegen targets...] [MLIR])
#
# makes a static library of the sources beside the calling CMakeLists.txt. MLIR says that the sources
# include MLIR's headers: they then share the project's one precompiled header. Libraries without it
# (Syntax, Layout, Runtime) must not include any LLVM header.
#
#   tegula_add_unit_test(LayoutTest LinearLayoutTest.cpp ... [LINK libs...] [MLIR])
#
# makes a GoogleTest program in build/test/unit that `ctest` and `tools/dev test` run.

function(tegula_add_library name)
  cmake_parse_arguments(arg "MLIR" "" "LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${arg_LINK})
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
  if(arg_MLIR)
    tegula_share_precompiled_header(${name})
  endif()
endfunction()

function(tegula_share_precompiled_header name)
  if(TEGULA_PRECOMPILE)
    target_precompile_headers(${name} REUSE_FROM TegulaPrecompiled)
  endif()
endfunction()

function(tegula_add_unit_test name)
  cmake_parse_arguments(arg "MLIR" "" "LINK" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test/unit)
  if(arg_MLIR)
    # The shared header is precompiled as library code; an executable's -fPIE would not match it.
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${name} PRIVATE -fPIC)
    tegula_share_precompiled_header(${name})
  endif()
  add_dependencies(tegula-unit-tests ${name})
  add_test(NAME ${name} COMMAND ${name})
endfunction()
