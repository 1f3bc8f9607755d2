// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
    uint size3;
};

typedef uint type_1[1];
typedef float type_3[1];
struct Uniforms {
    uint size;
};

struct index_less_sub_gather_add_whereInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void index_less_sub_gather_add_where(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n129_in [[buffer(0)]]
, device type_3 const& n0_in [[buffer(1)]]
, device type_3 const& n167_in [[buffer(2)]]
, device type_3& n171_out [[buffer(3)]]
, constant Uniforms& uniforms [[buffer(4)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
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
    float n167_load = n167_in[j + (as_type<uint>(n168_int32_) * 3u)];
    float n170_add = n0_load + n167_load;
    float n171_where = n132_less ? n170_add : n0_load;
    n171_out[_e20] = n171_where;
}
