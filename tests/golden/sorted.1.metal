// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef uint type_1[1];
struct Uniforms {
    uint size;
};
struct type_4 {
    uint inner[32];
};

struct row_iota_equal_where_sumInput {
};
[[max_total_threads_per_threadgroup(32)]] kernel void row_iota_equal_where_sum(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1& b1_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_4& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    uint v8_running = {};
    uint next_k = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint j = row % 60u;
    uint i = row / 60u;
    v8_running = 0u;
    next_k = lane;
    uint _e17 = i * 60u;
    int v2_index = as_type<int>(j);
    uint v3_uint32_ = as_type<uint>(v2_index);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e31 = next_k;
            next_k = _e31 + 32u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 60u) {
            break;
        }
        uint v1_load = b0_in[_e17 + k];
        bool v4_equal = v1_load == v3_uint32_;
        int v5_index = as_type<int>(k);
        uint v6_uint32_ = as_type<uint>(v5_index);
        uint v7_where = v4_equal ? v6_uint32_ : 0u;
        uint _e28 = v8_running;
        v8_running = _e28 + v7_where;
    }
    uint _e35 = v8_running;
    scratch.inner[lane] = _e35;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        uint _e40 = scratch.inner[lane + 16u];
        uint _e41 = scratch.inner[lane];
        scratch.inner[lane] = _e41 + _e40;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        uint _e47 = scratch.inner[lane + 8u];
        uint _e48 = scratch.inner[lane];
        scratch.inner[lane] = _e48 + _e47;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        uint _e54 = scratch.inner[lane + 4u];
        uint _e55 = scratch.inner[lane];
        scratch.inner[lane] = _e55 + _e54;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        uint _e61 = scratch.inner[lane + 2u];
        uint _e62 = scratch.inner[lane];
        scratch.inner[lane] = _e62 + _e61;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        uint _e67 = scratch.inner[lane + 1u];
        uint _e68 = scratch.inner[lane];
        scratch.inner[lane] = _e68 + _e67;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    uint v8_sum = scratch.inner[0u];
    if (lane == 0u) {
        b1_out[_e17 + j] = v8_sum;
    }
}
