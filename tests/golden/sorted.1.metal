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
    int inner[32];
};

struct row_iota_equal_where_sum_astypeInput {
};
[[max_total_threads_per_threadgroup(32)]] kernel void row_iota_equal_where_sum_astype(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& n20_in [[buffer(0)]]
, device type_3& n27_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_6& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    int n26_running = {};
    uint next_k = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint j = row % 60u;
    uint i = row / 60u;
    n26_running = 0;
    next_k = lane;
    uint _e17 = i * 60u;
    int n3_index = as_type<int>(j);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e30 = next_k;
            next_k = _e30 + 32u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 60u) {
            break;
        }
        int n20_load = n20_in[_e17 + k];
        bool n22_equal = n20_load == n3_index;
        int n4_index = as_type<int>(k);
        int n25_where = n22_equal ? n4_index : 0;
        int _e27 = n26_running;
        n26_running = as_type<int>(as_type<uint>(_e27) + as_type<uint>(n25_where));
    }
    int _e34 = n26_running;
    scratch.inner[lane] = _e34;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        int _e39 = scratch.inner[lane + 16u];
        int _e40 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e40) + as_type<uint>(_e39));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        int _e46 = scratch.inner[lane + 8u];
        int _e47 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e47) + as_type<uint>(_e46));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        int _e53 = scratch.inner[lane + 4u];
        int _e54 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e54) + as_type<uint>(_e53));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        int _e60 = scratch.inner[lane + 2u];
        int _e61 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e61) + as_type<uint>(_e60));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        int _e66 = scratch.inner[lane + 1u];
        int _e67 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e67) + as_type<uint>(_e66));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    int n26_sum = scratch.inner[0u];
    uint n27_uint32_ = as_type<uint>(n26_sum);
    if (lane == 0u) {
        n27_out[_e17 + j] = n27_uint32_;
    }
}
