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
, device type_1 const& n33_in [[buffer(0)]]
, device type_3 const& n2_in [[buffer(1)]]
, device type_5 const& n34_in [[buffer(2)]]
, device type_3& n144_out [[buffer(3)]]
, constant Uniforms& uniforms [[buffer(4)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    float n144_running = {};
    uint next_j = {};
    int constant_ = 899;
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint k = row % 3u;
    uint i = row / 3u;
    n144_running = 0.0;
    next_j = 0u;
    uint _e18 = i * 32u;
    int _e28 = constant_;
    uint n135_uint32_ = as_type<uint>(_e28);
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
        uint n33_load = n33_in[_e21];
        uint n135_minimum = (n135_uint32_ < n33_load) ? n135_uint32_ : n33_load;
        int n135_int32_ = as_type<int>(n135_minimum);
        float n2_load = n2_in[k + (as_type<uint>(n135_int32_) * 3u)];
        bool n136_inside = as_type<int>(_e19) < 900;
        float n136_where = n136_inside ? n2_load : 0.0;
        int n34_load = n34_in[_e21];
        int n138_where = n136_inside ? n34_load : 2147483647;
        uint _e52 = _e18 + as_type<uint>(metal::max(as_type<int>(j - 1u), 0));
        int n34_load_b = n34_in[metal::min(_e52, 899u)];
        bool n138_inside = as_type<int>(_e52) < 900;
        int n138_where_b = n138_inside ? n34_load_b : 2147483647;
        bool n140_inside = 1 <= as_type<int>(j);
        int n140_where = n140_inside ? n138_where_b : -1;
        bool n142_notEqual = !((n138_where == n140_where));
        float _e66 = n144_running;
        float n144_add = n142_notEqual ? n136_where : (_e66 + n136_where);
        n144_running = n144_add;
        n144_out[((i * 96u) + (j * 3u)) + k] = n144_add;
    }
}
