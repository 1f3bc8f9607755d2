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
, device type_1 const& n2_in [[buffer(0)]]
, device type_3 const& n0_in [[buffer(1)]]
, device type_3 const& n1_in [[buffer(2)]]
, device type_5& n6_out [[buffer(3)]]
, device type_3& n5_out [[buffer(4)]]
, constant Uniforms& uniforms [[buffer(5)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    int n6_running = {};
    uint n6_position = {};
    uint next_j = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    int n2_load = n2_in[row];
    n6_running = -2139095041;
    n6_position = 0u;
    next_j = 0u;
    bool n4_less = n2_load < 0;
    int n4_add = as_type<int>(as_type<uint>(n2_load) + as_type<uint>(7));
    int n4_where = n4_less ? n4_add : n2_load;
    int n4_minimum = (6 < n4_where) ? 6 : n4_where;
    int n4_maximum = (n4_minimum < 0) ? 0 : n4_minimum;
    uint _e31 = as_type<uint>(n4_maximum);
    int _e33 = as_type<int>(_e31);
    bool n3_inside = (0 <= _e33) & (_e33 < 3);
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
        float n0_load = n0_in[j + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(_e33, 2))), 0)) * 5u)];
        float n1_load = n1_in[j + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e31 - 3u), 3))), 0)) * 5u)];
        float n3_where = n3_inside ? n0_load : n1_load;
        float n5_neg = -(n3_where);
        int _e63 = order_for_max(n5_neg);
        int _e66 = (_e63 == -1) ? 0 : _e63;
        int _e67 = n6_running;
        uint _e68 = n6_position;
        bool _e73 = (_e66 > _e67) | ((_e66 == _e67) & (j < _e68));
        n6_running = _e73 ? _e66 : _e67;
        n6_position = _e73 ? j : _e68;
        n5_out[(row * 5u) + j] = n5_neg;
    }
    uint n6_argmax = n6_position;
    n6_out[row] = n6_argmax;
}
