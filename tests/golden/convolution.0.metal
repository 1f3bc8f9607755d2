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

typedef metal::float4 type_1[1];
typedef float type_3[1];
struct Uniforms {
    uint size;
};

void finish(
    uint batch,
    uint m,
    uint quad_,
    metal::float4 sum,
    device type_1 const& b0_in,
    device type_1& b3_out,
    constant _mslBufferSizes& _buffer_sizes
) {
    float constant_ = 0.0;
    uint k = m % 10u;
    uint _e8 = m / 10u;
    uint j = _e8 % 12u;
    uint i = _e8 / 12u;
    metal::float4 v9_load = b0_in[quad_];
    metal::float4 v10_add = sum + v9_load;
    metal::float4 _e24 = metal::float4(0.0);
    float _e29 = constant_;
    metal::float4 v12_maximum = metal::select(metal::select(metal::select(v10_add, _e24, v10_add < _e24), _e24, metal::bool4(2139095040u < (as_type<uint>(_e29) & 2147483647u))), v10_add, metal::uint4(2139095040u) < (as_type<metal::uint4>(v10_add) & metal::uint4(2147483647u)));
    b3_out[(((i * 240u) + (j * 20u)) + (k * 2u)) + quad_] = v12_maximum;
}

struct contract_dot_add_maximumInput {
};
[[max_total_threads_per_threadgroup(64)]] kernel void contract_dot_add_maximum(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_3 const& b1_in [[buffer(1)]]
, device type_3 const& b2_in [[buffer(2)]]
, device type_1& b3_out [[buffer(3)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(5)]]
) {
    uint constant_b = 4u;
    metal::float4 sum_0a = {};
    metal::float4 sum_0b = {};
    metal::float4 sum_1a = {};
    metal::float4 sum_1b = {};
    metal::float4 sum_2a = {};
    metal::float4 sum_2b = {};
    metal::float4 sum_3a = {};
    metal::float4 sum_3b = {};
    uint next_p = {};
    uint next_q = {};
    uint next_r = {};
    uint tile = id.x;
    if (tile >= 60u) {
        return;
    }
    uint m_1 = tile * 4u;
    uint k_b = m_1 % 10u;
    uint _e10 = m_1 / 10u;
    uint j_b = _e10 % 12u;
    uint i_b = _e10 / 12u;
    uint _e15 = m_1 + 1u;
    uint k_c = _e15 % 10u;
    uint _e17 = _e15 / 10u;
    uint j_c = _e17 % 12u;
    uint i_c = _e17 / 12u;
    uint _e20 = m_1 + 2u;
    uint k_d = _e20 % 10u;
    uint _e22 = _e20 / 10u;
    uint j_d = _e22 % 12u;
    uint i_d = _e22 / 12u;
    uint _e26 = m_1 + 3u;
    uint k_e = _e26 % 10u;
    uint _e28 = _e26 / 10u;
    uint j_e = _e28 % 12u;
    uint i_e = _e28 / 12u;
    uint _e33 = constant_b;
    metal::float4 _e37 = metal::float4(0.0);
    sum_0a = _e37;
    sum_0b = _e37;
    sum_1a = _e37;
    sum_1b = _e37;
    sum_2a = _e37;
    sum_2b = _e37;
    sum_3a = _e37;
    sum_3b = _e37;
    next_p = 0u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e273 = next_p;
            next_p = _e273 + 1u;
        }
        loop_init = false;
        uint p = next_p;
        if (p >= 3u) {
            break;
        }
        next_q = 0u;
        uint _e60 = j_b + p;
        int _e87 = as_type<int>(_e60);
        bool v2_inside = (1 <= _e87) & (_e87 < 13);
        uint _e102 = j_c + p;
        int _e124 = as_type<int>(_e102);
        bool v2_inside_b = (1 <= _e124) & (_e124 < 13);
        uint _e136 = j_d + p;
        int _e158 = as_type<int>(_e136);
        bool v2_inside_c = (1 <= _e158) & (_e158 < 13);
        uint _e170 = j_e + p;
        int _e192 = as_type<int>(_e170);
        bool v2_inside_d = (1 <= _e192) & (_e192 < 13);
        uint _e204 = p * 12u;
        bool loop_init_1 = true;
        while(true) {
            if (!loop_init_1) {
                uint _e270 = next_q;
                next_q = _e270 + 1u;
            }
            loop_init_1 = false;
            uint q = next_q;
            if (q >= 3u) {
                break;
            }
            next_r = 0u;
            uint _e73 = k_b + q;
            int _e95 = as_type<int>(_e73);
            bool v5_inside = (1 <= _e95) & (_e95 < 11);
            uint _e112 = k_c + q;
            int _e129 = as_type<int>(_e112);
            bool v5_inside_b = (1 <= _e129) & (_e129 < 11);
            uint _e146 = k_d + q;
            int _e163 = as_type<int>(_e146);
            bool v5_inside_c = (1 <= _e163) & (_e163 < 11);
            uint _e180 = k_e + q;
            int _e197 = as_type<int>(_e180);
            bool v5_inside_d = (1 <= _e197) & (_e197 < 11);
            uint _e205 = q * 4u;
            bool loop_init_2 = true;
            while(true) {
                if (!loop_init_2) {
                    uint _e267 = next_r;
                    next_r = _e267 + 1u;
                }
                loop_init_2 = false;
                uint r = next_r;
                if (r >= 4u) {
                    break;
                }
                float v0_load = b1_in[(((i_b * 480u) + r) + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e60 - 1u), 11))), 0)) * 40u)) + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e73 - 1u), 9))), 0)) * 4u)];
                float v3_where = v2_inside ? v0_load : 0.0;
                float v6_where = v5_inside ? v3_where : 0.0;
                float v0_load_b = b1_in[(((i_c * 480u) + r) + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e102 - 1u), 11))), 0)) * 40u)) + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e112 - 1u), 9))), 0)) * 4u)];
                float v3_where_b = v2_inside_b ? v0_load_b : 0.0;
                float v6_where_b = v5_inside_b ? v3_where_b : 0.0;
                float v0_load_c = b1_in[(((i_d * 480u) + r) + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e136 - 1u), 11))), 0)) * 40u)) + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e146 - 1u), 9))), 0)) * 4u)];
                float v3_where_c = v2_inside_c ? v0_load_c : 0.0;
                float v6_where_c = v5_inside_c ? v3_where_c : 0.0;
                float v0_load_d = b1_in[(((i_e * 480u) + r) + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e170 - 1u), 11))), 0)) * 40u)) + (as_type<uint>(metal::max(as_type<int>(as_type<uint>(metal::min(as_type<int>(_e180 - 1u), 9))), 0)) * 4u)];
                float v3_where_d = v2_inside_d ? v0_load_d : 0.0;
                float v6_where_d = v5_inside_d ? v3_where_d : 0.0;
                uint _e207 = (_e204 + _e205) + r;
                float _e214 = b2_in[_e207];
                float _e216 = b2_in[_e207 + 36u];
                float _e218 = b2_in[_e207 + 72u];
                float _e220 = b2_in[_e207 + 108u];
                metal::float4 v7_load = metal::float4(_e214, _e216, _e218, _e220);
                uint _e225 = ((144u + _e204) + _e205) + r;
                float _e230 = b2_in[_e225];
                float _e232 = b2_in[_e225 + 36u];
                float _e234 = b2_in[_e225 + 72u];
                float _e236 = b2_in[_e225 + 108u];
                metal::float4 v7_load_b = metal::float4(_e230, _e232, _e234, _e236);
                metal::float4 _e238 = metal::float4(v6_where);
                metal::float4 _e240 = sum_0a;
                sum_0a = _e240 + (_e238 * v7_load);
                metal::float4 _e243 = sum_0b;
                sum_0b = _e243 + (_e238 * v7_load_b);
                metal::float4 _e245 = metal::float4(v6_where_b);
                metal::float4 _e247 = sum_1a;
                sum_1a = _e247 + (_e245 * v7_load);
                metal::float4 _e250 = sum_1b;
                sum_1b = _e250 + (_e245 * v7_load_b);
                metal::float4 _e252 = metal::float4(v6_where_c);
                metal::float4 _e254 = sum_2a;
                sum_2a = _e254 + (_e252 * v7_load);
                metal::float4 _e257 = sum_2b;
                sum_2b = _e257 + (_e252 * v7_load_b);
                metal::float4 _e259 = metal::float4(v6_where_d);
                metal::float4 _e261 = sum_3a;
                sum_3a = _e261 + (_e259 * v7_load);
                metal::float4 _e264 = sum_3b;
                sum_3b = _e264 + (_e259 * v7_load_b);
            }
        }
    }
    metal::float4 _e275 = sum_0a;
    finish(0u, m_1, 0u, _e275, b0_in, b3_out, _buffer_sizes);
    metal::float4 _e276 = sum_0b;
    finish(0u, m_1, 1u, _e276, b0_in, b3_out, _buffer_sizes);
    metal::float4 _e277 = sum_1a;
    finish(0u, _e15, 0u, _e277, b0_in, b3_out, _buffer_sizes);
    metal::float4 _e278 = sum_1b;
    finish(0u, _e15, 1u, _e278, b0_in, b3_out, _buffer_sizes);
    metal::float4 _e279 = sum_2a;
    finish(0u, _e20, 0u, _e279, b0_in, b3_out, _buffer_sizes);
    metal::float4 _e280 = sum_2b;
    finish(0u, _e20, 1u, _e280, b0_in, b3_out, _buffer_sizes);
    metal::float4 _e281 = sum_3a;
    finish(0u, _e26, 0u, _e281, b0_in, b3_out, _buffer_sizes);
    metal::float4 _e282 = sum_3b;
    finish(0u, _e26, 1u, _e282, b0_in, b3_out, _buffer_sizes);
}
