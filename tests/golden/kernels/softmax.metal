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
    int inner[128];
};
struct type_6 {
    float inner[128];
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

struct row_softmaxInput {
};
[[max_total_threads_per_threadgroup(128)]] kernel void row_softmax(
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
    uint next_j = {};
    float v5_running = {};
    uint next_j_b = {};
    uint next_j_c = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    v1_running = -2139095041;
    next_j = lane;
    uint _e15 = row * 1000u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e25 = next_j;
            next_j = _e25 + 128u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 1000u) {
            break;
        }
        float v0_load = b0_in[_e15 + j];
        int _e21 = order_for_max(v0_load);
        int _e22 = v1_running;
        v1_running = metal::max(_e22, _e21);
    }
    int _e29 = v1_running;
    scratch.inner[lane] = _e29;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e31 = lane < 64u;
    if (_e31) {
        int _e34 = scratch.inner[lane + 64u];
        int _e35 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e35, _e34);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e38 = lane < 32u;
    if (_e38) {
        int _e41 = scratch.inner[lane + 32u];
        int _e42 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e42, _e41);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e45 = lane < 16u;
    if (_e45) {
        int _e48 = scratch.inner[lane + 16u];
        int _e49 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e49, _e48);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e52 = lane < 8u;
    if (_e52) {
        int _e55 = scratch.inner[lane + 8u];
        int _e56 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e56, _e55);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e59 = lane < 4u;
    if (_e59) {
        int _e62 = scratch.inner[lane + 4u];
        int _e63 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e63, _e62);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e66 = lane < 2u;
    if (_e66) {
        int _e69 = scratch.inner[lane + 2u];
        int _e70 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e70, _e69);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e72 = lane < 1u;
    if (_e72) {
        int _e75 = scratch.inner[lane + 1u];
        int _e76 = scratch.inner[lane];
        scratch.inner[lane] = metal::max(_e76, _e75);
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    int _e79 = scratch.inner[0u];
    float _e80 = from_order(_e79);
    v5_running = 0.0;
    next_j_b = lane;
    bool loop_init_1 = true;
    while(true) {
        if (!loop_init_1) {
            uint _e94 = next_j_b;
            next_j_b = _e94 + 128u;
        }
        loop_init_1 = false;
        uint j_b = next_j_b;
        if (j_b >= 1000u) {
            break;
        }
        float v2_load = b0_in[_e15 + j_b];
        float v3_sub = v2_load - _e80;
        float _e90 = exp(v3_sub);
        float _e91 = v5_running;
        v5_running = _e91 + _e90;
    }
    float _e98 = v5_running;
    scratch_b.inner[lane] = _e98;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e31) {
        float _e101 = scratch_b.inner[lane + 64u];
        float _e102 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e102 + _e101;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e38) {
        float _e106 = scratch_b.inner[lane + 32u];
        float _e107 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e107 + _e106;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e45) {
        float _e111 = scratch_b.inner[lane + 16u];
        float _e112 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e112 + _e111;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e52) {
        float _e116 = scratch_b.inner[lane + 8u];
        float _e117 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e117 + _e116;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e59) {
        float _e121 = scratch_b.inner[lane + 4u];
        float _e122 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e122 + _e121;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e66) {
        float _e126 = scratch_b.inner[lane + 2u];
        float _e127 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e127 + _e126;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e72) {
        float _e131 = scratch_b.inner[lane + 1u];
        float _e132 = scratch_b.inner[lane];
        scratch_b.inner[lane] = _e132 + _e131;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    float v5_sum = scratch_b.inner[0u];
    next_j_c = lane;
    bool loop_init_2 = true;
    while(true) {
        if (!loop_init_2) {
            uint _e148 = next_j_c;
            next_j_c = _e148 + 128u;
        }
        loop_init_2 = false;
        uint j_c = next_j_c;
        if (j_c >= 1000u) {
            break;
        }
        uint _e139 = _e15 + j_c;
        float v6_load = b0_in[_e139];
        float v7_sub = v6_load - _e80;
        float _e143 = exp(v7_sub);
        float v9_div = _e143 / v5_sum;
        b1_out[_e139] = v9_div;
    }
}
