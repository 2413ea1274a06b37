"""Makes one .tar.xz that runs Tegula on another x86-64 Linux with glibc 2.36 or newer: no LLVM, no compiler needed there.

It holds lib/, bin/, include/, python/tegula with an extension for each Python that was built for, kernels/, test/ and
examples/. Unpack it anywhere and put its python/ on PYTHONPATH. `tools/dev pack` runs this.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 45 * 1000 * 1000  # bytes


def strip(path):
    subprocess.run(["/usr/lib/llvm-22/bin/llvm-strip", path], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "dist" / "tegula.tar.xz")
    options = parser.parse_args()
    git = lambda *a: subprocess.run(["git", *a], cwd=ROOT, capture_output=True, text=True).stdout  # noqa: E731
    with tempfile.TemporaryDirectory() as folder:
        stage = pathlib.Path(folder) / "tegula"
        # For C++ programs: find_package(Tegula). The library is replaced by the stripped one below.
        install = ["cmake", "--install", options.build, "--component", "TegulaRuntime", "--prefix", stage]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
        for name in ("lib", "bin"):
            (stage / name).mkdir(parents=True, exist_ok=True)
            for source in (options.build / name).iterdir():
                if source.is_file() and not source.is_symlink() and (name == "bin" or ".so" in source.name):
                    strip(shutil.copy2(source, stage / name))
        for source in (options.build / "lib").iterdir():
            if source.is_symlink():
                shutil.copy2(source, stage / "lib", follow_symlinks=False)
        ignore = shutil.ignore_patterns("__pycache__", "lib*.so*", "*.pyc")
        shutil.copytree(options.build / "python" / "tegula", stage / "python" / "tegula", ignore=ignore)
        for extension in (stage / "python").rglob("*.so"):
            strip(extension)
        for name in ("kernels", "test", "examples", "include", "LICENSE", "README.md"):
            for path in git("ls-files", name).split():
                (stage / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / path, stage / path)
        changed = "+" if git("status", "--porcelain", "-uno").strip() else ""
        (stage / "COMMIT").write_text(git("rev-parse", "--short=12", "HEAD").strip() + changed + "\n")
        options.out.parent.mkdir(parents=True, exist_ok=True)
        partial = options.out.with_suffix(".partial")
        subprocess.run(["tar", "-C", folder, "--use-compress-program", "xz -6 -T0", "-cf", partial, "tegula"], check=True)
        partial.rename(options.out)
    size = options.out.stat().st_size
    print(f"{options.out.relative_to(ROOT) if options.out.is_relative_to(ROOT) else options.out}: {size / 1e6:.1f} MB")
    if size > LIMIT:
        sys.exit(f"tegula: error: the archive must stay under {LIMIT / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
