//===- CudaFiles.h - Where the pieces of CUDA are ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libnvJitLink, ptxas and libdevice come from whichever of these has them first:
//
//   1. Tegula's own variable: TEGULA_NVJITLINK, TEGULA_PTXAS_PATH, TEGULA_LIBDEVICE_PATH
//   2. NVIDIA's wheels in a site-packages folder: those named in TEGULA_SITE_PACKAGES (colon-separated), the one that
//   holds
//      this library, the venv beside the build tree (<lib>/../venv, <bin>/../venv), $VIRTUAL_ENV, the running Python's
//   3. $CUDA_HOME, $CUDA_PATH, /usr/local/cuda
//   4. PATH for a program, the dynamic linker's own search for a library
//===----------------------------------------------------------------------===//
#pragma once

#include <string>
#include <vector>

namespace tegula::nvptx {

/// Candidates for the in-process assembler, best first; existing files, then bare names for dlopen.
std::vector<std::string> nvJitLinkCandidates();
/// The ptxas program; empty when there is none.
std::string findPtxas();
/// libdevice.10.bc; empty when there is none.
std::string findLibdevice();

} // namespace tegula::nvptx
