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

typedef float type_1[1];
struct Uniforms {
    uint size;
    float c1_;
    float c2_;
};
struct type_4 {
    float inner[32];
};

float rsqrt(
    float x
) {
    float _e3 = 1.0 / metal::sqrt(x);
    return ((as_type<uint>(x) - 8388608u) < 2130706432u) ? (_e3 + (_e3 * (0.5 - (0.5 * ((x * _e3) * _e3))))) : _e3;
}

struct row_add_sum_div_sub_square_etcInput {
};
[[max_total_threads_per_threadgroup(32)]] kernel void row_add_sum_div_sub_square_etc(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1 const& b1_in [[buffer(1)]]
, device type_1& b2_out [[buffer(2)]]
, device type_1& b3_out [[buffer(3)]]
, constant Uniforms& uniforms [[buffer(4)]]
, threadgroup type_4& scratch
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    float v5_running = {};
    uint next_j = {};
    float v12_running = {};
    uint next_j_b = {};
    uint next_j_c = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    float c1_ = uniforms.c1_;
    float c2_ = uniforms.c2_;
    v5_running = 0.0;
    next_j = lane;
    uint _e19 = row * 100u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e34 = next_j;
            next_j = _e34 + 32u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 100u) {
            break;
        }
        uint _e21 = _e19 + j;
        float v2_load = b0_in[_e21];
        float v3_load = b1_in[_e21];
        float v4_add = v2_load + v3_load;
        float _e29 = v5_running;
        v5_running = _e29 + v4_add;
        b3_out[_e21] = v4_add;
    }
    float _e38 = v5_running;
    scratch.inner[lane] = _e38;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e40 = lane < 16u;
    if (_e40) {
        float _e43 = scratch.inner[lane + 16u];
        float _e44 = scratch.inner[lane];
        scratch.inner[lane] = _e44 + _e43;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e47 = lane < 8u;
    if (_e47) {
        float _e50 = scratch.inner[lane + 8u];
        float _e51 = scratch.inner[lane];
        scratch.inner[lane] = _e51 + _e50;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e54 = lane < 4u;
    if (_e54) {
        float _e57 = scratch.inner[lane + 4u];
        float _e58 = scratch.inner[lane];
        scratch.inner[lane] = _e58 + _e57;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e61 = lane < 2u;
    if (_e61) {
        float _e64 = scratch.inner[lane + 2u];
        float _e65 = scratch.inner[lane];
        scratch.inner[lane] = _e65 + _e64;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    bool _e67 = lane < 1u;
    if (_e67) {
        float _e70 = scratch.inner[lane + 1u];
        float _e71 = scratch.inner[lane];
        scratch.inner[lane] = _e71 + _e70;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    float v5_sum = scratch.inner[0u];
    float v6_div = v5_sum / c1_;
    v12_running = 0.0;
    next_j_b = lane;
    bool loop_init_1 = true;
    while(true) {
        if (!loop_init_1) {
            uint _e91 = next_j_b;
            next_j_b = _e91 + 32u;
        }
        loop_init_1 = false;
        uint j_b = next_j_b;
        if (j_b >= 100u) {
            break;
        }
        uint _e80 = _e19 + j_b;
        float v7_load = b0_in[_e80];
        float v8_load = b1_in[_e80];
        float v9_add = v7_load + v8_load;
        float v10_sub = v9_add - v6_div;
        float v11_square = v10_sub * v10_sub;
        float _e88 = v12_running;
        v12_running = _e88 + v11_square;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    float _e93 = v12_running;
    scratch.inner[lane] = _e93;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e40) {
        float _e96 = scratch.inner[lane + 16u];
        float _e97 = scratch.inner[lane];
        scratch.inner[lane] = _e97 + _e96;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e47) {
        float _e101 = scratch.inner[lane + 8u];
        float _e102 = scratch.inner[lane];
        scratch.inner[lane] = _e102 + _e101;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e54) {
        float _e106 = scratch.inner[lane + 4u];
        float _e107 = scratch.inner[lane];
        scratch.inner[lane] = _e107 + _e106;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e61) {
        float _e111 = scratch.inner[lane + 2u];
        float _e112 = scratch.inner[lane];
        scratch.inner[lane] = _e112 + _e111;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (_e67) {
        float _e116 = scratch.inner[lane + 1u];
        float _e117 = scratch.inner[lane];
        scratch.inner[lane] = _e117 + _e116;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    float v12_sum = scratch.inner[0u];
    float v13_div = v12_sum / c1_;
    float v14_add = v13_div + c2_;
    float _e122 = rsqrt(v14_add);
    next_j_c = lane;
    bool loop_init_2 = true;
    while(true) {
        if (!loop_init_2) {
            uint _e137 = next_j_c;
            next_j_c = _e137 + 32u;
        }
        loop_init_2 = false;
        uint j_c = next_j_c;
        if (j_c >= 100u) {
            break;
        }
        uint _e126 = _e19 + j_c;
        float v16_load = b0_in[_e126];
        float v17_load = b1_in[_e126];
        float v18_add = v16_load + v17_load;
        float v19_sub = v18_add - v6_div;
        float v20_mul = v19_sub * _e122;
        b2_out[_e126] = v20_mul;
    }
}
