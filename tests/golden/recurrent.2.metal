// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
    uint size3;
    uint size4;
    uint size5;
};

typedef int type_1[1];
typedef metal::float4 type_3[1];
struct Uniforms {
    uint size;
};

metal::int4 naga_f2i32(metal::float4 value) {
    return static_cast<metal::int4>(metal::clamp(value, -2147483600.0, 2147483500.0));
}

metal::int4 float_to_int_vec(
    metal::float4 x
) {
    metal::float4 _e5 = metal::float4(2147483600.0);
    return metal::select(metal::select(metal::select(naga_f2i32(metal::select(metal::float4(0.0), x, metal::abs(x) < _e5)), metal::int4(2147483647), _e5 <= x), metal::int4((-2147483647 - 1)), x <= metal::float4(-2147483600.0)), metal::int4(0), metal::uint4(2139095040u) < (as_type<metal::uint4>(x) & metal::uint4(2147483647u)));
}

metal::float4 tanh_vec(
    metal::float4 x_1
) {
    float constant_ = 0.5;
    metal::float4 _e1 = metal::abs(x_1);
    metal::float4 _e3 = metal::float4(10.0);
    metal::float4 _e5 = metal::select(_e3, _e1, _e1 < _e3);
    metal::float4 _e6 = _e5 + _e5;
    metal::float4 _e8 = metal::float4(-105.0);
    metal::float4 _e10 = metal::select(_e6, _e8, _e6 < _e8);
    metal::float4 _e12 = metal::float4(90.0);
    metal::float4 _e14 = metal::select(_e10, _e12, _e12 < _e10);
    metal::float4 _e17 = _e14 * metal::float4(1.442695);
    float _e20 = constant_;
    metal::uint4 _e24 = metal::uint4(2147483648u);
    metal::int4 _e30 = float_to_int_vec(_e17 + as_type<metal::float4>(metal::uint4(as_type<uint>(_e20)) ^ (as_type<metal::uint4>(_e17) & _e24)));
    metal::float4 _e31 = static_cast<metal::float4>(_e30);
    metal::float4 _e39 = (_e14 - (_e31 * metal::float4(0.69314575))) - (_e31 * metal::float4(0.0000014286068));
    metal::float4 _e65 = metal::float4(1.0);
    metal::int4 _e69 = as_type<metal::int4>(as_type<metal::uint4>(_e30) + as_type<metal::uint4>(metal::int4(0)));
    metal::int4 _e72 = _e69 >> metal::uint4(1u);
    metal::int4 _e75 = metal::int4(127);
    metal::uint4 _e79 = metal::uint4(23u);
    metal::float4 _e93 = _e5 * _e5;
    metal::uint4 _e128 = as_type<metal::uint4>(x_1);
    return metal::select(as_type<metal::float4>(as_type<metal::uint4>(metal::select(_e65 - (metal::float4(2.0) / (((((_e39 + ((_e39 * _e39) * ((((((((((metal::float4(0.00019891269) * _e39) + metal::float4(0.00139339)) * _e39) + metal::float4(0.0083333105)) * _e39) + metal::float4(0.041666463)) * _e39) + metal::float4(0.16666667)) * _e39) + metal::float4(0.5)))) + _e65) * as_type<metal::float4>(as_type<metal::uint4>(as_type<metal::int4>(as_type<metal::uint4>(_e72) + as_type<metal::uint4>(_e75))) << _e79)) * as_type<metal::float4>(as_type<metal::uint4>(as_type<metal::int4>(as_type<metal::uint4>(as_type<metal::int4>(as_type<metal::uint4>(_e69) - as_type<metal::uint4>(_e72))) + as_type<metal::uint4>(_e75))) << _e79)) + _e65)), _e5 + ((_e5 * _e93) * ((((((((((((metal::float4(-0.0008519199) * _e93) + metal::float4(0.0032950146)) * _e93) + metal::float4(-0.008786444)) * _e93) + metal::float4(0.02185905)) * _e93) + metal::float4(-0.05396757)) * _e93) + metal::float4(0.13333331)) * _e93) + metal::float4(-0.33333334))), _e5 < metal::float4(0.63))) ^ (_e128 & _e24)), x_1, metal::uint4(2139095040u) < (_e128 & metal::uint4(2147483647u)));
}

void finish(
    uint batch,
    uint m,
    uint quad_,
    metal::float4 sum,
    device type_1 const& b0_in,
    device type_3 const& b1_in,
    device type_3& b4_out,
    device type_3& b5_out,
    constant _mslBufferSizes& _buffer_sizes
) {
    int v3_load = b0_in[0u];
    bool v7_less = v3_load < 0;
    int v8_add = as_type<int>(as_type<uint>(v3_load) + as_type<uint>(5));
    int v9_where = v7_less ? v8_add : v3_load;
    int v10_minimum = (4 < v9_where) ? 4 : v9_where;
    int v11_maximum = (v10_minimum < 0) ? 0 : v10_minimum;
    uint _e28 = m * 2u;
    metal::float4 v12_load = b1_in[(_e28 + (as_type<uint>(v11_maximum) * 4u)) + quad_];
    metal::float4 v13_add = v12_load + sum;
    metal::float4 _e36 = tanh_vec(v13_add);
    uint _e38 = _e28 + quad_;
    b4_out[_e38] = _e36;
    b5_out[_e38] = v13_add;
}

