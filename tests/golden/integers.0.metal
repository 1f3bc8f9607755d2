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
typedef uint type_3[1];
struct Uniforms {
    uint size;
};

int floor_divide(
    int x,
    int y
) {
    bool _e4 = y == 0;
    int _e5 = _e4 ? 1 : y;
    int _e11 = ((x == (-2147483647 - 1)) & (_e5 == -1)) ? 1 : _e5;
    int _e12 = x / _e11;
    int _e14 = as_type<int>(as_type<uint>(x) - as_type<uint>(as_type<int>(as_type<uint>(_e12) * as_type<uint>(_e11))));
    bool _e19 = !((_e14 == 0)) & ((_e14 ^ _e11) < 0);
    return _e4 ? 0 : (_e19 ? as_type<int>(as_type<uint>(_e12) - as_type<uint>(1)) : _e12);
}

int mod(
    int x_1,
    int y_1
) {
    bool _e4 = y_1 == 0;
    int _e5 = _e4 ? 1 : y_1;
    int _e11 = ((x_1 == (-2147483647 - 1)) & (_e5 == -1)) ? 1 : _e5;
    int _e12 = x_1 / _e11;
    int _e14 = as_type<int>(as_type<uint>(x_1) - as_type<uint>(as_type<int>(as_type<uint>(_e12) * as_type<uint>(_e11))));
    bool _e19 = !((_e14 == 0)) & ((_e14 ^ _e11) < 0);
    return _e4 ? 0 : (_e19 ? as_type<int>(as_type<uint>(_e14) + as_type<uint>(_e11)) : _e14);
}

struct row_floorDivide_mod_bitwiseXor_less_any_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_floorDivide_mod_bitwiseXor_less_any_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1 const& b1_in [[buffer(1)]]
, device type_3& b2_out [[buffer(2)]]
, device type_3& b3_out [[buffer(3)]]
, device type_1& b4_out [[buffer(4)]]
, constant Uniforms& uniforms [[buffer(5)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    uint v6_running = {};
    uint v7_running = {};
    uint next_i = {};
    uint row = id.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    v6_running = 1u;
    v7_running = 0u;
    next_i = 0u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e32 = next_i;
            next_i = _e32 + 1u;
        }
        loop_init = false;
        uint i = next_i;
        if (i >= 24u) {
            break;
        }
        int v0_load = b0_in[i];
        int v1_load = b1_in[i];
        bool v2_less = v0_load < v1_load;
        int _e21 = floor_divide(v0_load, v1_load);
        int _e22 = mod(v0_load, v1_load);
        int v5_bitwiseXor = _e21 ^ _e22;
        uint _e24 = static_cast<uint>(v2_less);
        uint _e25 = v6_running;
        v6_running = _e25 & _e24;
        uint _e27 = v7_running;
        v7_running = _e27 | _e24;
        b4_out[i] = v5_bitwiseXor;
    }
    uint _e34 = v6_running;
    bool v6_all = _e34 != 0u;
    uint _e36 = v7_running;
    bool v7_any = _e36 != 0u;
    b2_out[0u] = static_cast<uint>(v6_all);
    b3_out[0u] = static_cast<uint>(v7_any);
}
