// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef int type_1[1];
struct Uniforms {
    uint size;
};
struct type_5 {
    int inner[128];
};

struct row_less_add_where_less_minimum_etcInput {
};
[[max_total_threads_per_threadgroup(128)]] kernel void row_less_add_where_less_minimum_etc(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& n1_in [[buffer(0)]]
, device type_1& n27_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_5& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    int n27_running = {};
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
    n27_running = 0;
    next_j = lane;
    int n18_index = as_type<int>(row);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e49 = next_j;
            next_j = _e49 + 128u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 900u) {
            break;
        }
        int n1_load_b = n1_in[j];
        bool n9_less_b = n1_load_b < 0;
        int n10_add_b = as_type<int>(as_type<uint>(n1_load_b) + as_type<uint>(2000));
        int n11_where_b = n9_less_b ? n10_add_b : n1_load_b;
        bool n12_less_b = n11_where_b < 0;
        int n13_minimum_b = (2000 < n11_where_b) ? 2000 : n11_where_b;
        int n14_where_b = n12_less_b ? 2000 : n13_minimum_b;
        bool n20_less = n14_where_b < n14_where;
        bool n21_less = n14_where < n14_where_b;
        bool n22_logicalNot = !(n21_less);
        int n19_index = as_type<int>(j);
        bool n23_less = n19_index < n18_index;
        bool n24_logicalAnd = n22_logicalNot & n23_less;
        bool n25_logicalOr = n20_less | n24_logicalAnd;
        int n26_int32_ = as_type<int>(static_cast<uint>(n25_logicalOr));
        int _e46 = n27_running;
        n27_running = as_type<int>(as_type<uint>(_e46) + as_type<uint>(n26_int32_));
    }
    int _e53 = n27_running;
    scratch.inner[lane] = _e53;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 64u) {
        int _e58 = scratch.inner[lane + 64u];
        int _e59 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e59) + as_type<uint>(_e58));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 32u) {
        int _e65 = scratch.inner[lane + 32u];
        int _e66 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e66) + as_type<uint>(_e65));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        int _e72 = scratch.inner[lane + 16u];
        int _e73 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e73) + as_type<uint>(_e72));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        int _e79 = scratch.inner[lane + 8u];
        int _e80 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e80) + as_type<uint>(_e79));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        int _e86 = scratch.inner[lane + 4u];
        int _e87 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e87) + as_type<uint>(_e86));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        int _e93 = scratch.inner[lane + 2u];
        int _e94 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e94) + as_type<uint>(_e93));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        int _e99 = scratch.inner[lane + 1u];
        int _e100 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e100) + as_type<uint>(_e99));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    int n27_sum = scratch.inner[0u];
    if (lane == 0u) {
        n27_out[row] = n27_sum;
    }
}
