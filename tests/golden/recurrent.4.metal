// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
};

typedef metal::float4 type_1[1];
typedef int type_3[1];
struct Uniforms {
    uint size;
};

struct stackInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void stack(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_1& b2_out [[buffer(2)]]
, constant Uniforms& uniforms [[buffer(3)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(4)]]
) {
    uint quad_ = id.x;
    uint size = uniforms.size;
    uint _e6 = quad_ * 4u;
    if (_e6 >= size) {
        return;
    }
    int v0_load = b1_in[0u];
    metal::float4 v1_load = b0_in[quad_];
    b2_out[(as_type<uint>(v0_load) * 4u) + quad_] = v1_load;
}
