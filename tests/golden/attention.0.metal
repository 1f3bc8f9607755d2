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
typedef metal::float4 type_3[1];
struct Uniforms {
    uint size;
};
struct type_7 {
    metal::float4 inner[272];
};
struct type_8 {
    metal::float4 inner[256];
};

void finish(
    uint batch,
    uint m,
    uint quad_,
    metal::float4 sum,
    device type_3& b2_out,
    constant _mslBufferSizes& _buffer_sizes
) {
    uint _e5 = quad_ * 4u;
    if (m >= 40u) {
        return;
    }
    if (_e5 >= 40u) {
        return;
    }
    b2_out[(m * 10u) + quad_] = sum;
}

struct contract_dotInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void contract_dot(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1 const& b1_in [[buffer(1)]]
, device type_3& b2_out [[buffer(2)]]
, threadgroup type_7& left_tile
, threadgroup type_8& right_tile
, constant _mslBufferSizes& _buffer_sizes [[buffer(4)]]
) {
    metal::float4 sum_0a = {};
    metal::float4 sum_1a = {};
    metal::float4 sum_2a = {};
    metal::float4 sum_3a = {};
    uint next_k = {};
    uint next_inner = {};
    uint tile = group.x;
    if (tile >= 1u) {
        return;
    }
    uint _e9 = lane % 16u;
    uint _e10 = lane / 16u;
    uint _e14 = ((tile * 16u) + _e10) * 4u;
    uint i = metal::min(_e14, 39u);
    uint _e17 = _e14 + 1u;
    uint i_b = metal::min(_e17, 39u);
    uint _e20 = _e14 + 2u;
    uint i_c = metal::min(_e20, 39u);
    uint _e23 = _e14 + 3u;
    uint i_d = metal::min(_e23, 39u);
    uint _e27 = metal::min(_e10, 9u) * 4u;
    metal::float4 _e32 = metal::float4(0.0);
    sum_0a = _e32;
    sum_1a = _e32;
    sum_2a = _e32;
    sum_3a = _e32;
    next_k = 0u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e118 = next_k;
            next_k = _e118 + 16u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 16u) {
            break;
        }
        uint k_b = k + _e9;
        float v0_load = b0_in[(i * 16u) + k_b];
        float v0_load_b = b0_in[(i_b * 16u) + k_b];
        float v0_load_c = b0_in[(i_c * 16u) + k_b];
        float v0_load_d = b0_in[(i_d * 16u) + k_b];
        left_tile.inner[(_e9 * 17u) + _e10] = metal::float4(v0_load, v0_load_b, v0_load_c, v0_load_d);
        uint _e65 = (_e27 * 16u) + k_b;
        float _e72 = b1_in[_e65];
        float _e74 = b1_in[_e65 + 16u];
        float _e76 = b1_in[_e65 + 32u];
        float _e78 = b1_in[_e65 + 48u];
        metal::float4 v1_load = metal::float4(_e72, _e74, _e76, _e78);
        right_tile.inner[(_e9 * 16u) + _e10] = v1_load;
        metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
        next_inner = 0u;
        bool loop_init_1 = true;
        while(true) {
            if (!loop_init_1) {
                uint _e115 = next_inner;
                next_inner = _e115 + 1u;
            }
            loop_init_1 = false;
            uint inner = next_inner;
            if (inner >= 16u) {
                break;
            }
            metal::float4 _e89 = left_tile.inner[(inner * 17u) + _e10];
            metal::float4 _e97 = right_tile.inner[(inner * 16u) + _e9];
            metal::float4 _e100 = sum_0a;
            sum_0a = _e100 + (metal::float4(_e89.x) * _e97);
            metal::float4 _e104 = sum_1a;
            sum_1a = _e104 + (metal::float4(_e89.y) * _e97);
            metal::float4 _e108 = sum_2a;
            sum_2a = _e108 + (metal::float4(_e89.z) * _e97);
            metal::float4 _e112 = sum_3a;
            sum_3a = _e112 + (metal::float4(_e89.w) * _e97);
        }
        metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    }
    metal::float4 _e120 = sum_0a;
    finish(0u, _e14, _e9, _e120, b2_out, _buffer_sizes);
    metal::float4 _e121 = sum_1a;
    finish(0u, _e17, _e9, _e121, b2_out, _buffer_sizes);
    metal::float4 _e122 = sum_2a;
    finish(0u, _e20, _e9, _e122, b2_out, _buffer_sizes);
    metal::float4 _e123 = sum_3a;
    finish(0u, _e23, _e9, _e123, b2_out, _buffer_sizes);
}
