// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef float type_1[1];
typedef int type_3[1];
struct Uniforms {
    uint size;
};
struct type_6 {
    int inner[32];
};

struct row_iota_less_isnan_logicalNot_logicalAnd_etcInput {
};
[[max_total_threads_per_threadgroup(32)]] kernel void row_iota_less_isnan_logicalNot_logicalAnd_etc(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& n0_in [[buffer(0)]]
, device type_3& n20_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_6& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    int n20_running = {};
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
    float n0_load = n0_in[_e13];
    n20_running = 0;
    next_k = lane;
    bool n7_isnan = 2139095040u < (as_type<uint>(n0_load) & 2147483647u);
    bool n12_logicalNot = !(n7_isnan);
    int n3_index = as_type<int>(j);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e59 = next_k;
            next_k = _e59 + 32u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 60u) {
            break;
        }
        float n0_load_b = n0_in[_e11 + k];
        bool n6_isnan = 2139095040u < (as_type<uint>(n0_load_b) & 2147483647u);
        bool n5_less = (n0_load_b < n0_load) & !((n6_isnan | n7_isnan));
        bool n8_logicalNot = !(n6_isnan);
        bool n9_logicalAnd = n8_logicalNot & n7_isnan;
        bool n10_logicalOr = n5_less | n9_logicalAnd;
        bool n11_less = (n0_load < n0_load_b) & !((n7_isnan | n6_isnan));
        bool n13_logicalAnd = n12_logicalNot & n6_isnan;
        bool n14_logicalOr = n11_less | n13_logicalAnd;
        bool n15_logicalNot = !(n14_logicalOr);
        int n4_index = as_type<int>(k);
        bool n16_less = n4_index < n3_index;
        bool n17_logicalAnd = n15_logicalNot & n16_less;
        bool n18_logicalOr = n10_logicalOr | n17_logicalAnd;
        int n19_int32_ = as_type<int>(static_cast<uint>(n18_logicalOr));
        int _e56 = n20_running;
        n20_running = as_type<int>(as_type<uint>(_e56) + as_type<uint>(n19_int32_));
    }
    int _e63 = n20_running;
    scratch.inner[lane] = _e63;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        int _e68 = scratch.inner[lane + 16u];
        int _e69 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e69) + as_type<uint>(_e68));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        int _e75 = scratch.inner[lane + 8u];
        int _e76 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e76) + as_type<uint>(_e75));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        int _e82 = scratch.inner[lane + 4u];
        int _e83 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e83) + as_type<uint>(_e82));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        int _e89 = scratch.inner[lane + 2u];
        int _e90 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e90) + as_type<uint>(_e89));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        int _e95 = scratch.inner[lane + 1u];
        int _e96 = scratch.inner[lane];
        scratch.inner[lane] = as_type<int>(as_type<uint>(_e96) + as_type<uint>(_e95));
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    int n20_sum = scratch.inner[0u];
    if (lane == 0u) {
        n20_out[_e13] = n20_sum;
    }
}
