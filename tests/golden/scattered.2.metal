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
typedef int type_5[1];
struct Uniforms {
    uint size;
};

struct row_gather_notEqual_scanInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_gather_notEqual_scan(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_5 const& b2_in [[buffer(2)]]
, device type_3& b3_out [[buffer(3)]]
, constant Uniforms& uniforms [[buffer(4)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    float v22_running = {};
    uint next_j = {};
    int constant_ = 899;
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint k = row % 3u;
    uint i = row / 3u;
    v22_running = 0.0;
    next_j = 0u;
    uint _e18 = i * 32u;
    int _e28 = constant_;
    uint v3_uint32_ = as_type<uint>(_e28);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e77 = next_j;
            next_j = _e77 + 1u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 32u) {
            break;
        }
        uint _e19 = _e18 + j;
        uint _e21 = metal::min(_e19, 899u);
        uint v0_load = b0_in[_e21];
        uint v4_minimum = (v3_uint32_ < v0_load) ? v3_uint32_ : v0_load;
        int v5_int32_ = as_type<int>(v4_minimum);
        float v6_load = b1_in[k + (as_type<uint>(v5_int32_) * 3u)];
        bool v8_inside = as_type<int>(_e19) < 900;
        float v9_where = v8_inside ? v6_load : 0.0;
        int v10_load = b2_in[_e21];
        int v13_where = v8_inside ? v10_load : 2147483647;
        uint _e52 = _e18 + as_type<uint>(metal::max(as_type<int>(j - 1u), 0));
        int v14_load = b2_in[metal::min(_e52, 899u)];
        bool v16_inside = as_type<int>(_e52) < 900;
        int v17_where = v16_inside ? v14_load : 2147483647;
        bool v19_inside = 1 <= as_type<int>(j);
        int v20_where = v19_inside ? v17_where : -1;
        bool v21_notEqual = !((v13_where == v20_where));
        float _e66 = v22_running;
        float v22_add = v21_notEqual ? v9_where : (_e66 + v9_where);
        v22_running = v22_add;
        b3_out[((i * 96u) + (j * 3u)) + k] = v22_add;
    }
}
