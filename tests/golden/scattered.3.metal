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
typedef int type_3[1];
typedef uint type_5[1];
struct Uniforms {
    uint size;
};

struct row_sub_iota_add_gather_iota_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_sub_iota_add_gather_iota_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n0_in [[buffer(0)]]
, device type_3 const& n150_in [[buffer(1)]]
, device type_5 const& n34_in [[buffer(2)]]
, device type_1 const& n2_in [[buffer(3)]]
, device type_1& n168_out [[buffer(4)]]
, constant Uniforms& uniforms [[buffer(5)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    float n167_running = {};
    uint next_k = {};
    int constant_ = 899;
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    uint j = row % 3u;
    uint i = row / 3u;
    uint _e12 = (i * 3u) + j;
    float n0_load = n0_in[_e12];
    int n150_load = n150_in[i + 1u];
    int n150_load_b = n150_in[i];
    int n154_sub = as_type<int>(as_type<uint>(n150_load) - as_type<uint>(n150_load_b));
    n167_running = 0.0;
    uint row_end = metal::min(as_type<uint>(metal::max(n154_sub, 0)), 900u);
    next_k = 0u;
    int _e51 = constant_;
    uint n159_uint32_ = as_type<uint>(_e51);
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e66 = next_k;
            next_k = _e66 + 1u;
        }
        loop_init = false;
        uint k = next_k;
        if (k >= row_end) {
            break;
        }
        int n161_index = as_type<int>(k);
        bool n163_less = n161_index < n154_sub;
        int n157_add = as_type<int>(as_type<uint>(n150_load_b) + as_type<uint>(n161_index));
        bool n158_less = n157_add < 0;
        int n158_add = as_type<int>(as_type<uint>(n157_add) + as_type<uint>(900));
        int n158_where = n158_less ? n158_add : n157_add;
        int n158_minimum = (899 < n158_where) ? 899 : n158_where;
        int n158_maximum = (n158_minimum < 0) ? 0 : n158_minimum;
        uint n34_load = n34_in[as_type<uint>(n158_maximum)];
        uint n159_minimum = (n159_uint32_ < n34_load) ? n159_uint32_ : n34_load;
        int n159_int32_ = as_type<int>(n159_minimum);
        float n2_load = n2_in[j + (as_type<uint>(n159_int32_) * 3u)];
        float n166_where = n163_less ? n2_load : 0.0;
        float _e63 = n167_running;
        n167_running = _e63 + n166_where;
    }
    float n167_sum = n167_running;
    float n168_add = n0_load + n167_sum;
    n168_out[_e12] = n168_add;
}
