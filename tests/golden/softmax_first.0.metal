// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef float type_1[1];
struct Uniforms {
    uint size;
};
struct type_5 {
    int inner[32];
};
struct type_6 {
    float inner[32];
};

int order_for_max(
    float x
) {
    uint _e1 = as_type<uint>(x);
    int _e2 = as_type<int>(_e1);
    return (2139095040u < (_e1 & 2147483647u)) ? 2147483647 : (_e2 ^ ((_e2 >> 31u) & 2147483647));
}

float from_order(
    int x_1
) {
    return as_type<float>(as_type<uint>(x_1 ^ ((x_1 >> 31u) & 2147483647)));
}

int naga_f2i32(float value) {
    return static_cast<int>(metal::clamp(value, -2147483600.0, 2147483500.0));
}

int float_to_int(
    float x_2
) {
    return (2139095040u < (as_type<uint>(x_2) & 2147483647u)) ? 0 : ((x_2 <= -2147483600.0) ? (-2147483647 - 1) : ((2147483600.0 <= x_2) ? 2147483647 : naga_f2i32((metal::abs(x_2) < 2147483600.0) ? x_2 : 0.0)));
}

float exp(
    float x_3
) {
    float constant_ = 0.5;
    float _e3 = (x_3 < -105.0) ? -105.0 : x_3;
    float _e6 = (90.0 < _e3) ? 90.0 : _e3;
    float _e8 = _e6 * 1.442695;
    float _e11 = constant_;
    int _e19 = float_to_int(_e8 + as_type<float>(as_type<uint>(_e11) ^ (as_type<uint>(_e8) & 2147483648u)));
    float _e20 = static_cast<float>(_e19);
    float _e26 = (_e6 - (_e20 * 0.69314575)) - (_e20 * 0.0000014286068);
    int _e48 = as_type<int>(as_type<uint>(_e19) + as_type<uint>(0));
    int _e50 = _e48 >> 1u;
    return (2139095040u < (as_type<uint>(x_3) & 2147483647u)) ? x_3 : ((((_e26 + ((_e26 * _e26) * ((((((((((0.00019891269 * _e26) + 0.00139339) * _e26) + 0.0083333105) * _e26) + 0.041666463) * _e26) + 0.16666667) * _e26) + 0.5))) + 1.0) * as_type<float>(as_type<uint>(as_type<int>(as_type<uint>(_e50) + as_type<uint>(127))) << 23u)) * as_type<float>(as_type<uint>(as_type<int>(as_type<uint>(as_type<int>(as_type<uint>(_e48) - as_type<uint>(_e50))) + as_type<uint>(127))) << 23u));
}

struct row_max_sub_exp_sum_divInput {
};
[[max_total_threads_per_threadgroup(32)]] kernel void row_max_sub_exp_sum_div(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1& b1_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_5& scratch
, threadgroup type_6& scratch_b
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    int v1_running = {};
    uint next_i = {};
    float v5_running = {};
    uint next_i_b = {};
    uint next_i_c = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    v1_running = -2139095041;
    next_i = lane;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e26 = next_i;
            next_i = _e26 + 32u;
        }
        loop_init = false;
        uint i = next_i;
        if (i >= 33u) {
            break;
        }
        float v0_load = b0_in[(i * 70u) + row];
        int _e22 = order_for_max(v0_load);
        int _e23 = v1_running;
        v1_running = metal::max(_e23, _e22);
    }
    int _e30 = v1_running;
    scratch.inner[lane] = _e30;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e32 = lane < 16u;
    if (_e32) {
        int _e35 = scratch.inner[lane + 16u];
        int _e36 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e36, _e35);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e39 = lane < 8u;
    if (_e39) {
        int _e42 = scratch.inner[lane + 8u];
        int _e43 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e43, _e42);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e46 = lane < 4u;
    if (_e46) {
        int _e49 = scratch.inner[lane + 4u];
        int _e50 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e50, _e49);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e53 = lane < 2u;
    if (_e53) {
        int _e56 = scratch.inner[lane + 2u];
        int _e57 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e57, _e56);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e59 = lane < 1u;
    if (_e59) {
        int _e62 = scratch.inner[lane + 1u];
        int _e63 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e63, _e62);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    int _e66 = scratch.inner[0u];
    float _e67 = from_order(_e66);
    v5_running = 0.0;
    next_i_b = lane;
    bool loop_init_1 = true;
    while(true) {
        if (!loop_init_1) {
            uint _e82 = next_i_b;
            next_i_b = _e82 + 32u;
        }
        loop_init_1 = false;
        uint i_b = next_i_b;
        if (i_b >= 33u) {
            break;
        }
        float v2_load = b0_in[(i_b * 70u) + row];
        float v3_sub = v2_load - _e67;
        float _e78 = exp(v3_sub);
        float _e79 = v5_running;
        v5_running = _e79 + _e78;
    }
    float _e86 = v5_running;
    scratch_b.inner[lane] = _e86;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e32) {
        float _e89 = scratch_b.inner[lane + 16u];
        float _e90 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e90 + _e89;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e39) {
        float _e94 = scratch_b.inner[lane + 8u];
        float _e95 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e95 + _e94;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e46) {
        float _e99 = scratch_b.inner[lane + 4u];
        float _e100 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e100 + _e99;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e53) {
        float _e104 = scratch_b.inner[lane + 2u];
        float _e105 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e105 + _e104;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e59) {
        float _e109 = scratch_b.inner[lane + 1u];
        float _e110 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e110 + _e109;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    float v5_sum = scratch_b.inner[0u];
    next_i_c = lane;
    bool loop_init_2 = true;
    while(true) {
        if (!loop_init_2) {
            uint _e127 = next_i_c;
            next_i_c = _e127 + 32u;
        }
        loop_init_2 = false;
        uint i_c = next_i_c;
        if (i_c >= 33u) {
            break;
        }
        uint _e118 = (i_c * 70u) + row;
        float v6_load = b0_in[_e118];
        float v7_sub = v6_load - _e67;
        float _e122 = exp(v7_sub);
        float v9_div = _e122 / v5_sum;
        b1_out[_e118] = v9_div;
    }
}
