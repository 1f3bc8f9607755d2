// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
};

typedef float type_1[1];
typedef int type_3[1];
struct Uniforms {
    uint size;
};

struct row_notEqual_scanInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_notEqual_scan(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_1& b2_out [[buffer(2)]]
, constant Uniforms& uniforms [[buffer(3)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(4)]]
) {
    float v10_running = {};
    uint next_i = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    v10_running = 0.0;
    next_i = 0u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e62 = next_i;
            next_i = _e62 + 1u;
        }
        loop_init = false;
        uint i = next_i;
        if (i >= 29u) {
            break;
        }
        float v0_load = b0_in[((i * 96u) + row) + 93u];
        uint _e26 = (i * 32u) + 31u;
        int v1_load = b1_in[metal::min(_e26, 899u)];
        bool v3_inside = as_type<int>(_e26) < 900;
        int v4_where = v3_inside ? v1_load : 2147483647;
        int v5_load = b1_in[(as_type<uint>(metal::max(as_type<int>(i - 1u), 0)) * 32u) + 31u];
        bool v7_inside = 1 <= as_type<int>(i);
        int v8_where = v7_inside ? v5_load : -1;
        bool v9_notEqual = !((v4_where == v8_where));
        float _e53 = v10_running;
        float v10_add = v9_notEqual ? v0_load : (_e53 + v0_load);
        v10_running = v10_add;
        b2_out[(i * 3u) + row] = v10_add;
    }
}
