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
, device type_1 const& n26_in [[buffer(0)]]
, device type_3 const& n1_in [[buffer(1)]]
, device type_3& n34_out [[buffer(2)]]
, device type_1& n33_out [[buffer(3)]]
, constant Uniforms& uniforms [[buffer(4)]]
, threadgroup type_6& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    uint n32_running = {};
    uint next_j = {};
    int constant_ = 899;
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    n32_running = 0u;
    next_j = lane;
    int n19_index = as_type<int>(row);
    uint n19_uint32_ = as_type<uint>(n19_index);
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
        uint n26_load = n26_in[j];
        bool n28_equal = n26_load == n19_uint32_;
        int n20_index = as_type<int>(j);
        uint n20_uint32_ = as_type<uint>(n20_index);
        uint n31_where = n28_equal ? n20_uint32_ : 0u;
        uint _e26 = n32_running;
        n32_running = _e26 + n31_where;
    }
    uint _e33 = n32_running;
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
    uint n32_sum = scratch.inner[0u];
    int _e88 = constant_;
    uint n34_uint32_ = as_type<uint>(_e88);
    uint n34_minimum = (n34_uint32_ < n32_sum) ? n34_uint32_ : n32_sum;
    int n34_int32_ = as_type<int>(n34_minimum);
    int n1_load = n1_in[as_type<uint>(n34_int32_)];
    bool n9_less = n1_load < 0;
    int n10_add = as_type<int>(as_type<uint>(n1_load) + as_type<uint>(2000));
    int n11_where = n9_less ? n10_add : n1_load;
    bool n12_less = n11_where < 0;
    int n13_minimum = (2000 < n11_where) ? 2000 : n11_where;
    int n14_where = n12_less ? 2000 : n13_minimum;
    if (lane == 0u) {
        n34_out[row] = n14_where;
        n33_out[row] = n32_sum;
    }
}
