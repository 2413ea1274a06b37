"""Which facts about its arguments a kernel is compiled for: types, 1, divisibility by 16, compile-time values."""

import collections

import numpy as np
import pytest

import tegula
import tegula.language as tl

X = np.zeros(64, np.float32)
ALIGNED = X[(-X.ctypes.data % 16) // 4 :][:32]
ODD = ALIGNED[1:]


@tegula.jit
def one(a):
    # entry: nothing
    pass


@tegula.jit
def two(x_ptr, n):
    # entry: nothing
    pass


@tegula.jit
def with_constant(x_ptr, BLOCK: tl.constexpr):
    # entry: nothing
    pass


@pytest.mark.parametrize(
    "value, binding",
    [
        (None, "constexpr none"),
        (1, "constexpr int 1"),
        (0, "i32:16"),
        (7, "i32:1"),
        (48, "i32:16"),
        (-16, "i32:16"),
        (-1, "i32:1"),
        (2**31 - 1, "i32:1"),
        (-(2**31), "i32:16"),
        (2**31, "i64:16"),
        (2**31 + 1, "i64:1"),
        (-(2**31) - 1, "i64:1"),
        (2**63 - 1, "i64:1"),
        (2**63, "u64:16"),
        (2**64 - 1, "u64:1"),
        (True, "i1:1"),
        (False, "i1:1"),
        (1.0, "fp32:1"),
        (16.0, "fp32:1"),
        (np.float64(2.5), "fp32:1"),
        (tl.constexpr(5), "constexpr int 5"),
        (tl.constexpr("relu"), "constexpr string relu"),
        (one, "constexpr function"),
        (ALIGNED, "*fp32:16"),
        (ODD, "*fp32:1"),
    ],
)
def test_argument_is_bound_by_its_type_and_value(fake, value, binding):
    assert fake.arguments(one[(1,)](value)) == {"a": binding}


@pytest.mark.parametrize(
    "dtype, element",
    [
        ("bool", "i1"),
        ("int8", "i8"),
        ("int16", "i16"),
        ("int32", "i32"),
        ("int64", "i64"),
        ("uint8", "u8"),
        ("uint16", "u16"),
        ("uint32", "u32"),
        ("uint64", "u64"),
        ("float16", "fp16"),
        ("float32", "fp32"),
        ("float64", "fp64"),
    ],
)
def test_numpy_dtype_names_the_element(fake, dtype, element):
    array = np.zeros(64, dtype)
    assert fake.arguments(one[(1,)](array))["a"].split(":")[0] == "*" + element


@pytest.mark.parametrize(
    "dtype, element", [("bfloat16", "bf16"), ("float8_e4m3fn", "fp8e4nv"), ("float8_e5m2", "fp8e5")]
)
def test_ml_dtypes_arrays(fake, dtype, element):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    array = np.zeros(64, getattr(ml_dtypes, dtype))
    assert fake.arguments(one[(1,)](array))["a"].split(":")[0] == "*" + element


def test_reinterpret_gives_numpy_a_bfloat16(fake):
    wrapped = tegula.reinterpret(np.zeros(64, np.uint16), tl.bfloat16)
    assert fake.arguments(one[(1,)](wrapped))["a"].split(":")[0] == "*bf16"


def test_reinterpret_refuses_another_size():
    with pytest.raises(TypeError) as error:
        tegula.reinterpret(np.zeros(4, np.float32), tl.bfloat16)
    assert str(error.value) == "reinterpret needs types of one size; the elements are 4 bytes each, bf16's are 2"


@pytest.mark.parametrize(
    "dtype, element",
    [
        ("bool", "i1"),
        ("int64", "i64"),
        ("float16", "fp16"),
        ("bfloat16", "bf16"),
        ("float32", "fp32"),
        ("float64", "fp64"),
        ("float8_e4m3fn", "fp8e4nv"),
        ("float8_e5m2", "fp8e5"),
    ],
)
def test_torch_dtype_names_the_element(fake, dtype, element):
    torch = pytest.importorskip("torch")
    tensor = torch.zeros(64, dtype=getattr(torch, dtype))
    assert fake.arguments(one[(1,)](tensor)) == {"a": f"*{element}:16"}


def test_torch_parameter_and_subclass_and_view(fake):
    torch = pytest.importorskip("torch")

    class Sub(torch.Tensor):
        pass

    base = torch.zeros(64)
    assert fake.arguments(one[(1,)](torch.nn.Parameter(base))) == {"a": "*fp32:16"}
    assert fake.arguments(one[(1,)](base.as_subclass(Sub))) == {"a": "*fp32:16"}
    assert fake.arguments(one[(1,)](base[1:])) == {"a": "*fp32:1"}


def test_dlpack_only_object(fake):
    torch = pytest.importorskip("torch")

    class Holder:
        def __init__(self, tensor):
            self.tensor = tensor

        def __dlpack__(self, **kwargs):
            return self.tensor.__dlpack__()

        def __dlpack_device__(self):
            return self.tensor.__dlpack_device__()

    assert fake.arguments(one[(1,)](Holder(torch.zeros(64, dtype=torch.float16)))) == {"a": "*fp16:16"}


def test_duck_typed_pointer(fake):

    class Duck:
        dtype = tl.float8e5

        def data_ptr(self):
            return 48

    assert fake.arguments(one.warmup(Duck())) == {"a": "*fp8e5:16"}


def test_one_variant_serves_all_values_of_a_kind(fake):
    before = two._num_variants
    for n in (17, 19, 1000003):
        two[(1,)](ALIGNED, n)
    assert two._num_variants == before + 1
    two[(1,)](ALIGNED, 32)
    two[(1,)](ALIGNED, 1)
    two[(1,)](ODD, 17)
    assert two._num_variants == before + 4


def test_constants_are_told_apart_by_type():

    @tegula.jit
    def kernel(x_ptr, VALUE: tl.constexpr):
        # entry: nothing
        pass

    from tegula.runtime.jit import _hashable

    assert len({_hashable(v) for v in (1, 1.0, True, "1", (1,), (1.0,), -0.0, 0.0)}) == 8


Point = collections.namedtuple("Point", "x y")


@pytest.mark.parametrize(
    "value, spelled",
    [
        (1, "int 1"),
        (True, "bool true"),
        (1.5, "float 1.5"),
        ("relu", "string relu"),
        (None, "none"),
        (2**70, f"int {2**70}"),
        ((1, 2.5, "a"), "tuple(int 1, float 2.5, string a)"),
        (Point(3, 4), "tuple(x=int 3, y=int 4)"),
        (tl.float16, "type fp16"),
        (tl.pointer_type(tl.int8), "type *i8"),
        (tl.pointer_type(tl.int8, const=True), "type *ki8"),
        (tl.int1, "type i1"),
        (one, "function"),
        (tl.constexpr(4), "int 4"),
        (np.int64(9), "int 9"),
        (tl.exp, "builtin exp"),
    ],
)
def test_constexpr_argument_goes_over_by_value(fake, value, spelled):
    assert fake.arguments(with_constant[(1,)](ALIGNED, value))["BLOCK"] == "constexpr " + spelled


def test_torch_dtype_is_a_type(fake):
    torch = pytest.importorskip("torch")
    assert fake.arguments(with_constant[(1,)](ALIGNED, torch.bfloat16))["BLOCK"] == "constexpr type bf16"


def test_equal_constants_share_a_variant(fake):
    before = with_constant._num_variants
    first = with_constant[(1,)](ALIGNED, (1, "a" * 3, 2.5))
    assert with_constant[(1,)](ALIGNED, (1, "".join(["a"] * 3), 2.5)) is first
    assert with_constant[(1,)](ALIGNED, (1.0, "aaa", 2.5)) is not first
    assert with_constant._num_variants == before + 2


def test_annotations_fix_types(fake):

    @tegula.jit
    def kernel(
        a: tl.int64, b: "i16", c: int, d: float, e: bool, f: tl.float64, g: "tl.uint8", h: np.ndarray, i: "int32_t"
    ):
        # entry: nothing
        pass

    kernel_ = kernel[(1,)](1, 16, 3, 2, 1, 1.5, 255, 7, 32)
    assert fake.arguments(kernel_) == {
        "a": "i64:1",
        "b": "i16:16",
        "c": "i32:1",
        "d": "fp32:1",
        "e": "i1:1",
        "f": "fp64:1",
        "g": "u8:1",
        "h": "i32:1",
        "i": "i32:16",
    }


def test_annotation_and_wrong_type():

    @tegula.jit
    def kernel(n: tl.int32):
        pass

    with pytest.raises(TypeError) as error:
        kernel[(1,)](2.5)
    assert str(error.value) == "argument 'n' is annotated as i32; got float"


def test_const_pointer(fake):

    @tegula.jit
    def kernel(a: tl.const, b: "*kfp16", c):
        # entry: nothing
        pass

    half = np.zeros(64, np.float16)
    kinds = fake.arguments(kernel[(1,)](ALIGNED, half, ALIGNED))
    assert {name: kind.split(":")[0] for name, kind in kinds.items()} == {"a": "*kfp32", "b": "*kfp16", "c": "*fp32"}


def test_do_not_specialize_by_name_and_index(fake):

    @tegula.jit(do_not_specialize=["n", 0])
    def kernel(x_ptr, n, m):
        # entry: nothing
        pass

    assert fake.arguments(kernel[(1,)](ALIGNED, 1, 1)) == {"x_ptr": "*fp32:1", "n": "i32:1", "m": "constexpr int 1"}
    assert fake.arguments(kernel[(1,)](ALIGNED, 16, 16)) == {"x_ptr": "*fp32:1", "n": "i32:1", "m": "i32:16"}
    assert kernel._num_variants == 2


def test_do_not_specialize_on_alignment(fake):

    @tegula.jit(do_not_specialize_on_alignment=["x_ptr", "n"])
    def kernel(x_ptr, n):
        # entry: nothing
        pass

    assert fake.arguments(kernel[(1,)](ALIGNED, 16)) == {"x_ptr": "*fp32:1", "n": "i32:1"}
    assert fake.arguments(kernel[(1,)](ALIGNED, 1)) == {"x_ptr": "*fp32:1", "n": "constexpr int 1"}


def test_do_not_specialize_and_constexpr_exclude_each_other():
    with pytest.raises(ValueError) as error:

        @tegula.jit(do_not_specialize=["BLOCK"])
        def kernel(BLOCK: tl.constexpr):
            pass

    assert (
        str(error.value)
        == "parameter 'BLOCK' of kernel 'kernel' is constexpr and marked do_not_specialize; it can be only one"
    )


def test_default_values(fake):

    @tegula.jit
    def kernel(x_ptr, n=32, BLOCK: tl.constexpr = 128):
        # entry: nothing
        pass

    assert fake.arguments(kernel[(1,)](ALIGNED)) == {"x_ptr": "*fp32:16", "n": "i32:16", "BLOCK": "constexpr int 128"}
    assert fake.arguments(kernel[(1,)](ALIGNED, BLOCK=64))["BLOCK"] == "constexpr int 64"


def test_warmup_with_dtypes(fake):
    kernel = two.warmup(tl.float16, 32, grid=(1,))
    assert fake.arguments(kernel) == {"x_ptr": "*fp16:16", "n": "i32:16"}
    torch = pytest.importorskip("torch")
    assert fake.arguments(two.warmup(torch.bfloat16, n=1)) == {"x_ptr": "*bf16:16", "n": "constexpr int 1"}
