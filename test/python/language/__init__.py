"""The language suite: each feature of the kernel language, on every target of this machine, against NumPy.

One file a family; a kernel stands above the tests that run it. A test is a claim and has a `target`: "cpu", "cuda" (skipped
without a GPU), or a GPU that the kernel is assembled for, which needs none. launch.py runs kernels and judges results.

    tools/dev test --only python test/python/language -k "reduce and cpu"
"""
