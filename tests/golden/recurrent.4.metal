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
, device type_1 const& n4_in [[buffer(0)]]
, device type_3 const& n4_in_b [[buffer(1)]]
, device type_1& n4_out [[buffer(2)]]
, constant Uniforms& uniforms [[buffer(3)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(4)]]
) {
    uint quad_ = id.x;
    uint size = uniforms.size;
    uint _e6 = quad_ * 4u;
    if (_e6 >= size) {
        return;
    }
    int n4_load = n4_in_b[0u];
    metal::float4 n4_load_b = n4_in[quad_];
    n4_out[(as_type<uint>(n4_load) * 4u) + quad_] = n4_load_b;
}
