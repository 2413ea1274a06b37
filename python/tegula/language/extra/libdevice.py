# language/extra/libdevice.py - the functions of a target's device library.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Device library functions: NVIDIA's libdevice on a GPU, the host's mathematics on the CPU.

Most take fp32 or fp64 and give the same type; `isnan`, `isinf`, `signbit` and `finitef` give int32.
"""

from ..core import define

_functions = {
    1: """tanh sinh cosh tan asin acos atan asinh acosh atanh exp exp2 exp10 expm1 log log2 log10 log1p sqrt rsqrt cbrt rcbrt
        sin cos sinpi cospi floor ceil trunc rint nearbyint round llrint llround isnan isinf finitef isfinited signbit ilogb
        logb erf erfc erfinv erfcinv erfcx normcdf normcdfinv lgamma tgamma j0 j1 y0 y1 cyl_bessel_i0 cyl_bessel_i1 fast_expf
        fast_logf fast_log2f fast_log10f fast_exp10f fast_sinf fast_cosf fast_tanf fast_tanhf rcp_rn rcp_rz rcp_rd rcp_ru
        sqrt_rn sqrt_rz sqrt_rd sqrt_ru rsqrt_rn saturatef clz popc ffs brev abs
        double2float_rn double2float_rz double2float_rd double2float_ru double2int_rn double2int_rz double2int_rd
        double2int_ru double2uint_rn double2uint_rz double2uint_rd double2uint_ru int2double_rn uint2double_rn float2int_rn
        float2int_rz float2int_rd float2int_ru float2uint_rn float2uint_rz float2uint_rd float2uint_ru int2float_rn
        int2float_rz int2float_rd int2float_ru uint2float_rn uint2float_rz uint2float_rd uint2float_ru double2loint
        double2hiint float2ll_rn float2ll_rz float2ll_rd float2ll_ru float2ull_rn float2ull_rz float2ull_rd float2ull_ru
        double2ll_rn double2ll_rz double2ll_rd double2ll_ru double2ull_rn double2ull_rz double2ull_rd double2ull_ru
        ll2float_rn ll2float_rz ll2float_rd ll2float_ru ull2float_rn ull2float_rz ull2float_rd ull2float_ru ll2double_rn
        ll2double_rz ll2double_rd ll2double_ru ull2double_rn ull2double_rz ull2double_rd ull2double_ru int_as_float
        float_as_int uint_as_float float_as_uint longlong_as_double double_as_longlong""",
    2: """atan2 pow hypot rhypot copysign nextafter fdim fmod remainder ldexp scalbn jn yn fast_powf fast_dividef add_rn add_rz
        add_rd add_ru sub_rn sub_rz sub_rd sub_ru mul_rn mul_rz mul_rd mul_ru div_rn div_rz div_rd div_ru mulhi mul24 hadd rhadd
        hiloint2double""",
    3: "fma fma_rn fma_rz fma_rd fma_ru byte_perm sad norm3d rnorm3d",
    4: "norm4d rnorm4d",
}


def _one(arg0):
    pass


def _two(arg0, arg1):
    pass


def _three(arg0, arg1, arg2):
    pass


def _four(arg0, arg1, arg2, arg3):
    pass


def _declare():
    names = []
    for arity, template in ((1, _one), (2, _two), (3, _three), (4, _four)):
        for name in _functions[arity].split():

            def fn():
                pass

            fn.__code__ = template.__code__
            fn.__name__ = fn.__qualname__ = name
            fn.__module__ = __name__
            fn.__doc__ = f"The device library's {name}."
            globals()[name] = define("extra.libdevice." + name, fn)
            names.append(name)
    return names


__all__ = _declare()
