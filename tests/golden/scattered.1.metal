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

typedef uint type_1[1];
typedef int type_3[1];
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
, device type_3 const& b1_in [[buffer(1)]]
, device type_3& b2_out [[buffer(2)]]
, device type_1& b3_out [[buffer(3)]]
, constant Uniforms& uniforms [[buffer(4)]]
, threadgroup type_6& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    uint v10_running = {};
    uint next_j = {};
    int constant_ = 899;
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    v10_running = 0u;
    next_j = lane;
    int v4_index = as_type<int>(row);
    uint v5_uint32_ = as_type<uint>(v4_index);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e29 = next_j;
            next_j = _e29 + 128u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 900u) {
            break;
        }
        uint v3_load = b0_in[j];
        bool v6_equal = v3_load == v5_uint32_;
        int v7_index = as_type<int>(j);
        uint v8_uint32_ = as_type<uint>(v7_index);
        uint v9_where = v6_equal ? v8_uint32_ : 0u;
        uint _e26 = v10_running;
        v10_running = _e26 + v9_where;
    }
    uint _e33 = v10_running;
    scratch.inner[lane] = _e33;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 64u) {
        uint _e38 = scratch.inner[lane + 64u];
        uint _e39 = scratch.inner[lane];
        scratch.inner[lane] = _e39 + _e38;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 32u) {
        uint _e45 = scratch.inner[lane + 32u];
        uint _e46 = scratch.inner[lane];
        scratch.inner[lane] = _e46 + _e45;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        uint _e52 = scratch.inner[lane + 16u];
        uint _e53 = scratch.inner[lane];
        scratch.inner[lane] = _e53 + _e52;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        uint _e59 = scratch.inner[lane + 8u];
        uint _e60 = scratch.inner[lane];
        scratch.inner[lane] = _e60 + _e59;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        uint _e66 = scratch.inner[lane + 4u];
        uint _e67 = scratch.inner[lane];
        scratch.inner[lane] = _e67 + _e66;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        uint _e73 = scratch.inner[lane + 2u];
        uint _e74 = scratch.inner[lane];
        scratch.inner[lane] = _e74 + _e73;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        uint _e79 = scratch.inner[lane + 1u];
        uint _e80 = scratch.inner[lane];
        scratch.inner[lane] = _e80 + _e79;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    uint v10_sum = scratch.inner[0u];
    int _e88 = constant_;
    uint v13_uint32_ = as_type<uint>(_e88);
    uint v14_minimum = (v13_uint32_ < v10_sum) ? v13_uint32_ : v10_sum;
    int v15_int32_ = as_type<int>(v14_minimum);
    int v16_load = b1_in[as_type<uint>(v15_int32_)];
    bool v17_less = v16_load < 0;
    int v18_add = as_type<int>(as_type<uint>(v16_load) + as_type<uint>(2000));
    int v19_where = v17_less ? v18_add : v16_load;
    bool v20_less = v19_where < 0;
    int v21_minimum = (2000 < v19_where) ? 2000 : v19_where;
    int v22_where = v20_less ? 2000 : v21_minimum;
    if (lane == 0u) {
        b2_out[row] = v22_where;
        b3_out[row] = v10_sum;
    }
}
