// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
};

typedef float type_1[1];
struct Uniforms {
    uint size;
    float c1_;
};

int naga_f2i32(float value) {
    return static_cast<int>(metal::clamp(value, -2147483600.0, 2147483500.0));
}

int float_to_int(
    float x
) {
    return (2139095040u < (as_type<uint>(x) & 2147483647u)) ? 0 : ((x <= -2147483600.0) ? (-2147483647 - 1) : ((2147483600.0 <= x) ? 2147483647 : naga_f2i32((metal::abs(x) < 2147483600.0) ? x : 0.0)));
}

float exp(
    float x_1
) {
    float constant_ = 0.5;
    float _e3 = (x_1 < -105.0) ? -105.0 : x_1;
    float _e6 = (90.0 < _e3) ? 90.0 : _e3;
    float _e8 = _e6 * 1.442695;
    float _e11 = constant_;
    int _e19 = float_to_int(_e8 + as_type<float>(as_type<uint>(_e11) ^ (as_type<uint>(_e8) & 2147483648u)));
    float _e20 = static_cast<float>(_e19);
    float _e26 = (_e6 - (_e20 * 0.69314575)) - (_e20 * 0.0000014286068);
    int _e48 = as_type<int>(as_type<uint>(_e19) + as_type<uint>(0));
    int _e50 = _e48 >> 1u;
    return (2139095040u < (as_type<uint>(x_1) & 2147483647u)) ? x_1 : ((((_e26 + ((_e26 * _e26) * ((((((((((0.00019891269 * _e26) + 0.00139339) * _e26) + 0.0083333105) * _e26) + 0.041666463) * _e26) + 0.16666667) * _e26) + 0.5))) + 1.0) * as_type<float>(as_type<uint>(as_type<int>(as_type<uint>(_e50) + as_type<uint>(127))) << 23u)) * as_type<float>(as_type<uint>(as_type<int>(as_type<uint>(as_type<int>(as_type<uint>(_e48) - as_type<uint>(_e50))) + as_type<uint>(127))) << 23u));
}

struct map_exp_mulInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void map_exp_mul(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1& b1_out [[buffer(1)]]
, device type_1& b2_out [[buffer(2)]]
, constant Uniforms& uniforms [[buffer(3)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(4)]]
) {
    uint index = id.x;
    uint size = uniforms.size;
    if (index >= size) {
        return;
    }
    float v0_load = b0_in[index];
    float _e11 = exp(v0_load);
    float c1_ = uniforms.c1_;
    float v3_mul = _e11 * c1_;
    float v5_mul = _e11 * 2.0;
    b1_out[index] = v3_mul;
    b2_out[index] = v5_mul;
}
