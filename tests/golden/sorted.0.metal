// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef float type_1[1];
typedef uint type_3[1];
struct Uniforms {
    uint size;
};
struct type_6 {
    uint inner[32];
};

int order_for_max(
    float x
) {
    uint _e1 = as_type<uint>(x);
    int _e2 = as_type<int>(_e1);
    return (2139095040u < (_e1 & 2147483647u)) ? 2147483647 : (_e2 ^ ((_e2 >> 31u) & 2147483647));
}

struct row_sortKey_iota_less_lessEqual_less_etcInput {
};
[[max_total_threads_per_threadgroup(32)]] kernel void row_sortKey_iota_less_lessEqual_less_etc(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3& b1_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_6& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    uint v13_running = {};
    uint next_k = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint j = row % 60u;
    uint i = row / 60u;
    uint _e11 = i * 60u;
    uint _e13 = _e11 + j;
    float v0_load = b0_in[_e13];
    int _e17 = order_for_max(v0_load);
    uint v1_key = as_type<uint>((_e17 == -1) ? 0 : _e17) ^ 2147483648u;
    v13_running = 0u;
    next_k = lane;
    int v4_index = as_type<int>(j);
    uint v5_uint32_ = as_type<uint>(v4_index);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e51 = next_k;
            next_k = _e51 + 32u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 60u) {
            break;
        }
        int v2_index = as_type<int>(k);
        uint v3_uint32_ = as_type<uint>(v2_index);
        bool v6_less = v3_uint32_ < v5_uint32_;
        float v7_load = b0_in[_e11 + k];
        int _e38 = order_for_max(v7_load);
        uint v8_key = as_type<uint>((_e38 == -1) ? 0 : _e38) ^ 2147483648u;
        bool v9_lessEqual = !((v1_key < v8_key));
        bool v10_less = v8_key < v1_key;
        bool v11_where = v6_less ? v9_lessEqual : v10_less;
        uint v12_uint32_ = static_cast<uint>(v11_where);
        uint _e48 = v13_running;
        v13_running = _e48 + v12_uint32_;
    }
    uint _e55 = v13_running;
    scratch.inner[lane] = _e55;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        uint _e60 = scratch.inner[lane + 16u];
        uint _e61 = scratch.inner[lane];
        scratch.inner[lane] = _e61 + _e60;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        uint _e67 = scratch.inner[lane + 8u];
        uint _e68 = scratch.inner[lane];
        scratch.inner[lane] = _e68 + _e67;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        uint _e74 = scratch.inner[lane + 4u];
        uint _e75 = scratch.inner[lane];
        scratch.inner[lane] = _e75 + _e74;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        uint _e81 = scratch.inner[lane + 2u];
        uint _e82 = scratch.inner[lane];
        scratch.inner[lane] = _e82 + _e81;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        uint _e87 = scratch.inner[lane + 1u];
        uint _e88 = scratch.inner[lane];
        scratch.inner[lane] = _e88 + _e87;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    uint v13_sum = scratch.inner[0u];
    if (lane == 0u) {
        b1_out[_e13] = v13_sum;
    }
}
