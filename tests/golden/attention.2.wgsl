struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<vec4<f32>>;
@group(0) @binding(1)
var<storage> b1_in: array<vec4<f32>>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<vec4<f32>>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;

fn finish(batch: u32, m: u32, quad: u32, sum: vec4<f32>) {
    b2_out[((m * 4u) + quad)] = sum;
}

@compute @workgroup_size(64, 1, 1)
fn contract_dot(@builtin(global_invocation_id) id: vec3<u32>) {
    var sum_0a: vec4<f32>;
    var sum_0b: vec4<f32>;
    var sum_1a: vec4<f32>;
    var sum_1b: vec4<f32>;
    var sum_2a: vec4<f32>;
    var sum_2b: vec4<f32>;
    var sum_3a: vec4<f32>;
    var sum_3b: vec4<f32>;

    let tile = id.x;
    if (tile >= 20u) {
        return;
    }
    let m_1 = ((tile / 2u) * 4u);
    let quad_1 = ((tile % 2u) * 2u);
    let i = (m_1 + 1u);
    let i_b = (m_1 + 2u);
    let i_c = (m_1 + 3u);
    let _e17 = vec4<u32>(0u, 1u, 2u, 3u);
    let _e20 = (quad_1 + 1u);
    let _e25 = vec4(0f);
    sum_0a = _e25;
    sum_0b = _e25;
    sum_1a = _e25;
    sum_1b = _e25;
    sum_2a = _e25;
    sum_2b = _e25;
    sum_3a = _e25;
    sum_3b = _e25;
    for (var quad_k = 0u; quad_k < 10u; quad_k = quad_k + 1u) {
        let _e38 = (quad_k * 4u);
        let v0_load = b0_in[((m_1 * 10u) + quad_k)];
        let v0_load_b = b0_in[((i * 10u) + quad_k)];
        let v0_load_c = b0_in[((i_b * 10u) + quad_k)];
        let v0_load_d = b0_in[((i_c * 10u) + quad_k)];
        let _e59 = (_e38 * 4u);
        let v1_load = b1_in[(_e59 + quad_1)];
        let v1_load_b = b1_in[(_e59 + _e20)];
        let _e70 = vec4(v0_load.x);
        let _e72 = sum_0a;
        sum_0a = (_e72 + (_e70 * v1_load));
        let _e75 = sum_0b;
        sum_0b = (_e75 + (_e70 * v1_load_b));
        let _e77 = vec4(v0_load_b.x);
        let _e79 = sum_1a;
        sum_1a = (_e79 + (_e77 * v1_load));
        let _e82 = sum_1b;
        sum_1b = (_e82 + (_e77 * v1_load_b));
        let _e84 = vec4(v0_load_c.x);
        let _e86 = sum_2a;
        sum_2a = (_e86 + (_e84 * v1_load));
        let _e89 = sum_2b;
        sum_2b = (_e89 + (_e84 * v1_load_b));
        let _e91 = vec4(v0_load_d.x);
        let _e93 = sum_3a;
        sum_3a = (_e93 + (_e91 * v1_load));
        let _e96 = sum_3b;
        sum_3b = (_e96 + (_e91 * v1_load_b));
        let _e99 = ((_e38 + 1u) * 4u);
        let v1_load_c = b1_in[(_e99 + quad_1)];
        let v1_load_d = b1_in[(_e99 + _e20)];
        let _e110 = vec4(v0_load.y);
        let _e112 = sum_0a;
        sum_0a = (_e112 + (_e110 * v1_load_c));
        let _e115 = sum_0b;
        sum_0b = (_e115 + (_e110 * v1_load_d));
        let _e117 = vec4(v0_load_b.y);
        let _e119 = sum_1a;
        sum_1a = (_e119 + (_e117 * v1_load_c));
        let _e122 = sum_1b;
        sum_1b = (_e122 + (_e117 * v1_load_d));
        let _e124 = vec4(v0_load_c.y);
        let _e126 = sum_2a;
        sum_2a = (_e126 + (_e124 * v1_load_c));
        let _e129 = sum_2b;
        sum_2b = (_e129 + (_e124 * v1_load_d));
        let _e131 = vec4(v0_load_d.y);
        let _e133 = sum_3a;
        sum_3a = (_e133 + (_e131 * v1_load_c));
        let _e136 = sum_3b;
        sum_3b = (_e136 + (_e131 * v1_load_d));
        let _e139 = ((_e38 + 2u) * 4u);
        let v1_load_e = b1_in[(_e139 + quad_1)];
        let v1_load_f = b1_in[(_e139 + _e20)];
        let _e150 = vec4(v0_load.z);
        let _e152 = sum_0a;
        sum_0a = (_e152 + (_e150 * v1_load_e));
        let _e155 = sum_0b;
        sum_0b = (_e155 + (_e150 * v1_load_f));
        let _e157 = vec4(v0_load_b.z);
        let _e159 = sum_1a;
        sum_1a = (_e159 + (_e157 * v1_load_e));
        let _e162 = sum_1b;
        sum_1b = (_e162 + (_e157 * v1_load_f));
        let _e164 = vec4(v0_load_c.z);
        let _e166 = sum_2a;
        sum_2a = (_e166 + (_e164 * v1_load_e));
        let _e169 = sum_2b;
        sum_2b = (_e169 + (_e164 * v1_load_f));
        let _e171 = vec4(v0_load_d.z);
        let _e173 = sum_3a;
        sum_3a = (_e173 + (_e171 * v1_load_e));
        let _e176 = sum_3b;
        sum_3b = (_e176 + (_e171 * v1_load_f));
        let _e179 = ((_e38 + 3u) * 4u);
        let v1_load_g = b1_in[(_e179 + quad_1)];
        let v1_load_h = b1_in[(_e179 + _e20)];
        let _e190 = vec4(v0_load.w);
        let _e192 = sum_0a;
        sum_0a = (_e192 + (_e190 * v1_load_g));
        let _e195 = sum_0b;
        sum_0b = (_e195 + (_e190 * v1_load_h));
        let _e197 = vec4(v0_load_b.w);
        let _e199 = sum_1a;
        sum_1a = (_e199 + (_e197 * v1_load_g));
        let _e202 = sum_1b;
        sum_1b = (_e202 + (_e197 * v1_load_h));
        let _e204 = vec4(v0_load_c.w);
        let _e206 = sum_2a;
        sum_2a = (_e206 + (_e204 * v1_load_g));
        let _e209 = sum_2b;
        sum_2b = (_e209 + (_e204 * v1_load_h));
        let _e211 = vec4(v0_load_d.w);
        let _e213 = sum_3a;
        sum_3a = (_e213 + (_e211 * v1_load_g));
        let _e216 = sum_3b;
        sum_3b = (_e216 + (_e211 * v1_load_h));
    }
    let _e221 = sum_0a;
    finish(0u, m_1, quad_1, _e221);
    let _e222 = sum_0b;
    finish(0u, m_1, _e20, _e222);
    let _e223 = sum_1a;
    finish(0u, i, quad_1, _e223);
    let _e224 = sum_1b;
    finish(0u, i, _e20, _e224);
    let _e225 = sum_2a;
    finish(0u, i_b, quad_1, _e225);
    let _e226 = sum_2b;
    finish(0u, i_b, _e20, _e226);
    let _e227 = sum_3a;
    finish(0u, i_c, quad_1, _e227);
    let _e228 = sum_3b;
    finish(0u, i_c, _e20, _e228);
}
