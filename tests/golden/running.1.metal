// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef float type_1[1];
struct Uniforms {
    uint size;
};

struct row_iota_lessEqual_where_sumInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_iota_lessEqual_where_sum(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n4_in [[buffer(0)]]
, device type_1& n13_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    float n13_running = {};
    uint next_k = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint j = row % 10u;
    uint i = row / 10u;
    n13_running = 0.0;
    next_k = 0u;
    int n5_index = as_type<int>(j);
    uint _e21 = i * 10u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e29 = next_k;
            next_k = _e29 + 1u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 10u) {
            break;
        }
        int n6_index = as_type<int>(k);
        bool n7_lessEqual = !((n5_index < n6_index));
        float n4_load = n4_in[_e21 + k];
        float n12_where = n7_lessEqual ? n4_load : 0.0;
        float _e26 = n13_running;
        n13_running = _e26 + n12_where;
    }
    float n13_sum = n13_running;
    n13_out[_e21 + j] = n13_sum;
}
