# tegula-docs: pages for dialects and passes in build/docs, from the TableGen records.
#
#   tegula_add_doc(TileDialect dialects/Tile/IR/TileOps.td -gen-dialect-doc -dialect=tile)

add_custom_target(tegula-docs)

function(tegula_add_doc page source)
  set(output ${CMAKE_BINARY_DIR}/docs/${page}.md)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/docs
    COMMAND ${MLIR_TABLEGEN_EXE} ${ARGN} -I ${CMAKE_SOURCE_DIR} -I ${MLIR_INCLUDE_DIRS} ${CMAKE_SOURCE_DIR}/${source}
            -o ${output}
    DEPENDS ${CMAKE_SOURCE_DIR}/${source} VERBATIM)
  add_custom_target(doc-${page} DEPENDS ${output})
  add_dependencies(tegula-docs doc-${page})
endfunction()

tegula_add_doc(TileDialect dialects/Tile/IR/TileOps.td -gen-dialect-doc -dialect=tile)
tegula_add_doc(TileGPUDialect dialects/TileGPU/IR/TileGPUOps.td -gen-dialect-doc -dialect=tile_gpu)
file(GLOB passes CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/lib/Conversion/*/Passes.td
     ${CMAKE_SOURCE_DIR}/dialects/*/Transforms/Passes.td)
foreach(source IN LISTS passes)
  file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR} ${source})
  string(REGEX REPLACE "^lib/Conversion/([A-Za-z]+)/.*" "\\1Passes" page ${relative})
  string(REGEX REPLACE "^dialects/([A-Za-z]+)/.*" "\\1Passes" page ${page})
  tegula_add_doc(${page} ${relative} -gen-pass-doc)
endforeach()
# The kernel language, from the front end's own table (tools/tegula-reference).
if(TARGET doc-Language)
  add_dependencies(tegula-docs doc-Language)
endif()
