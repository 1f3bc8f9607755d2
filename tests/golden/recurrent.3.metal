// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef int type_1[1];
struct Uniforms {
    uint size;
};

struct map_add_barrierInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void map_add_barrier(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1& b1_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    uint index = id.x;
    uint size = uniforms.size;
    if (index >= size) {
        return;
    }
    int v0_load = b0_in[0u];
    int v2_add = as_type<int>(as_type<uint>(v0_load) + as_type<uint>(1));
    b1_out[0u] = v2_add;
}
