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
    float c1_;
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

struct row_add_iota_lessEqual_where_max_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_add_iota_lessEqual_where_max_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n13_in [[buffer(0)]]
, device type_1 const& n25_in [[buffer(1)]]
, device type_1 const& n0_in [[buffer(2)]]
, device type_1& n42_out [[buffer(3)]]
, device type_1& n40_out [[buffer(4)]]
, constant Uniforms& uniforms [[buffer(5)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    int n40_running = {};
    uint next_k = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint j = row % 300u;
    uint i = row / 300u;
    uint _e15 = j / 32u;
    float n13_load = n13_in[(i * 10u) + as_type<uint>(metal::max(as_type<int>(_e15 - 1u), 0))];
    bool n14_inside = 1 <= as_type<int>(_e15);
    float n14_where = n14_inside ? n13_load : 0.0;
    float n25_load = n25_in[(i * 320u) + j];
    float n27_add = n14_where + n25_load;
    float c1_ = uniforms.c1_;
    n40_running = -2139095041;
    next_k = 0u;
    int n32_index = as_type<int>(i);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e58 = next_k;
            next_k = _e58 + 1u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= 3u) {
            break;
        }
        int n33_index = as_type<int>(k);
        bool n34_lessEqual = !((n32_index < n33_index));
        float n0_load = n0_in[j + (k * 300u)];
        float n39_where = n34_lessEqual ? n0_load : c1_;
        int _e54 = order_for_max(n39_where);
        int _e55 = n40_running;
        n40_running = metal::max(_e55, _e54);
    }
    int _e60 = n40_running;
    float _e61 = from_order(_e60);
    float n42_mul = n27_add * _e61;
    uint _e65 = (i * 300u) + j;
    n42_out[_e65] = n42_mul;
    n40_out[_e65] = _e61;
}
