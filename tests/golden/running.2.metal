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
, device type_1 const& n0_in [[buffer(0)]]
, device type_1& n25_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    float n25_running = {};
    uint next_k = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint j = row % 32u;
    uint i = row / 32u;
    n25_running = 0.0;
    next_k = 0u;
    int n18_index = as_type<int>(j);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e41 = next_k;
            next_k = _e41 + 1u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 32u) {
            break;
        }
        int n19_index = as_type<int>(k);
        bool n20_lessEqual = !((n18_index < n19_index));
        uint _e27 = k + ((i % 10u) * 32u);
        float n0_load = n0_in[((i / 10u) * 300u) + metal::min(_e27, 299u)];
        bool n2_inside = as_type<int>(_e27) < 300;
        float n2_where = n2_inside ? n0_load : 0.0;
        float n24_where = n20_lessEqual ? n2_where : 0.0;
        float _e38 = n25_running;
        n25_running = _e38 + n24_where;
    }
    float n25_sum = n25_running;
    n25_out[(i * 32u) + j] = n25_sum;
}
