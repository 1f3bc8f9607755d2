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

typedef int type_1[1];
typedef uint type_3[1];
struct Uniforms {
    uint size;
};
struct type_6 {
    int inner[128];
};

struct row_less_add_where_less_minimum_etcInput {
};
[[max_total_threads_per_threadgroup(128)]] kernel void row_less_add_where_less_minimum_etc(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& n27_in [[buffer(0)]]
, device type_1 const& n1_in [[buffer(1)]]
, device type_1& n35_out [[buffer(2)]]
, device type_3& n34_out [[buffer(3)]]
, constant Uniforms& uniforms [[buffer(4)]]
, threadgroup type_6& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    int n32_running = {};
    uint next_j = {};
    int constant_ = 899;
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    n32_running = 0;
    next_j = lane;
    int n18_index = as_type<int>(row);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e27 = next_j;
            next_j = _e27 + 128u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 900u) {
            break;
        }
        int n27_load = n27_in[j];
        bool n29_equal = n27_load == n18_index;
        int n19_index = as_type<int>(j);
        int n31_where = n29_equal ? n19_index : 0;
        int _e24 = n32_running;
        n32_running = as_type<int>(as_type<uint>(_e24) + as_type<uint>(n31_where));
    }
    int _e31 = n32_running;
    scratch.inner[lane] = _e31;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 64u) {
        int _e36 = scratch.inner[lane + 64u];
        int _e37 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e37) + as_type<uint>(_e36));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 32u) {
        int _e43 = scratch.inner[lane + 32u];
        int _e44 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e44) + as_type<uint>(_e43));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        int _e50 = scratch.inner[lane + 16u];
        int _e51 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e51) + as_type<uint>(_e50));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        int _e57 = scratch.inner[lane + 8u];
        int _e58 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e58) + as_type<uint>(_e57));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        int _e64 = scratch.inner[lane + 4u];
        int _e65 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e65) + as_type<uint>(_e64));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        int _e71 = scratch.inner[lane + 2u];
        int _e72 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e72) + as_type<uint>(_e71));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        int _e77 = scratch.inner[lane + 1u];
        int _e78 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e78) + as_type<uint>(_e77));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    int n32_sum = scratch.inner[0u];
    uint n33_uint32_ = as_type<uint>(n32_sum);
    int _e87 = constant_;
    uint n35_uint32_ = as_type<uint>(_e87);
    uint n35_minimum = (n35_uint32_ < n33_uint32_) ? n35_uint32_ : n33_uint32_;
    int n35_int32_ = as_type<int>(n35_minimum);
    int n1_load = n1_in[as_type<uint>(n35_int32_)];
    bool n9_less = n1_load < 0;
    int n10_add = as_type<int>(as_type<uint>(n1_load) + as_type<uint>(2000));
    int n11_where = n9_less ? n10_add : n1_load;
    bool n12_less = n11_where < 0;
    int n13_minimum = (2000 < n11_where) ? 2000 : n11_where;
    int n14_where = n12_less ? 2000 : n13_minimum;
    if (lane == 0u) {
        n35_out[row] = n14_where;
        n34_out[row] = n33_uint32_;
    }
}
