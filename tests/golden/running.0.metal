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

struct row_scanInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_scan(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1& b1_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    float v4_running = {};
    uint next_k = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint j = row % 10u;
    uint i = row / 10u;
    v4_running = 0.0;
    next_k = 0u;
    uint _e20 = j * 32u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e40 = next_k;
            next_k = _e40 + 1u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 32u) {
            break;
        }
        uint _e21 = _e20 + k;
        float v0_load = b0_in[(i * 300u) + metal::min(_e21, 299u)];
        bool v2_inside = as_type<int>(_e21) < 300;
        float v3_where = v2_inside ? v0_load : 0.0;
        float _e31 = v4_running;
        float v4_add = _e31 + v3_where;
        v4_running = v4_add;
        b1_out[((i * 320u) + _e20) + k] = v4_add;
    }
}
