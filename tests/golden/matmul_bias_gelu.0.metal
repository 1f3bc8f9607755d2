// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
    uint size3;
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

void finish(
    uint batch,
    uint m,
    uint n,
    float sum,
    device type_1 const& b0_in,
    device type_1& b3_out,
    constant Uniforms& uniforms,
    constant _mslBufferSizes& _buffer_sizes
) {
    if (m >= 37u) {
        return;
    }
    if (n >= 29u) {
        return;
    }
    float v3_load = b0_in[n];
    float v4_add = sum + v3_load;
    float c1_ = uniforms.c1_;
    float v6_div = v4_add / c1_;
    float _e18 = erf(v6_div);
    float v9_add = _e18 + 1.0;
    float v10_mul = v4_add * v9_add;
    b3_out[(m * 29u) + n] = v10_mul;
}

struct contract_dot_add_div_erf_add_etcInput {
};
[[max_total_threads_per_threadgroup(64)]] kernel void contract_dot_add_div_erf_add_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1 const& b1_in [[buffer(1)]]
, device type_1 const& b2_in [[buffer(2)]]
, device type_1& b3_out [[buffer(3)]]
, constant Uniforms& uniforms [[buffer(4)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    float sum_0a = {};
    float sum_0b = {};
    float sum_0c = {};
    float sum_0d = {};
    float sum_1a = {};
    float sum_1b = {};
    float sum_1c = {};
    float sum_1d = {};
    float sum_2a = {};
    float sum_2b = {};
    float sum_2c = {};
    float sum_2d = {};
    float sum_3a = {};
    float sum_3b = {};
    float sum_3c = {};
    float sum_3d = {};
    uint next_k = {};
    uint tile = id.x;
    if (tile >= 80u) {
        return;
    }
    uint m_1 = (tile / 8u) * 4u;
    uint n_1 = (tile % 8u) * 4u;
    uint i = metal::min(m_1, 36u);
    uint _e14 = m_1 + 1u;
    uint i_b = metal::min(_e14, 36u);
    uint _e17 = m_1 + 2u;
    uint i_c = metal::min(_e17, 36u);
    uint _e20 = m_1 + 3u;
    uint i_d = metal::min(_e20, 36u);
    uint j = metal::min(n_1, 28u);
    uint _e24 = n_1 + 1u;
    uint j_b = metal::min(_e24, 28u);
    uint _e26 = n_1 + 2u;
    uint j_c = metal::min(_e26, 28u);
    uint _e28 = n_1 + 3u;
    uint j_d = metal::min(_e28, 28u);
    sum_0a = 0.0;
    sum_0b = 0.0;
    sum_0c = 0.0;
    sum_0d = 0.0;
    sum_1a = 0.0;
    sum_1b = 0.0;
    sum_1c = 0.0;
    sum_1d = 0.0;
    sum_2a = 0.0;
    sum_2b = 0.0;
    sum_2c = 0.0;
    sum_2d = 0.0;
    sum_3a = 0.0;
    sum_3b = 0.0;
    sum_3c = 0.0;
    sum_3d = 0.0;
    next_k = 0u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e132 = next_k;
            next_k = _e132 + 1u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 50u) {
            break;
        }
        float v0_load = b1_in[(i * 50u) + k];
        float v0_load_b = b1_in[(i_b * 50u) + k];
        float v0_load_c = b1_in[(i_c * 50u) + k];
        float v0_load_d = b1_in[(i_d * 50u) + k];
        uint _e70 = k * 29u;
        float v1_load = b2_in[j + _e70];
        float v1_load_b = b2_in[j_b + _e70];
        float v1_load_c = b2_in[j_c + _e70];
        float v1_load_d = b2_in[j_d + _e70];
        float _e84 = sum_0a;
        sum_0a = _e84 + (v0_load * v1_load);
        float _e87 = sum_0b;
        sum_0b = _e87 + (v0_load * v1_load_b);
        float _e90 = sum_0c;
        sum_0c = _e90 + (v0_load * v1_load_c);
        float _e93 = sum_0d;
        sum_0d = _e93 + (v0_load * v1_load_d);
        float _e96 = sum_1a;
        sum_1a = _e96 + (v0_load_b * v1_load);
        float _e99 = sum_1b;
        sum_1b = _e99 + (v0_load_b * v1_load_b);
        float _e102 = sum_1c;
        sum_1c = _e102 + (v0_load_b * v1_load_c);
        float _e105 = sum_1d;
        sum_1d = _e105 + (v0_load_b * v1_load_d);
        float _e108 = sum_2a;
        sum_2a = _e108 + (v0_load_c * v1_load);
        float _e111 = sum_2b;
        sum_2b = _e111 + (v0_load_c * v1_load_b);
        float _e114 = sum_2c;
        sum_2c = _e114 + (v0_load_c * v1_load_c);
        float _e117 = sum_2d;
        sum_2d = _e117 + (v0_load_c * v1_load_d);
        float _e120 = sum_3a;
        sum_3a = _e120 + (v0_load_d * v1_load);
        float _e123 = sum_3b;
        sum_3b = _e123 + (v0_load_d * v1_load_b);
        float _e126 = sum_3c;
        sum_3c = _e126 + (v0_load_d * v1_load_c);
        float _e129 = sum_3d;
        sum_3d = _e129 + (v0_load_d * v1_load_d);
    }
    float _e134 = sum_0a;
    finish(0u, m_1, n_1, _e134, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e135 = sum_0b;
    finish(0u, m_1, _e24, _e135, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e136 = sum_0c;
    finish(0u, m_1, _e26, _e136, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e137 = sum_0d;
    finish(0u, m_1, _e28, _e137, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e138 = sum_1a;
    finish(0u, _e14, n_1, _e138, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e139 = sum_1b;
    finish(0u, _e14, _e24, _e139, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e140 = sum_1c;
    finish(0u, _e14, _e26, _e140, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e141 = sum_1d;
    finish(0u, _e14, _e28, _e141, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e142 = sum_2a;
    finish(0u, _e17, n_1, _e142, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e143 = sum_2b;
    finish(0u, _e17, _e24, _e143, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e144 = sum_2c;
    finish(0u, _e17, _e26, _e144, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e145 = sum_2d;
    finish(0u, _e17, _e28, _e145, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e146 = sum_3a;
    finish(0u, _e20, n_1, _e146, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e147 = sum_3b;
    finish(0u, _e20, _e24, _e147, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e148 = sum_3c;
    finish(0u, _e20, _e26, _e148, b0_in, b3_out, uniforms, _buffer_sizes);
    float _e149 = sum_3d;
    finish(0u, _e20, _e28, _e149, b0_in, b3_out, uniforms, _buffer_sizes);
}
