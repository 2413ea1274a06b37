"""Launches on a GPU: devices, streams, values; skipped where torch sees no GPU."""

import struct

import numpy as np
import pytest

import tegula
import tegula.language as tl

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")


@tegula.jit
def dump(out_ptr, count, a, b, c, d, SKIPPED: tl.constexpr = 3):
    # entry: dump
    pass


@tegula.jit
def nothing(x_ptr, n):
    # entry: nothing
    pass


def test_values_arrive(fake):
    out = torch.zeros(16, dtype=torch.int64, device="cuda")
    x = torch.zeros(4, dtype=torch.float16, device="cuda")
    kernel = dump[(2, 3, 4)](out, 5, x, 1 << 40, 2.5, True, num_warps=1)
    assert out[:6].tolist() == [2, 3, 4, x.data_ptr(), 1 << 40, struct.unpack("I", struct.pack("f", 2.5))[0]]
    assert out[6].item() == 1
    assert fake(kernel)[0].startswith("target " + tegula.runtime.driver.target_of_device(out.device.index))
    assert kernel.metadata.target.backend == "cuda" and kernel.function
    out.zero_()
    kernel[(1,)](out, 5, x, 1 << 41, 0.0, False)
    assert out[:6].tolist() == [1, 1, 1, x.data_ptr(), 1 << 41, 0]


def test_the_launch_goes_to_the_current_stream(fake):
    out = torch.zeros(16, dtype=torch.int64, device="cuda")
    dump[(1,)](out, 5, 2, 3, 4, 5)
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        torch.cuda._sleep(200_000_000)
        dump[(7,)](out, 5, 2, 3, 4, 5)
        assert not stream.query()  # it waits behind the sleep
    stream.synchronize()
    assert out[0].item() == 7


def test_a_launch_can_be_captured_in_a_graph(fake):
    out = torch.zeros(16, dtype=torch.int64, device="cuda")
    dump[(1,)](out, 5, 2, 3, 4, 5)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        dump[(9,)](out, 5, 2, 3, 4, 5)
    out.zero_()
    graph.replay()
    assert out[0].item() == 9


def test_a_cpu_tensor_among_gpu_arguments(fake):
    out, x = torch.zeros(16, dtype=torch.int64, device="cuda"), torch.zeros(4)
    with pytest.raises(ValueError) as raised:
        dump[(1,)](out, 5, x, np.zeros(3), 4, 5)
    assert str(raised.value) == (
        "kernel 'dump': the arguments are on different devices: 'out_ptr' (torch Tensor) on GPU 0; 'a' (torch Tensor), "
        "'b' (NumPy array) on the CPU; move the CPU arguments to the GPU, for instance x.cuda() or "
        "torch.from_numpy(x).cuda()"
    )


def test_cpu_tensors_run_on_the_cpu_of_a_gpu_machine(fake):
    assert nothing[(1,)](torch.zeros(4), 3).metadata.target.backend == "cpu"
    assert nothing[(1,)](torch.zeros(4, device="cuda"), 3).metadata.target.backend == "cuda"
    assert nothing[(1,)](torch.zeros(4), 3).metadata.target.backend == "cpu"


def test_cupy_array(fake):
    cupy = pytest.importorskip("cupy")
    assert fake.arguments(nothing[(1,)](cupy.zeros(64, cupy.float16), 3)) == {"x_ptr": "*fp16:16", "n": "i32:1"}


def test_more_threads_than_a_block_has(fake):
    kernel = nothing[(1,)](torch.zeros(4, device="cuda"), 3, num_warps=32)
    assert kernel.n_max_threads >= 1024


def test_second_gpu(fake):
    if torch.cuda.device_count() < 2:
        pytest.skip("one GPU")
    out = torch.zeros(16, dtype=torch.int64, device="cuda:1")
    dump[(4,)](out, 5, 2, 3, 4, 5)
    assert out[0].item() == 4 and torch.cuda.current_device() == 0
    with pytest.raises(ValueError):
        dump[(1,)](out, 5, torch.zeros(4, device="cuda:0"), 3, 4, 5)


def test_device_properties():
    properties = tegula.runtime.driver.active.utils.get_device_properties(0)
    assert properties["multiprocessor_count"] == torch.cuda.get_device_properties(0).multi_processor_count
    assert properties["max_shared_mem"] > 48 * 1024


def test_do_bench():
    x = torch.zeros(1 << 20, device="cuda")
    low, middle, high = tegula.testing.do_bench(lambda: x.add_(1), warmup=1, rep=5, quantiles=[0.2, 0.5, 0.8])
    assert 0 < low <= middle <= high
    assert tegula.testing.do_bench_cudagraph(lambda: x.add_(1), rep=1) > 0
