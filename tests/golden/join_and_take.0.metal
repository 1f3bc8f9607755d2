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

typedef int type_1[1];
typedef float type_3[1];
typedef uint type_5[1];
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

struct row_concatenate_gather_neg_argmaxInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_concatenate_gather_neg_argmax(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_3 const& b2_in [[buffer(2)]]
, device type_5& b3_out [[buffer(3)]]
, device type_3& b4_out [[buffer(4)]]
, constant Uniforms& uniforms [[buffer(5)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    int v14_running = {};
    uint v14_position = {};
    uint next_j = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    int v0_load = b0_in[row];
    v14_running = -2139095041;
    v14_position = 0u;
    next_j = 0u;
    bool v4_less = v0_load < 0;
    int v5_add = as_type<int>(as_type<uint>(v0_load) + as_type<uint>(7));
    int v6_where = v4_less ? v5_add : v0_load;
    int v7_minimum = (6 < v6_where) ? 6 : v6_where;
    int v8_maximum = (v7_minimum < 0) ? 0 : v7_minimum;
    uint _e31 = as_type<uint>(v8_maximum);
    int _e33 = as_type<int>(_e31);
    bool v11_inside = (0 <= _e33) & (_e33 < 3);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e81 = next_j;
            next_j = _e81 + 1u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 5u) {
            break;
        }
        float v9_load = b1_in[j + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(_e33, 2))), 0)) * 5u)];
        float v10_load = b2_in[j + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e31 - 3u), 3))), 0)) * 5u)];
        float v12_where = v11_inside ? v9_load : v10_load;
        float v13_neg = -(v12_where);
        int _e63 = order_for_max(v13_neg);
        int _e66 = (_e63 == -1) ? 0 : _e63;
        int _e67 = v14_running;
        uint _e68 = v14_position;
        bool _e73 = (_e66 > _e67) | ((_e66 == _e67) & (j < _e68));
        v14_running = _e73 ? _e66 : _e67;
        v14_position = _e73 ? j : _e68;
        b4_out[(row * 5u) + j] = v13_neg;
    }
    uint v14_argmax = v14_position;
    b3_out[row] = v14_argmax;
}
