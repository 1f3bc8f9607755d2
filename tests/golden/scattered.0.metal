// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef int type_1[1];
typedef uint type_3[1];
struct Uniforms {
    uint size;
};
struct type_6 {
    uint inner[128];
};

struct row_less_add_where_less_minimum_etcInput {
};
[[max_total_threads_per_threadgroup(128)]] kernel void row_less_add_where_less_minimum_etc(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3& b1_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_6& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    uint v27_running = {};
    uint next_j = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    int v2_load = b0_in[row];
    bool v3_less = v2_load < 0;
    int v4_add = as_type<int>(as_type<uint>(v2_load) + as_type<uint>(2000));
    int v5_where = v3_less ? v4_add : v2_load;
    bool v6_less = v5_where < 0;
    int v7_minimum = (2000 < v5_where) ? 2000 : v5_where;
    int v8_where = v6_less ? 2000 : v7_minimum;
    uint v9_uint32_ = as_type<uint>(v8_where);
    v27_running = 0u;
    next_j = lane;
    int v12_index = as_type<int>(row);
    uint v13_uint32_ = as_type<uint>(v12_index);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e51 = next_j;
            next_j = _e51 + 128u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 900u) {
            break;
        }
        int v10_index = as_type<int>(j);
        uint v11_uint32_ = as_type<uint>(v10_index);
        bool v14_less = v11_uint32_ < v13_uint32_;
        int v15_load = b0_in[j];
        bool v16_less = v15_load < 0;
        int v17_add = as_type<int>(as_type<uint>(v15_load) + as_type<uint>(2000));
        int v18_where = v16_less ? v17_add : v15_load;
        bool v19_less = v18_where < 0;
        int v20_minimum = (2000 < v18_where) ? 2000 : v18_where;
        int v21_where = v19_less ? 2000 : v20_minimum;
        uint v22_uint32_ = as_type<uint>(v21_where);
        bool v23_lessEqual = !((v9_uint32_ < v22_uint32_));
        bool v24_less = v22_uint32_ < v9_uint32_;
        bool v25_where = v14_less ? v23_lessEqual : v24_less;
        uint v26_uint32_ = static_cast<uint>(v25_where);
        uint _e48 = v27_running;
        v27_running = _e48 + v26_uint32_;
    }
    uint _e55 = v27_running;
    scratch.inner[lane] = _e55;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 64u) {
        uint _e60 = scratch.inner[lane + 64u];
        uint _e61 = scratch.inner[lane];
        scratch.inner[lane] = _e61 + _e60;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 32u) {
        uint _e67 = scratch.inner[lane + 32u];
        uint _e68 = scratch.inner[lane];
        scratch.inner[lane] = _e68 + _e67;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        uint _e74 = scratch.inner[lane + 16u];
        uint _e75 = scratch.inner[lane];
        scratch.inner[lane] = _e75 + _e74;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        uint _e81 = scratch.inner[lane + 8u];
        uint _e82 = scratch.inner[lane];
        scratch.inner[lane] = _e82 + _e81;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        uint _e88 = scratch.inner[lane + 4u];
        uint _e89 = scratch.inner[lane];
        scratch.inner[lane] = _e89 + _e88;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        uint _e95 = scratch.inner[lane + 2u];
        uint _e96 = scratch.inner[lane];
        scratch.inner[lane] = _e96 + _e95;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        uint _e101 = scratch.inner[lane + 1u];
        uint _e102 = scratch.inner[lane];
        scratch.inner[lane] = _e102 + _e101;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    uint v27_sum = scratch.inner[0u];
    if (lane == 0u) {
        b1_out[row] = v27_sum;
    }
}
