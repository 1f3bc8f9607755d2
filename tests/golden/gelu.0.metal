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

float erf(
    float x_1
) {
    float constant_ = 0.5;
    float _e1 = metal::abs(x_1);
    float _e2 = _e1 * _e1;
    float _e29 = (_e1 < 4.0) ? _e1 : 4.0;
    float _e61 = (((((((((((((((((((as_type<float>(3005559942u) * _e29) + 0.00000089557943) * _e29) + -0.0000075019316) * _e29) + 0.000007679802) * _e29) + 0.00039549384) * _e29) + -0.0042582355) * _e29) + 0.025581349) * _e29) + -0.10914642) * _e29) + -0.63248545) * _e29) + -1.1299661) * _e29) + 0.00027284896;
    float _e65 = (_e61 < -105.0) ? -105.0 : _e61;
    float _e68 = (90.0 < _e65) ? 90.0 : _e65;
    float _e70 = _e68 * 1.442695;
    float _e73 = constant_;
    int _e81 = float_to_int(_e70 + as_type<float>(as_type<uint>(_e73) ^ (as_type<uint>(_e70) & 2147483648u)));
    float _e82 = static_cast<float>(_e81);
    float _e88 = (_e68 - (_e82 * 0.69314575)) - (_e82 * 0.0000014286068);
    int _e109 = as_type<int>(as_type<uint>(_e81) + as_type<uint>(0));
    int _e111 = _e109 >> 1u;
    uint _e129 = as_type<uint>(x_1);
    return (2139095040u < (_e129 & 2147483647u)) ? x_1 : as_type<float>(as_type<uint>((_e1 < 1.0) ? (_e1 + (_e1 * ((((((((((((((-0.000009666631 * _e2) + 0.00011265824) * _e2) + -0.00084840634) * _e2) + 0.0052210307) * _e2) + -0.02686543) * _e2) + 0.11283782) * _e2) + -0.37612638) * _e2) + 0.12837917))) : (1.0 - ((((_e88 + ((_e88 * _e88) * ((((((((((0.00019891269 * _e88) + 0.00139339) * _e88) + 0.0083333105) * _e88) + 0.041666463) * _e88) + 0.16666667) * _e88) + 0.5))) + 1.0) * as_type<float>(as_type<uint>(as_type<int>(as_type<uint>(_e111) + as_type<uint>(127))) << 23u)) * as_type<float>(as_type<uint>(as_type<int>(as_type<uint>(as_type<int>(as_type<uint>(_e109) - as_type<uint>(_e111))) + as_type<uint>(127))) << 23u)))) ^ (_e129 & 2147483648u));
}

struct map_div_erf_add_mulInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void map_div_erf_add_mul(
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
    float v0_load = b0_in[index];
    float c1_ = uniforms.c1_;
    float v2_div = v0_load / c1_;
    float _e14 = erf(v2_div);
    float v5_add = _e14 + 1.0;
    float v6_mul = v0_load * v5_add;
    float v8_mul = v6_mul * 0.5;
    b1_out[index] = v8_mul;
}
