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
, device type_1 const& n1_in [[buffer(0)]]
, device type_3& n26_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_6& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    uint n26_running = {};
    uint next_j = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    int n1_load = n1_in[row];
    bool n9_less = n1_load < 0;
    int n10_add = as_type<int>(as_type<uint>(n1_load) + as_type<uint>(2000));
    int n11_where = n9_less ? n10_add : n1_load;
    bool n12_less = n11_where < 0;
    int n13_minimum = (2000 < n11_where) ? 2000 : n11_where;
    int n14_where = n12_less ? 2000 : n13_minimum;
    uint n15_uint32_ = as_type<uint>(n14_where);
    n26_running = 0u;
    next_j = lane;
    int n19_index = as_type<int>(row);
    uint n19_uint32_ = as_type<uint>(n19_index);
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
        int n20_index = as_type<int>(j);
        uint n20_uint32_ = as_type<uint>(n20_index);
        bool n21_less = n20_uint32_ < n19_uint32_;
        int n1_load_b = n1_in[j];
        bool n9_less_b = n1_load_b < 0;
        int n10_add_b = as_type<int>(as_type<uint>(n1_load_b) + as_type<uint>(2000));
        int n11_where_b = n9_less_b ? n10_add_b : n1_load_b;
        bool n12_less_b = n11_where_b < 0;
        int n13_minimum_b = (2000 < n11_where_b) ? 2000 : n11_where_b;
        int n14_where_b = n12_less_b ? 2000 : n13_minimum_b;
        uint n15_uint32_b = as_type<uint>(n14_where_b);
        bool n22_lessEqual = !((n15_uint32_ < n15_uint32_b));
        bool n23_less = n15_uint32_b < n15_uint32_;
        bool n24_where = n21_less ? n22_lessEqual : n23_less;
        uint n25_uint32_ = static_cast<uint>(n24_where);
        uint _e48 = n26_running;
        n26_running = _e48 + n25_uint32_;
    }
    uint _e55 = n26_running;
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
    uint n26_sum = scratch.inner[0u];
    if (lane == 0u) {
        n26_out[row] = n26_sum;
    }
}
