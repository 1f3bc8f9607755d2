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
    uint size5;
    uint size6;
};

typedef float type_1[1];
typedef uint type_3[1];
struct Uniforms {
    uint size;
};
struct type_6 {
    int inner[32];
};
struct type_7 {
    uint inner[32];
};
struct type_8 {
    float inner[32];
};

int order_for_min(
    float x
) {
    uint _e1 = as_type<uint>(x);
    int _e2 = as_type<int>(_e1);
    return (2139095040u < (_e1 & 2147483647u)) ? (-2147483647 - 1) : (_e2 ^ ((_e2 >> 31u) & 2147483647));
}

int order_for_max(
    float x_1
) {
    uint _e1 = as_type<uint>(x_1);
    int _e2 = as_type<int>(_e1);
    return (2139095040u < (_e1 & 2147483647u)) ? 2147483647 : (_e2 ^ ((_e2 >> 31u) & 2147483647));
}

float from_order(
    int x_2
) {
    return as_type<float>(as_type<uint>(x_2 ^ ((x_2 >> 31u) & 2147483647)));
}

struct row_sum_max_argmin_iota_mul_etcInput {
};
[[max_total_threads_per_threadgroup(32)]] kernel void row_sum_max_argmin_iota_mul_etc(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_1 const& b2_in [[buffer(2)]]
, device type_1 const& b3_in [[buffer(3)]]
, device type_3& b4_out [[buffer(4)]]
, device type_1& b5_out [[buffer(5)]]
, device type_1& b6_out [[buffer(6)]]
, constant Uniforms& uniforms [[buffer(7)]]
, threadgroup type_6& scratch
, threadgroup type_7& scratch_b
, threadgroup type_6& scratch_c
, threadgroup type_8& scratch_d
, constant _mslBufferSizes& _buffer_sizes [[buffer(8)]]
) {
    int constant_ = 0;
    int v8_running = {};
    uint v8_position = {};
    int v9_running = {};
    float v10_running = {};
    uint next_i = {};
    int constant_b = 59;
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    int _e11 = constant_;
    uint v2_uint32_ = as_type<uint>(_e11);
    uint v4_mul = v2_uint32_ * 60u;
    v8_running = 2139095040;
    v8_position = 0u;
    v9_running = -2139095041;
    v10_running = 0.0;
    next_i = lane;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e55 = next_i;
            next_i = _e55 + 32u;
        }
        loop_init = false;
        uint i = next_i;
        if (i >= 60u) {
            break;
        }
        float v5_load = b0_in[i];
        float v6_load = b2_in[i];
        float v7_load = b3_in[i];
        int _e36 = order_for_min(v5_load);
        int _e39 = (_e36 == -1) ? 0 : _e36;
        int _e40 = v8_running;
        uint _e41 = v8_position;
        bool _e46 = (_e39 < _e40) | ((_e39 == _e40) & (i < _e41));
        v8_running = _e46 ? _e39 : _e40;
        v8_position = _e46 ? i : _e41;
        int _e49 = order_for_max(v6_load);
        int _e50 = v9_running;
        v9_running = metal::max(_e50, _e49);
        float _e52 = v10_running;
        v10_running = _e52 + v7_load;
    }
    int _e62 = v8_running;
    scratch.inner[lane] = _e62;
    uint _e64 = v8_position;
    scratch_b.inner[lane] = _e64;
    int _e66 = v9_running;
    scratch_c.inner[lane] = _e66;
    float _e68 = v10_running;
    scratch_d.inner[lane] = _e68;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        uint _e71 = lane + 16u;
        int _e73 = scratch.inner[_e71];
        uint _e75 = scratch_b.inner[_e71];
        int _e76 = scratch.inner[lane];
        uint _e77 = scratch_b.inner[lane];
        bool _e82 = (_e73 < _e76) | ((_e73 == _e76) & (_e75 < _e77));
        scratch.inner[lane] = _e82 ? _e73 : _e76;
        scratch_b.inner[lane] = _e82 ? _e75 : _e77;
        int _e86 = scratch_c.inner[_e71];
        int _e87 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::max(_e87, _e86);
        float _e90 = scratch_d.inner[_e71];
        float _e91 = scratch_d.inner[lane];
        scratch_d.inner[lane] = _e91 + _e90;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        uint _e95 = lane + 8u;
        int _e97 = scratch.inner[_e95];
        uint _e99 = scratch_b.inner[_e95];
        int _e100 = scratch.inner[lane];
        uint _e101 = scratch_b.inner[lane];
        bool _e106 = (_e97 < _e100) | ((_e97 == _e100) & (_e99 < _e101));
        scratch.inner[lane] = _e106 ? _e97 : _e100;
        scratch_b.inner[lane] = _e106 ? _e99 : _e101;
        int _e110 = scratch_c.inner[_e95];
        int _e111 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::max(_e111, _e110);
        float _e114 = scratch_d.inner[_e95];
        float _e115 = scratch_d.inner[lane];
        scratch_d.inner[lane] = _e115 + _e114;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        uint _e119 = lane + 4u;
        int _e121 = scratch.inner[_e119];
        uint _e123 = scratch_b.inner[_e119];
        int _e124 = scratch.inner[lane];
        uint _e125 = scratch_b.inner[lane];
        bool _e130 = (_e121 < _e124) | ((_e121 == _e124) & (_e123 < _e125));
        scratch.inner[lane] = _e130 ? _e121 : _e124;
        scratch_b.inner[lane] = _e130 ? _e123 : _e125;
        int _e134 = scratch_c.inner[_e119];
        int _e135 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::max(_e135, _e134);
        float _e138 = scratch_d.inner[_e119];
        float _e139 = scratch_d.inner[lane];
        scratch_d.inner[lane] = _e139 + _e138;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        uint _e143 = lane + 2u;
        int _e145 = scratch.inner[_e143];
        uint _e147 = scratch_b.inner[_e143];
        int _e148 = scratch.inner[lane];
        uint _e149 = scratch_b.inner[lane];
        bool _e154 = (_e145 < _e148) | ((_e145 == _e148) & (_e147 < _e149));
        scratch.inner[lane] = _e154 ? _e145 : _e148;
        scratch_b.inner[lane] = _e154 ? _e147 : _e149;
        int _e158 = scratch_c.inner[_e143];
        int _e159 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::max(_e159, _e158);
        float _e162 = scratch_d.inner[_e143];
        float _e163 = scratch_d.inner[lane];
        scratch_d.inner[lane] = _e163 + _e162;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        uint _e166 = lane + 1u;
        int _e168 = scratch.inner[_e166];
        uint _e170 = scratch_b.inner[_e166];
        int _e171 = scratch.inner[lane];
        uint _e172 = scratch_b.inner[lane];
        bool _e177 = (_e168 < _e171) | ((_e168 == _e171) & (_e170 < _e172));
        scratch.inner[lane] = _e177 ? _e168 : _e171;
        scratch_b.inner[lane] = _e177 ? _e170 : _e172;
        int _e181 = scratch_c.inner[_e166];
        int _e182 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::max(_e182, _e181);
        float _e185 = scratch_d.inner[_e166];
        float _e186 = scratch_d.inner[lane];
        scratch_d.inner[lane] = _e186 + _e185;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    uint v8_argmin = scratch_b.inner[0u];
    int _e191 = scratch_c.inner[0u];
    float _e192 = from_order(_e191);
    float v10_sum = scratch_d.inner[0u];
    uint v11_mul = v8_argmin * 5000u;
    uint v12_add = v4_mul + v8_argmin;
    int _e201 = constant_b;
    uint v15_uint32_ = as_type<uint>(_e201);
    uint v16_minimum = (v15_uint32_ < v12_add) ? v15_uint32_ : v12_add;
    int v17_int32_ = as_type<int>(v16_minimum);
    uint v18_load = b1_in[as_type<uint>(v17_int32_)];
    uint v19_add = v11_mul + v18_load;
    if (lane == 0u) {
        b4_out[0u] = v19_add;
        b5_out[0u] = _e192;
        b6_out[0u] = v10_sum;
    }
}
