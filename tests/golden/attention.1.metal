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
    float c1_;
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

struct row_mul_max_sub_exp_sum_etcInput {
};
[[max_total_threads_per_threadgroup(32)]] kernel void row_mul_max_sub_exp_sum_etc(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1& b1_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, threadgroup type_5& scratch
, threadgroup type_6& scratch_b
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    int v3_running = {};
    uint next_j = {};
    float v8_running = {};
    uint next_j_b = {};
    uint next_j_c = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    float c1_ = uniforms.c1_;
    v3_running = -2139095041;
    next_j = lane;
    uint _e17 = row * 40u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e28 = next_j;
            next_j = _e28 + 32u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 40u) {
            break;
        }
        float v1_load = b0_in[_e17 + j];
        float v2_mul = v1_load * c1_;
        int _e24 = order_for_max(v2_mul);
        int _e25 = v3_running;
        v3_running = metal::max(_e25, _e24);
    }
    int _e32 = v3_running;
    scratch.inner[lane] = _e32;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e34 = lane < 16u;
    if (_e34) {
        int _e37 = scratch.inner[lane + 16u];
        int _e38 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e38, _e37);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e41 = lane < 8u;
    if (_e41) {
        int _e44 = scratch.inner[lane + 8u];
        int _e45 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e45, _e44);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e48 = lane < 4u;
    if (_e48) {
        int _e51 = scratch.inner[lane + 4u];
        int _e52 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e52, _e51);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e55 = lane < 2u;
    if (_e55) {
        int _e58 = scratch.inner[lane + 2u];
        int _e59 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e59, _e58);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e61 = lane < 1u;
    if (_e61) {
        int _e64 = scratch.inner[lane + 1u];
        int _e65 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e65, _e64);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    int _e68 = scratch.inner[0u];
    float _e69 = from_order(_e68);
    v8_running = 0.0;
    next_j_b = lane;
    bool loop_init_1 = true;
    while(true) {
        if (!loop_init_1) {
            uint _e84 = next_j_b;
            next_j_b = _e84 + 32u;
        }
        loop_init_1 = false;
        uint j_b = next_j_b;
        if (j_b >= 40u) {
            break;
        }
        float v4_load = b0_in[_e17 + j_b];
        float v5_mul = v4_load * c1_;
        float v6_sub = v5_mul - _e69;
        float _e80 = exp(v6_sub);
        float _e81 = v8_running;
        v8_running = _e81 + _e80;
    }
    float _e88 = v8_running;
    scratch_b.inner[lane] = _e88;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e34) {
        float _e91 = scratch_b.inner[lane + 16u];
        float _e92 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e92 + _e91;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e41) {
        float _e96 = scratch_b.inner[lane + 8u];
        float _e97 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e97 + _e96;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e48) {
        float _e101 = scratch_b.inner[lane + 4u];
        float _e102 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e102 + _e101;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e55) {
        float _e106 = scratch_b.inner[lane + 2u];
        float _e107 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e107 + _e106;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e61) {
        float _e111 = scratch_b.inner[lane + 1u];
        float _e112 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e112 + _e111;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    float v8_sum = scratch_b.inner[0u];
    next_j_c = lane;
    bool loop_init_2 = true;
    while(true) {
        if (!loop_init_2) {
            uint _e129 = next_j_c;
            next_j_c = _e129 + 32u;
        }
        loop_init_2 = false;
        uint j_c = next_j_c;
        if (j_c >= 40u) {
            break;
        }
        uint _e119 = _e17 + j_c;
        float v9_load = b0_in[_e119];
        float v10_mul = v9_load * c1_;
        float v11_sub = v10_mul - _e69;
        float _e124 = exp(v11_sub);
        float v13_div = _e124 / v8_sum;
        b1_out[_e119] = v13_div;
    }
}
