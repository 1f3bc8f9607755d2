// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
};

typedef int type_1[1];
struct Uniforms {
    uint size;
};

struct first_stepInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void first_step(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1& b0_out [[buffer(0)]]
, constant Uniforms& uniforms [[buffer(1)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(2)]]
) {
    uint index = id.x;
    uint size = uniforms.size;
    if (index >= size) {
        return;
    }
    b0_out[0u] = 0;
}
