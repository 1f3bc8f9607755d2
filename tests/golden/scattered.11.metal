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
    uint size5;
};

typedef uint type_1[1];
typedef float type_3[1];
typedef int type_5[1];
struct Uniforms {
    uint size;
};

int floor_div(
    int x,
    int y
) {
    int _e2 = x / y;
    return ((x % y) < 0) ? as_type<int>(as_type<uint>(_e2) - as_type<uint>(1)) : _e2;
}

struct index_less_sub_equal_add_where_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void index_less_sub_equal_add_where_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n682_in [[buffer(0)]]
, device type_3 const& n0_in [[buffer(1)]]
, device type_5 const& n597_in [[buffer(2)]]
, device type_3 const& n708_in [[buffer(3)]]
, device type_3 const& n697_in [[buffer(4)]]
, device type_3& n724_out [[buffer(5)]]
, constant Uniforms& uniforms [[buffer(6)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(7)]]
) {
    int constant_ = 899;
    uint index = id.x;
    uint size = uniforms.size;
    if (index >= size) {
        return;
    }
    uint j = index % 3u;
    uint i = index / 3u;
    uint n682_load = n682_in[i];
    uint n682_load_b = n682_in[i + 1u];
    bool n685_less = n682_load < n682_load_b;
    uint _e20 = (i * 3u) + j;
    float n0_load = n0_in[_e20];
    uint n687_sub = n682_load_b - 1u;
    int _e29 = constant_;
    uint n721_uint32_ = as_type<uint>(_e29);
    uint n721_minimum = (n721_uint32_ < n687_sub) ? n721_uint32_ : n687_sub;
    int n721_int32_ = as_type<int>(n721_minimum);
    uint _e35 = as_type<uint>(n721_int32_);
    int _e36 = as_type<int>(_e35);
    int n597_load = n597_in[as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(_e36, 899))), 0))];
    bool n691_inside = (0 <= _e36) & (_e36 < 900);
    int n691_where = n691_inside ? n597_load : 2147483647;
    int _e52 = floor_div(_e36, 32);
    uint _e53 = as_type<uint>(_e52);
    uint _e62 = as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e53 - 1u), 28))), 0));
    uint _e65 = (_e62 * 32u) + 31u;
    int n597_load_b = n597_in[metal::max(metal::min(_e65, 899u), 0u)];
    bool n691_inside_b = as_type<int>(_e65) < 900;
    int n691_where_b = n691_inside_b ? n597_load_b : 2147483647;
    int _e74 = as_type<int>(_e53);
    bool n711_inside = (1 <= _e74) & (_e74 < 30);
    int n711_where = n711_inside ? n691_where_b : -1;
    bool n714_equal = n691_where == n711_where;
    float n708_load = n708_in[j + (_e62 * 3u)];
    float n709_where = n711_inside ? n708_load : 0.0;
    float n697_load = n697_in[j + (_e35 * 3u)];
    float n717_add = n709_where + n697_load;
    float n718_where = n714_equal ? n717_add : n697_load;
    float n723_add = n0_load + n718_where;
    float n724_where = n685_less ? n723_add : n0_load;
    n724_out[_e20] = n724_where;
}
