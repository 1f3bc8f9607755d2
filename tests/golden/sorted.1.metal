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
, device type_1 const& n11_in [[buffer(0)]]
, device type_1& n17_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_4& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    uint n17_running = {};
    uint next_k = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint j = row % 60u;
    uint i = row / 60u;
    n17_running = 0u;
    next_k = lane;
    uint _e17 = i * 60u;
    int n4_index = as_type<int>(j);
    uint n4_uint32_ = as_type<uint>(n4_index);
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
        uint n11_load = n11_in[_e17 + k];
        bool n13_equal = n11_load == n4_uint32_;
        int n5_index = as_type<int>(k);
        uint n5_uint32_ = as_type<uint>(n5_index);
        uint n16_where = n13_equal ? n5_uint32_ : 0u;
        uint _e28 = n17_running;
        n17_running = _e28 + n16_where;
    }
    uint _e35 = n17_running;
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
    uint n17_sum = scratch.inner[0u];
    if (lane == 0u) {
        n17_out[_e17 + j] = n17_sum;
    }
}
