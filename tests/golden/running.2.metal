// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
    uint size3;
    uint size4;
};

typedef float type_1[1];
struct Uniforms {
    uint size;
};

int order_for_max(
    float x
) {
    uint _e1 = as_type<uint>(x);
    int _e2 = as_type<int>(_e1);
    return (2139095040u < (_e1 & 2147483647u)) ? 2147483647 : (_e2 ^ ((_e2 >> 31u) & 2147483647));
}

float from_order(
    int x_1
) {
    return as_type<float>(as_type<uint>(x_1 ^ ((x_1 >> 31u) & 2147483647)));
}

struct row_add_scan_mulInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_add_scan_mul(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1 const& b1_in [[buffer(1)]]
, device type_1 const& b2_in [[buffer(2)]]
, device type_1& b3_out [[buffer(3)]]
, device type_1& b4_out [[buffer(4)]]
, constant Uniforms& uniforms [[buffer(5)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    int v7_running = {};
    uint next_i = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    v7_running = -2139095041;
    next_i = 0u;
    uint _e18 = row / 32u;
    bool v2_inside = 1 <= as_type<int>(_e18);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e55 = next_i;
            next_i = _e55 + 1u;
        }
        loop_init = false;
        uint i = next_i;
        if (i >= 3u) {
            break;
        }
        float v0_load = b0_in[(i * 10u) + as_type<uint>(metal::max(as_type<int>(_e18 - 1u), 0))];
        float v3_where = v2_inside ? v0_load : 0.0;
        float v4_load = b1_in[(i * 320u) + row];
        float v5_add = v3_where + v4_load;
        uint _e42 = (i * 300u) + row;
        float v6_load = b2_in[_e42];
        int _e45 = v7_running;
        int _e46 = order_for_max(v6_load);
        int _e47 = metal::max(_e45, _e46);
        v7_running = _e47;
        float _e48 = from_order(_e47);
        float v8_mul = v5_add * _e48;
        b3_out[_e42] = v8_mul;
        b4_out[_e42] = _e48;
    }
}
