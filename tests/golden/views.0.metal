// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef float type_1[1];
struct Uniforms {
    uint size;
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

struct map_expInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void map_exp(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1& b1_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    uint index = id.x;
    uint size = uniforms.size;
    if (index >= size) {
        return;
    }
    uint j = index % 10u;
    uint i = index / 10u;
    uint _e20 = as_type<uint>(metal::max(as_type<int>(i - 1u), 0)) * 2u;
    uint _e21 = metal::min(j, 7u) + _e20;
    float v0_load = b0_in[(((0u - ((_e21 / 6u) * 2u)) - ((_e21 % 6u) * 8u)) - _e20) + 47u];
    bool v2_inside = 1 <= as_type<int>(i);
    bool v3_inside = as_type<int>(j) < 8;
    bool v4_logicalAnd = v2_inside & v3_inside;
    float v5_where = v4_logicalAnd ? v0_load : -1.0;
    float _e44 = exp(v5_where);
    b1_out[(i * 10u) + j] = _e44;
}
