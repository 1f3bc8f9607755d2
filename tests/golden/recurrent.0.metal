// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef metal::float4 type_1[1];
struct Uniforms {
    uint size;
};

struct map_barrierInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void map_barrier(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1& b1_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    uint quad_ = id.x;
    uint size = uniforms.size;
    uint _e6 = quad_ * 4u;
    if (_e6 >= size) {
        return;
    }
    metal::float4 v0_load = b0_in[quad_];
    b1_out[quad_] = v0_load;
}
