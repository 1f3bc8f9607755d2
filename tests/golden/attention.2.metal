// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
};

typedef metal::float4 type_1[1];
struct Uniforms {
    uint size;
};

void finish(
    uint batch,
    uint m,
    uint quad_,
    metal::float4 sum,
    device type_1& b2_out,
    constant _mslBufferSizes& _buffer_sizes
) {
    b2_out[(m * 4u) + quad_] = sum;
}

struct contract_dotInput {
};
[[max_total_threads_per_threadgroup(64)]] kernel void contract_dot(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& b0_in [[buffer(0)]]
, device type_1 const& b1_in [[buffer(1)]]
, device type_1& b2_out [[buffer(2)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(4)]]
) {
    metal::float4 sum_0a = {};
    metal::float4 sum_0b = {};
    metal::float4 sum_1a = {};
    metal::float4 sum_1b = {};
    metal::float4 sum_2a = {};
    metal::float4 sum_2b = {};
    metal::float4 sum_3a = {};
    metal::float4 sum_3b = {};
    uint next_quad_k = {};
    uint tile = id.x;
    if (tile >= 20u) {
        return;
    }
    uint m_1 = (tile / 2u) * 4u;
    uint quad_1 = (tile % 2u) * 2u;
    uint i = m_1 + 1u;
    uint i_b = m_1 + 2u;
    uint i_c = m_1 + 3u;
    metal::uint4 _e17 = metal::uint4(0u, 1u, 2u, 3u);
    uint _e20 = quad_1 + 1u;
    metal::float4 _e25 = metal::float4(0.0);
    sum_0a = _e25;
    sum_0b = _e25;
    sum_1a = _e25;
    sum_1b = _e25;
    sum_2a = _e25;
    sum_2b = _e25;
    sum_3a = _e25;
    sum_3b = _e25;
    next_quad_k = 0u;
    bool loop_init = true;
    while(true) {
        if (!loop_init) {
            uint _e219 = next_quad_k;
            next_quad_k = _e219 + 1u;
        }
        loop_init = false;
        uint quad_k = next_quad_k;
        if (quad_k >= 10u) {
            break;
        }
        uint _e38 = quad_k * 4u;
        metal::float4 v0_load = b0_in[(m_1 * 10u) + quad_k];
        metal::float4 v0_load_b = b0_in[(i * 10u) + quad_k];
        metal::float4 v0_load_c = b0_in[(i_b * 10u) + quad_k];
        metal::float4 v0_load_d = b0_in[(i_c * 10u) + quad_k];
        uint _e59 = _e38 * 4u;
        metal::float4 v1_load = b1_in[_e59 + quad_1];
        metal::float4 v1_load_b = b1_in[_e59 + _e20];
        metal::float4 _e70 = metal::float4(v0_load.x);
        metal::float4 _e72 = sum_0a;
        sum_0a = _e72 + (_e70 * v1_load);
        metal::float4 _e75 = sum_0b;
        sum_0b = _e75 + (_e70 * v1_load_b);
        metal::float4 _e77 = metal::float4(v0_load_b.x);
        metal::float4 _e79 = sum_1a;
        sum_1a = _e79 + (_e77 * v1_load);
        metal::float4 _e82 = sum_1b;
        sum_1b = _e82 + (_e77 * v1_load_b);
        metal::float4 _e84 = metal::float4(v0_load_c.x);
        metal::float4 _e86 = sum_2a;
        sum_2a = _e86 + (_e84 * v1_load);
        metal::float4 _e89 = sum_2b;
        sum_2b = _e89 + (_e84 * v1_load_b);
        metal::float4 _e91 = metal::float4(v0_load_d.x);
        metal::float4 _e93 = sum_3a;
        sum_3a = _e93 + (_e91 * v1_load);
        metal::float4 _e96 = sum_3b;
        sum_3b = _e96 + (_e91 * v1_load_b);
        uint _e99 = (_e38 + 1u) * 4u;
        metal::float4 v1_load_c = b1_in[_e99 + quad_1];
        metal::float4 v1_load_d = b1_in[_e99 + _e20];
        metal::float4 _e110 = metal::float4(v0_load.y);
        metal::float4 _e112 = sum_0a;
        sum_0a = _e112 + (_e110 * v1_load_c);
        metal::float4 _e115 = sum_0b;
        sum_0b = _e115 + (_e110 * v1_load_d);
        metal::float4 _e117 = metal::float4(v0_load_b.y);
        metal::float4 _e119 = sum_1a;
        sum_1a = _e119 + (_e117 * v1_load_c);
        metal::float4 _e122 = sum_1b;
        sum_1b = _e122 + (_e117 * v1_load_d);
        metal::float4 _e124 = metal::float4(v0_load_c.y);
        metal::float4 _e126 = sum_2a;
        sum_2a = _e126 + (_e124 * v1_load_c);
        metal::float4 _e129 = sum_2b;
        sum_2b = _e129 + (_e124 * v1_load_d);
        metal::float4 _e131 = metal::float4(v0_load_d.y);
        metal::float4 _e133 = sum_3a;
        sum_3a = _e133 + (_e131 * v1_load_c);
        metal::float4 _e136 = sum_3b;
        sum_3b = _e136 + (_e131 * v1_load_d);
        uint _e139 = (_e38 + 2u) * 4u;
        metal::float4 v1_load_e = b1_in[_e139 + quad_1];
        metal::float4 v1_load_f = b1_in[_e139 + _e20];
        metal::float4 _e150 = metal::float4(v0_load.z);
        metal::float4 _e152 = sum_0a;
        sum_0a = _e152 + (_e150 * v1_load_e);
        metal::float4 _e155 = sum_0b;
        sum_0b = _e155 + (_e150 * v1_load_f);
        metal::float4 _e157 = metal::float4(v0_load_b.z);
        metal::float4 _e159 = sum_1a;
        sum_1a = _e159 + (_e157 * v1_load_e);
        metal::float4 _e162 = sum_1b;
        sum_1b = _e162 + (_e157 * v1_load_f);
        metal::float4 _e164 = metal::float4(v0_load_c.z);
        metal::float4 _e166 = sum_2a;
        sum_2a = _e166 + (_e164 * v1_load_e);
        metal::float4 _e169 = sum_2b;
        sum_2b = _e169 + (_e164 * v1_load_f);
        metal::float4 _e171 = metal::float4(v0_load_d.z);
        metal::float4 _e173 = sum_3a;
        sum_3a = _e173 + (_e171 * v1_load_e);
        metal::float4 _e176 = sum_3b;
        sum_3b = _e176 + (_e171 * v1_load_f);
        uint _e179 = (_e38 + 3u) * 4u;
        metal::float4 v1_load_g = b1_in[_e179 + quad_1];
        metal::float4 v1_load_h = b1_in[_e179 + _e20];
        metal::float4 _e190 = metal::float4(v0_load.w);
        metal::float4 _e192 = sum_0a;
        sum_0a = _e192 + (_e190 * v1_load_g);
        metal::float4 _e195 = sum_0b;
        sum_0b = _e195 + (_e190 * v1_load_h);
        metal::float4 _e197 = metal::float4(v0_load_b.w);
        metal::float4 _e199 = sum_1a;
        sum_1a = _e199 + (_e197 * v1_load_g);
        metal::float4 _e202 = sum_1b;
        sum_1b = _e202 + (_e197 * v1_load_h);
        metal::float4 _e204 = metal::float4(v0_load_c.w);
        metal::float4 _e206 = sum_2a;
        sum_2a = _e206 + (_e204 * v1_load_g);
        metal::float4 _e209 = sum_2b;
        sum_2b = _e209 + (_e204 * v1_load_h);
        metal::float4 _e211 = metal::float4(v0_load_d.w);
        metal::float4 _e213 = sum_3a;
        sum_3a = _e213 + (_e211 * v1_load_g);
        metal::float4 _e216 = sum_3b;
        sum_3b = _e216 + (_e211 * v1_load_h);
    }
    metal::float4 _e221 = sum_0a;
    finish(0u, m_1, quad_1, _e221, b2_out, _buffer_sizes);
    metal::float4 _e222 = sum_0b;
    finish(0u, m_1, _e20, _e222, b2_out, _buffer_sizes);
    metal::float4 _e223 = sum_1a;
    finish(0u, i, quad_1, _e223, b2_out, _buffer_sizes);
    metal::float4 _e224 = sum_1b;
    finish(0u, i, _e20, _e224, b2_out, _buffer_sizes);
    metal::float4 _e225 = sum_2a;
    finish(0u, i_b, quad_1, _e225, b2_out, _buffer_sizes);
    metal::float4 _e226 = sum_2b;
    finish(0u, i_b, _e20, _e226, b2_out, _buffer_sizes);
    metal::float4 _e227 = sum_3a;
    finish(0u, i_c, quad_1, _e227, b2_out, _buffer_sizes);
    metal::float4 _e228 = sum_3b;
    finish(0u, i_c, _e20, _e228, b2_out, _buffer_sizes);
}
