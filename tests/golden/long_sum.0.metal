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
typedef uint type_3[1];
struct Uniforms {
    uint size;
};
struct type_6 {
    int inner[256];
};
struct type_7 {
    uint inner[256];
};
struct type_8 {
    float inner[256];
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

struct row_sum_max_min_argminInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void row_sum_max_min_argmin(
  metal::uint3 group [[threadgroup_position_in_grid]]
, uint lane [[thread_index_in_threadgroup]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3& b1_out [[buffer(1)]]
, device type_1& b2_out [[buffer(2)]]
, device type_1& b3_out [[buffer(3)]]
, device type_1& b4_out [[buffer(4)]]
, constant Uniforms& uniforms [[buffer(5)]]
, threadgroup type_6& scratch
, threadgroup type_7& scratch_b
, threadgroup type_6& scratch_c
, threadgroup type_6& scratch_d
, threadgroup type_8& scratch_e
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    int v1_running = {};
    uint v1_position = {};
    int v2_running = {};
    int v3_running = {};
    float v4_running = {};
    uint next_j = {};
    uint row = group.x;
    uint size = uniforms.size;
    if (row >= size) {
        return;
    }
    v1_running = 2139095040;
    v1_position = 0u;
    v2_running = 2139095040;
    v3_running = -2139095041;
    v4_running = 0.0;
    next_j = lane;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e49 = next_j;
            next_j = _e49 + 256u;
        }
        loop_init = false;
        uint j = next_j;
        if (j >= 5000u) {
            break;
        }
        float v0_load = b0_in[(row * 5000u) + j];
        int _e27 = order_for_min(v0_load);
        int _e31 = (_e27 == -1) ? 0 : _e27;
        int _e32 = v1_running;
        uint _e33 = v1_position;
        bool _e38 = (_e31 < _e32) | ((_e31 == _e32) & (j < _e33));
        v1_running = _e38 ? _e31 : _e32;
        v1_position = _e38 ? j : _e33;
        int _e41 = v2_running;
        v2_running = metal::min(_e41, _e27);
        int _e43 = order_for_max(v0_load);
        int _e44 = v3_running;
        v3_running = metal::max(_e44, _e43);
        float _e46 = v4_running;
        v4_running = _e46 + v0_load;
    }
    int _e57 = v1_running;
    scratch.inner[lane] = _e57;
    uint _e59 = v1_position;
    scratch_b.inner[lane] = _e59;
    int _e61 = v2_running;
    scratch_c.inner[lane] = _e61;
    int _e63 = v3_running;
    scratch_d.inner[lane] = _e63;
    float _e65 = v4_running;
    scratch_e.inner[lane] = _e65;
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 128u) {
        uint _e68 = lane + 128u;
        int _e70 = scratch.inner[_e68];
        uint _e72 = scratch_b.inner[_e68];
        int _e73 = scratch.inner[lane];
        uint _e74 = scratch_b.inner[lane];
        bool _e79 = (_e70 < _e73) | ((_e70 == _e73) & (_e72 < _e74));
        scratch.inner[lane] = _e79 ? _e70 : _e73;
        scratch_b.inner[lane] = _e79 ? _e72 : _e74;
        int _e83 = scratch_c.inner[_e68];
        int _e84 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::min(_e84, _e83);
        int _e87 = scratch_d.inner[_e68];
        int _e88 = scratch_d.inner[lane];
        scratch_d.inner[lane] = metal::max(_e88, _e87);
        float _e91 = scratch_e.inner[_e68];
        float _e92 = scratch_e.inner[lane];
        scratch_e.inner[lane] = _e92 + _e91;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 64u) {
        uint _e96 = lane + 64u;
        int _e98 = scratch.inner[_e96];
        uint _e100 = scratch_b.inner[_e96];
        int _e101 = scratch.inner[lane];
        uint _e102 = scratch_b.inner[lane];
        bool _e107 = (_e98 < _e101) | ((_e98 == _e101) & (_e100 < _e102));
        scratch.inner[lane] = _e107 ? _e98 : _e101;
        scratch_b.inner[lane] = _e107 ? _e100 : _e102;
        int _e111 = scratch_c.inner[_e96];
        int _e112 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::min(_e112, _e111);
        int _e115 = scratch_d.inner[_e96];
        int _e116 = scratch_d.inner[lane];
        scratch_d.inner[lane] = metal::max(_e116, _e115);
        float _e119 = scratch_e.inner[_e96];
        float _e120 = scratch_e.inner[lane];
        scratch_e.inner[lane] = _e120 + _e119;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 32u) {
        uint _e124 = lane + 32u;
        int _e126 = scratch.inner[_e124];
        uint _e128 = scratch_b.inner[_e124];
        int _e129 = scratch.inner[lane];
        uint _e130 = scratch_b.inner[lane];
        bool _e135 = (_e126 < _e129) | ((_e126 == _e129) & (_e128 < _e130));
        scratch.inner[lane] = _e135 ? _e126 : _e129;
        scratch_b.inner[lane] = _e135 ? _e128 : _e130;
        int _e139 = scratch_c.inner[_e124];
        int _e140 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::min(_e140, _e139);
        int _e143 = scratch_d.inner[_e124];
        int _e144 = scratch_d.inner[lane];
        scratch_d.inner[lane] = metal::max(_e144, _e143);
        float _e147 = scratch_e.inner[_e124];
        float _e148 = scratch_e.inner[lane];
        scratch_e.inner[lane] = _e148 + _e147;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 16u) {
        uint _e152 = lane + 16u;
        int _e154 = scratch.inner[_e152];
        uint _e156 = scratch_b.inner[_e152];
        int _e157 = scratch.inner[lane];
        uint _e158 = scratch_b.inner[lane];
        bool _e163 = (_e154 < _e157) | ((_e154 == _e157) & (_e156 < _e158));
        scratch.inner[lane] = _e163 ? _e154 : _e157;
        scratch_b.inner[lane] = _e163 ? _e156 : _e158;
        int _e167 = scratch_c.inner[_e152];
        int _e168 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::min(_e168, _e167);
        int _e171 = scratch_d.inner[_e152];
        int _e172 = scratch_d.inner[lane];
        scratch_d.inner[lane] = metal::max(_e172, _e171);
        float _e175 = scratch_e.inner[_e152];
        float _e176 = scratch_e.inner[lane];
        scratch_e.inner[lane] = _e176 + _e175;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 8u) {
        uint _e180 = lane + 8u;
        int _e182 = scratch.inner[_e180];
        uint _e184 = scratch_b.inner[_e180];
        int _e185 = scratch.inner[lane];
        uint _e186 = scratch_b.inner[lane];
        bool _e191 = (_e182 < _e185) | ((_e182 == _e185) & (_e184 < _e186));
        scratch.inner[lane] = _e191 ? _e182 : _e185;
        scratch_b.inner[lane] = _e191 ? _e184 : _e186;
        int _e195 = scratch_c.inner[_e180];
        int _e196 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::min(_e196, _e195);
        int _e199 = scratch_d.inner[_e180];
        int _e200 = scratch_d.inner[lane];
        scratch_d.inner[lane] = metal::max(_e200, _e199);
        float _e203 = scratch_e.inner[_e180];
        float _e204 = scratch_e.inner[lane];
        scratch_e.inner[lane] = _e204 + _e203;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 4u) {
        uint _e208 = lane + 4u;
        int _e210 = scratch.inner[_e208];
        uint _e212 = scratch_b.inner[_e208];
        int _e213 = scratch.inner[lane];
        uint _e214 = scratch_b.inner[lane];
        bool _e219 = (_e210 < _e213) | ((_e210 == _e213) & (_e212 < _e214));
        scratch.inner[lane] = _e219 ? _e210 : _e213;
        scratch_b.inner[lane] = _e219 ? _e212 : _e214;
        int _e223 = scratch_c.inner[_e208];
        int _e224 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::min(_e224, _e223);
        int _e227 = scratch_d.inner[_e208];
        int _e228 = scratch_d.inner[lane];
        scratch_d.inner[lane] = metal::max(_e228, _e227);
        float _e231 = scratch_e.inner[_e208];
        float _e232 = scratch_e.inner[lane];
        scratch_e.inner[lane] = _e232 + _e231;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 2u) {
        uint _e236 = lane + 2u;
        int _e238 = scratch.inner[_e236];
        uint _e240 = scratch_b.inner[_e236];
        int _e241 = scratch.inner[lane];
        uint _e242 = scratch_b.inner[lane];
        bool _e247 = (_e238 < _e241) | ((_e238 == _e241) & (_e240 < _e242));
        scratch.inner[lane] = _e247 ? _e238 : _e241;
        scratch_b.inner[lane] = _e247 ? _e240 : _e242;
        int _e251 = scratch_c.inner[_e236];
        int _e252 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::min(_e252, _e251);
        int _e255 = scratch_d.inner[_e236];
        int _e256 = scratch_d.inner[lane];
        scratch_d.inner[lane] = metal::max(_e256, _e255);
        float _e259 = scratch_e.inner[_e236];
        float _e260 = scratch_e.inner[lane];
        scratch_e.inner[lane] = _e260 + _e259;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    if (lane < 1u) {
        uint _e263 = lane + 1u;
        int _e265 = scratch.inner[_e263];
        uint _e267 = scratch_b.inner[_e263];
        int _e268 = scratch.inner[lane];
        uint _e269 = scratch_b.inner[lane];
        bool _e274 = (_e265 < _e268) | ((_e265 == _e268) & (_e267 < _e269));
        scratch.inner[lane] = _e274 ? _e265 : _e268;
        scratch_b.inner[lane] = _e274 ? _e267 : _e269;
        int _e278 = scratch_c.inner[_e263];
        int _e279 = scratch_c.inner[lane];
        scratch_c.inner[lane] = metal::min(_e279, _e278);
        int _e282 = scratch_d.inner[_e263];
        int _e283 = scratch_d.inner[lane];
        scratch_d.inner[lane] = metal::max(_e283, _e282);
        float _e286 = scratch_e.inner[_e263];
        float _e287 = scratch_e.inner[lane];
        scratch_e.inner[lane] = _e287 + _e286;
    }
    metal::threadgroup_barrier(metal::mem_flags::mem_threadgroup);
    uint v1_argmin = scratch_b.inner[0u];
    int _e292 = scratch_c.inner[0u];
    float _e293 = from_order(_e292);
    int _e295 = scratch_d.inner[0u];
    float _e296 = from_order(_e295);
    float v4_sum = scratch_e.inner[0u];
    if (lane == 0u) {
        b1_out[row] = v1_argmin;
        b2_out[row] = _e293;
        b3_out[row] = _e296;
        b4_out[row] = v4_sum;
    }
}
