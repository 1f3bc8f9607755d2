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
, device type_1 const& n144_in [[buffer(0)]]
, device type_3 const& n34_in [[buffer(1)]]
, device type_1& n155_out [[buffer(2)]]
, constant Uniforms& uniforms [[buffer(3)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(4)]]
) {
    float n155_running = {};
    uint next_i = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    n155_running = 0.0;
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
        float n144_load = n144_in[((i * 96u) + row) + 93u];
        uint _e26 = (i * 32u) + 31u;
        int n34_load = n34_in[metal::min(_e26, 899u)];
        bool n138_inside = as_type<int>(_e26) < 900;
        int n138_where = n138_inside ? n34_load : 2147483647;
        int n34_load_b = n34_in[(as_type<uint>(metal::max(as_type<int>(i - 1u), 0)) * 32u) + 31u];
        bool n150_inside = 1 <= as_type<int>(i);
        int n150_where = n150_inside ? n34_load_b : -1;
        bool n152_notEqual = !((n138_where == n150_where));
        float _e53 = n155_running;
        float n155_add = n152_notEqual ? n144_load : (_e53 + n144_load);
        n155_running = n155_add;
        n155_out[(i * 3u) + row] = n155_add;
    }
}
