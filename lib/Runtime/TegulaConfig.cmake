# find_package(Tegula) gives the imported target Tegula::runtime: libtegula_runtime and its headers.
include(${CMAKE_CURRENT_LIST_DIR}/TegulaTargets.cmake)
