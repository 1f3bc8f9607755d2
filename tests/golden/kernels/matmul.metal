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
typedef metal::float4 type_3[1];
struct Uniforms {
    uint size;
};
struct type_8 {
    metal::float4 inner[272];
};
struct type_9 {
    metal::float4 inner[256];
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
    device type_3 const& b2_in,
    device type_3& b3_out,
    constant _mslBufferSizes& _buffer_sizes
) {
    metal::float4 v3_load = b2_in[quad_];
    metal::float4 v4_add = sum + v3_load;
    metal::float4 _e17 = tanh_vec(v4_add);
    b3_out[(m * 48u) + quad_] = _e17;
}

struct contract_matmul_add_tanhInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void contract_matmul_add_tanh(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_3 const& b2_in [[buffer(2)]]
, device type_3& b3_out [[buffer(3)]]
, threadgroup type_8& left_tile
, threadgroup type_9& right_tile
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    metal::float4 sum_0a = {};
    metal::float4 sum_1a = {};
    metal::float4 sum_2a = {};
    metal::float4 sum_3a = {};
    uint next_k = {};
    uint next_inner = {};
    uint tile = group.x;
    if (tile >= 6u) {
        return;
    }
    uint _e12 = lane % 16u;
    uint _e13 = lane / 16u;
    uint _e17 = ((tile % 3u) * 16u) + _e12;
    uint j = (((tile / 3u) * 16u) + _e13) * 4u;
    uint j_b = j + 1u;
    uint j_c = j + 2u;
    uint j_d = j + 3u;
    metal::float4 _e30 = metal::float4(0.0);
    sum_0a = _e30;
    sum_1a = _e30;
    sum_2a = _e30;
    sum_3a = _e30;
    next_k = 0u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e108 = next_k;
            next_k = _e108 + 16u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 64u) {
            break;
        }
        uint l = k + _e12;
        float v0_load = b0_in[(j * 64u) + l];
        float v0_load_b = b0_in[(j_b * 64u) + l];
        float v0_load_c = b0_in[(j_c * 64u) + l];
        float v0_load_d = b0_in[(j_d * 64u) + l];
        left_tile.inner[(_e12 * 17u) + _e13] = metal::float4(v0_load, v0_load_b, v0_load_c, v0_load_d);
        uint l_b = k + _e13;
        metal::float4 v1_load = b1_in[(l_b * 48u) + _e17];
        right_tile.inner[(_e13 * 16u) + _e12] = v1_load;
        metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
        next_inner = 0u;
        bool loop_init_1 = true;
        while(true) {
            if (!loop_init_1) {
                uint _e105 = next_inner;
                next_inner = _e105 + 1u;
            }
            loop_init_1 = false;
            uint inner = next_inner;
            if (inner >= 16u) {
                break;
            }
            metal::float4 _e79 = left_tile.inner[(inner * 17u) + _e13];
            metal::float4 _e87 = right_tile.inner[(inner * 16u) + _e12];
            metal::float4 _e90 = sum_0a;
            sum_0a = _e90 + (metal::float4(_e79.x) * _e87);
            metal::float4 _e94 = sum_1a;
            sum_1a = _e94 + (metal::float4(_e79.y) * _e87);
            metal::float4 _e98 = sum_2a;
            sum_2a = _e98 + (metal::float4(_e79.z) * _e87);
            metal::float4 _e102 = sum_3a;
            sum_3a = _e102 + (metal::float4(_e79.w) * _e87);
        }
        metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    }
    metal::float4 _e110 = sum_0a;
    finish(0u, j, _e17, _e110, b2_in, b3_out, _buffer_sizes);
    metal::float4 _e111 = sum_1a;
    finish(0u, j_b, _e17, _e111, b2_in, b3_out, _buffer_sizes);
    metal::float4 _e112 = sum_2a;
    finish(0u, j_c, _e17, _e112, b2_in, b3_out, _buffer_sizes);
    metal::float4 _e113 = sum_3a;
    finish(0u, j_d, _e17, _e113, b2_in, b3_out, _buffer_sizes);
}
