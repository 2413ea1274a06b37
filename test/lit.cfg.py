"""lit: every `RUN:` line in a .mlir or .test file below test/ (and in the .py files of test/error) runs with the tools of build/bin."""

import os

import lit.formats

config.name = "tegula"
config.test_format = lit.formats.ShTest(False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["python", "unit", "fuzz", "Inputs"]
config.test_source_root = os.path.dirname(__file__)
build = os.environ.get("TEGULA_BUILD_DIR", os.path.join(config.test_source_root, "..", "build"))
config.test_exec_root = os.path.join(build, "test", "lit")
llvm_bin = os.environ.get("TEGULA_LLVM_BIN", "/usr/lib/llvm-22/bin")
config.environment["PATH"] = os.pathsep.join([os.path.join(build, "bin"), llvm_bin, os.environ["PATH"]])
for name in ("TEGULA_NVJITLINK", "TEGULA_PTXAS_PATH", "CUDA_HOME", "HOME"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
config.substitutions.append(("%kernels", os.path.join(config.test_source_root, "..", "kernels")))
if os.geteuid():
    config.available_features.add("unprivileged")  # may not write wherever it likes
if os.path.exists("/dev/nvidiactl"):
    config.available_features.add("gpu")