struct contract_gather_dot_add_tanh_barrierInput {
};
[[max_total_threads_per_threadgroup(64)]] kernel void contract_gather_dot_add_tanh_barrier(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_3 const& b2_in [[buffer(2)]]
, device type_3 const& b3_in [[buffer(3)]]
, device type_3& b4_out [[buffer(4)]]
, device type_3& b5_out [[buffer(5)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(7)]]
) {
    uint constant_b = 4u;
    metal::float4 sum_0a = {};
    metal::float4 sum_0b = {};
    metal::float4 sum_1a = {};
    metal::float4 sum_1b = {};
    uint next_quad_k = {};
    uint tile = id.x;
    if (tile >= 1u) {
        return;
    }
    uint m_1 = tile * 2u;
    uint i = m_1 + 1u;
    metal::uint4 _e10 = metal::uint4(0u, 1u, 2u, 3u);
    uint _e12 = constant_b;
    metal::float4 _e16 = metal::float4(0.0);
    sum_0a = _e16;
    sum_0b = _e16;
    sum_1a = _e16;
    sum_1b = _e16;
    next_quad_k = 0u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e129 = next_quad_k;
            next_quad_k = _e129 + 1u;
        }
        loop_init = false;
        uint quad_k = next_quad_k;
        if (quad_k >= 2u) {
            break;
        }
        uint _e24 = quad_k * 4u;
        metal::float4 v0_load = b2_in[(m_1 * 2u) + quad_k];
        metal::float4 v0_load_b = b2_in[(i * 2u) + quad_k];
        uint _e37 = _e24 * 2u;
        metal::float4 v1_load = b3_in[_e37];
        metal::float4 v1_load_b = b3_in[_e37 + 1u];
        metal::float4 _e45 = metal::float4(v0_load.x);
        metal::float4 _e47 = sum_0a;
        sum_0a = _e47 + (_e45 * v1_load);
        metal::float4 _e50 = sum_0b;
        sum_0b = _e50 + (_e45 * v1_load_b);
        metal::float4 _e52 = metal::float4(v0_load_b.x);
        metal::float4 _e54 = sum_1a;
        sum_1a = _e54 + (_e52 * v1_load);
        metal::float4 _e57 = sum_1b;
        sum_1b = _e57 + (_e52 * v1_load_b);
        uint _e60 = (_e24 + 1u) * 2u;
        metal::float4 v1_load_c = b3_in[_e60];
        metal::float4 v1_load_d = b3_in[_e60 + 1u];
        metal::float4 _e68 = metal::float4(v0_load.y);
        metal::float4 _e70 = sum_0a;
        sum_0a = _e70 + (_e68 * v1_load_c);
        metal::float4 _e73 = sum_0b;
        sum_0b = _e73 + (_e68 * v1_load_d);
        metal::float4 _e75 = metal::float4(v0_load_b.y);
        metal::float4 _e77 = sum_1a;
        sum_1a = _e77 + (_e75 * v1_load_c);
        metal::float4 _e80 = sum_1b;
        sum_1b = _e80 + (_e75 * v1_load_d);
        uint _e83 = (_e24 + 2u) * 2u;
        metal::float4 v1_load_e = b3_in[_e83];
        metal::float4 v1_load_f = b3_in[_e83 + 1u];
        metal::float4 _e91 = metal::float4(v0_load.z);
        metal::float4 _e93 = sum_0a;
        sum_0a = _e93 + (_e91 * v1_load_e);
        metal::float4 _e96 = sum_0b;
        sum_0b = _e96 + (_e91 * v1_load_f);
        metal::float4 _e98 = metal::float4(v0_load_b.z);
        metal::float4 _e100 = sum_1a;
        sum_1a = _e100 + (_e98 * v1_load_e);
        metal::float4 _e103 = sum_1b;
        sum_1b = _e103 + (_e98 * v1_load_f);
        uint _e106 = (_e24 + 3u) * 2u;
        metal::float4 v1_load_g = b3_in[_e106];
        metal::float4 v1_load_h = b3_in[_e106 + 1u];
        metal::float4 _e114 = metal::float4(v0_load.w);
        metal::float4 _e116 = sum_0a;
        sum_0a = _e116 + (_e114 * v1_load_g);
        metal::float4 _e119 = sum_0b;
        sum_0b = _e119 + (_e114 * v1_load_h);
        metal::float4 _e121 = metal::float4(v0_load_b.w);
        metal::float4 _e123 = sum_1a;
        sum_1a = _e123 + (_e121 * v1_load_g);
        metal::float4 _e126 = sum_1b;
        sum_1b = _e126 + (_e121 * v1_load_h);
    }
    metal::float4 _e131 = sum_0a;
    finish(0u, m_1, 0u, _e131, b0_in, b1_in, b4_out, b5_out, _buffer_sizes);
    metal::float4 _e132 = sum_0b;
    finish(0u, m_1, 1u, _e132, b0_in, b1_in, b4_out, b5_out, _buffer_sizes);
    metal::float4 _e133 = sum_1a;
    finish(0u, i, 0u, _e133, b0_in, b1_in, b4_out, b5_out, _buffer_sizes);
    metal::float4 _e134 = sum_1b;
    finish(0u, i, 1u, _e134, b0_in, b1_in, b4_out, b5_out, _buffer_sizes);
}
