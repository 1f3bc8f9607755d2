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
, device type_1 const& n129_in [[buffer(0)]]
, device type_3 const& n0_in [[buffer(1)]]
, device type_5 const& n34_in [[buffer(2)]]
, device type_3 const& n155_in [[buffer(3)]]
, device type_3 const& n144_in [[buffer(4)]]
, device type_3& n171_out [[buffer(5)]]
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
    uint n129_load = n129_in[i];
    uint n129_load_b = n129_in[i + 1u];
    bool n132_less = n129_load < n129_load_b;
    uint _e20 = (i * 3u) + j;
    float n0_load = n0_in[_e20];
    uint n134_sub = n129_load_b - 1u;
    int _e29 = constant_;
    uint n168_uint32_ = as_type<uint>(_e29);
    uint n168_minimum = (n168_uint32_ < n134_sub) ? n168_uint32_ : n134_sub;
    int n168_int32_ = as_type<int>(n168_minimum);
    uint _e35 = as_type<uint>(n168_int32_);
    int _e36 = as_type<int>(_e35);
    int n34_load = n34_in[as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(_e36, 899))), 0))];
    bool n138_inside = (0 <= _e36) & (_e36 < 900);
    int n138_where = n138_inside ? n34_load : 2147483647;
    int _e52 = floor_div(_e36, 32);
    uint _e53 = as_type<uint>(_e52);
    uint _e62 = as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e53 - 1u), 28))), 0));
    uint _e65 = (_e62 * 32u) + 31u;
    int n34_load_b = n34_in[metal::max(metal::min(_e65, 899u), 0u)];
    bool n138_inside_b = as_type<int>(_e65) < 900;
    int n138_where_b = n138_inside_b ? n34_load_b : 2147483647;
    int _e74 = as_type<int>(_e53);
    bool n158_inside = (1 <= _e74) & (_e74 < 30);
    int n158_where = n158_inside ? n138_where_b : -1;
    bool n161_equal = n138_where == n158_where;
    float n155_load = n155_in[j + (_e62 * 3u)];
    float n156_where = n158_inside ? n155_load : 0.0;
    float n144_load = n144_in[j + (_e35 * 3u)];
    float n164_add = n156_where + n144_load;
    float n165_where = n161_equal ? n164_add : n144_load;
    float n170_add = n0_load + n165_where;
    float n171_where = n132_less ? n170_add : n0_load;
    n171_out[_e20] = n171_where;
}
