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
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_3 const& b2_in [[buffer(2)]]
, device type_3& b3_out [[buffer(3)]]
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
    uint v0_load = b0_in[i];
    uint v1_load = b0_in[i + 1u];
    bool v2_less = v0_load < v1_load;
    uint _e20 = (i * 3u) + j;
    float v3_load = b1_in[_e20];
    uint v5_sub = v1_load - 1u;
    int _e29 = constant_;
    uint v8_uint32_ = as_type<uint>(_e29);
    uint v9_minimum = (v8_uint32_ < v5_sub) ? v8_uint32_ : v5_sub;
    int v10_int32_ = as_type<int>(v9_minimum);
    float v11_load = b2_in[j + (as_type<uint>(v10_int32_) * 3u)];
    float v12_add = v3_load + v11_load;
    float v13_where = v2_less ? v12_add : v3_load;
    b3_out[_e20] = v13_where;
}
