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
    float v1_running = {};
    uint next_j = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    v1_running = 0.0;
    next_j = 0u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e31 = next_j;
            next_j = _e31 + 1u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 10u) {
            break;
        }
        float v0_load = b0_in[((row * 320u) + (j * 32u)) + 31u];
        float _e24 = v1_running;
        float v1_add = _e24 + v0_load;
        v1_running = v1_add;
        b1_out[(row * 10u) + j] = v1_add;
    }
}
