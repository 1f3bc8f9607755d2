struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<vec4<f32>>;
@group(0) @binding(1)
var<storage> b1_in: array<vec4<f32>>;
@group(0) @binding(2)
var<storage> b2_in: array<vec4<f32>>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<vec4<f32>>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;

fn float_to_int_vec(x: vec4<f32>) -> vec4<i32> {
    let _e5 = vec4(2147483600f);
    return select(select(select(vec4<i32>(select(vec4(0f), x, (abs(x) < _e5))), vec4(2147483647i), (_e5 <= x)), vec4(i32(-2147483648)), (x <= vec4(-2147483600f))), vec4(0i), (vec4(2139095040u) < (bitcast<vec4<u32>>(x) & vec4(2147483647u))));
}

fn tanh_vec(x_1: vec4<f32>) -> vec4<f32> {
    var constant: f32 = 0.5f;

    let _e1 = abs(x_1);
    let _e3 = vec4(10f);
    let _e5 = select(_e3, _e1, (_e1 < _e3));
    let _e6 = (_e5 + _e5);
    let _e8 = vec4(-105f);
    let _e10 = select(_e6, _e8, (_e6 < _e8));
    let _e12 = vec4(90f);
    let _e14 = select(_e10, _e12, (_e12 < _e10));
    let _e17 = (_e14 * vec4(1.442695f));
    let _e20 = constant;
    let _e24 = vec4(2147483648u);
    let _e30 = float_to_int_vec((_e17 + bitcast<vec4<f32>>((vec4(bitcast<u32>(_e20)) ^ (bitcast<vec4<u32>>(_e17) & _e24)))));
    let _e31 = vec4<f32>(_e30);
    let _e39 = ((_e14 - (_e31 * vec4(0.69314575f))) - (_e31 * vec4(0.0000014286068f)));
    let _e65 = vec4(1f);
    let _e69 = (_e30 + vec4(0i));
    let _e72 = (_e69 >> vec4(1u));
    let _e75 = vec4(127i);
    let _e79 = vec4(23u);
    let _e93 = (_e5 * _e5);
    let _e128 = bitcast<vec4<u32>>(x_1);
    return select(bitcast<vec4<f32>>((bitcast<vec4<u32>>(select((_e65 - (vec4(2f) / (((((_e39 + ((_e39 * _e39) * ((((((((((vec4(0.00019891269f) * _e39) + vec4(0.00139339f)) * _e39) + vec4(0.0083333105f)) * _e39) + vec4(0.041666463f)) * _e39) + vec4(0.16666667f)) * _e39) + vec4(0.5f)))) + _e65) * bitcast<vec4<f32>>((bitcast<vec4<u32>>((_e72 + _e75)) << _e79))) * bitcast<vec4<f32>>((bitcast<vec4<u32>>(((_e69 - _e72) + _e75)) << _e79))) + _e65))), (_e5 + ((_e5 * _e93) * ((((((((((((vec4(-0.0008519199f) * _e93) + vec4(0.0032950146f)) * _e93) + vec4(-0.008786444f)) * _e93) + vec4(0.02185905f)) * _e93) + vec4(-0.05396757f)) * _e93) + vec4(0.13333331f)) * _e93) + vec4(-0.33333334f)))), (_e5 < vec4(0.63f)))) ^ (_e128 & _e24))), x_1, (vec4(2139095040u) < (_e128 & vec4(2147483647u))));
}

fn finish(batch: u32, m: u32, quad: u32, sum: vec4<f32>) {
    if (m >= 62u) {
        return;
    }
    let v3_load = b2_in[quad];
    let v4_add = (sum + v3_load);
    let v5_tanh = tanh_vec(v4_add);
    b3_out[((m * 6u) + quad)] = v5_tanh;
}

@compute @workgroup_size(64, 1, 1)
fn contract_matmul_add_tanh(@builtin(global_invocation_id) id: vec3<u32>) {
    var sum_0a: vec4<f32>;
    var sum_0b: vec4<f32>;
    var sum_1a: vec4<f32>;
    var sum_1b: vec4<f32>;
    var sum_2a: vec4<f32>;
    var sum_2b: vec4<f32>;
    var sum_3a: vec4<f32>;
    var sum_3b: vec4<f32>;

    let tile = id.x;
    if (tile >= 48u) {
        return;
    }
    let m_1 = ((tile / 3u) * 4u);
    let quad_1 = ((tile % 3u) * 2u);
    let j = min(m_1, 61u);
    let _e15 = (m_1 + 1u);
    let j_b = min(_e15, 61u);
    let _e17 = (m_1 + 2u);
    let j_c = min(_e17, 61u);
    let _e19 = (m_1 + 3u);
    let j_d = min(_e19, 61u);
    let _e22 = vec4<u32>(0u, 1u, 2u, 3u);
    let _e25 = (quad_1 + 1u);
    let _e30 = vec4(0f);
    sum_0a = _e30;
    sum_0b = _e30;
    sum_1a = _e30;
    sum_1b = _e30;
    sum_2a = _e30;
    sum_2b = _e30;
    sum_3a = _e30;
    sum_3b = _e30;
    for (var quad_l = 0u; quad_l < 8u; quad_l = quad_l + 1u) {
        let _e43 = (quad_l * 4u);
        let v0_load = b0_in[((j * 8u) + quad_l)];
        let v0_load_b = b0_in[((j_b * 8u) + quad_l)];
        let v0_load_c = b0_in[((j_c * 8u) + quad_l)];
        let v0_load_d = b0_in[((j_d * 8u) + quad_l)];
        let _e66 = (_e43 * 6u);
        let v1_load = b1_in[(_e66 + quad_1)];
        let v1_load_b = b1_in[(_e66 + _e25)];
        let _e77 = vec4(v0_load.x);
        let _e79 = sum_0a;
        sum_0a = (_e79 + (_e77 * v1_load));
        let _e82 = sum_0b;
        sum_0b = (_e82 + (_e77 * v1_load_b));
        let _e84 = vec4(v0_load_b.x);
        let _e86 = sum_1a;
        sum_1a = (_e86 + (_e84 * v1_load));
        let _e89 = sum_1b;
        sum_1b = (_e89 + (_e84 * v1_load_b));
        let _e91 = vec4(v0_load_c.x);
        let _e93 = sum_2a;
        sum_2a = (_e93 + (_e91 * v1_load));
        let _e96 = sum_2b;
        sum_2b = (_e96 + (_e91 * v1_load_b));
        let _e98 = vec4(v0_load_d.x);
        let _e100 = sum_3a;
        sum_3a = (_e100 + (_e98 * v1_load));
        let _e103 = sum_3b;
        sum_3b = (_e103 + (_e98 * v1_load_b));
        let _e106 = ((_e43 + 1u) * 6u);
        let v1_load_c = b1_in[(_e106 + quad_1)];
        let v1_load_d = b1_in[(_e106 + _e25)];
        let _e117 = vec4(v0_load.y);
        let _e119 = sum_0a;
        sum_0a = (_e119 + (_e117 * v1_load_c));
        let _e122 = sum_0b;
        sum_0b = (_e122 + (_e117 * v1_load_d));
        let _e124 = vec4(v0_load_b.y);
        let _e126 = sum_1a;
        sum_1a = (_e126 + (_e124 * v1_load_c));
        let _e129 = sum_1b;
        sum_1b = (_e129 + (_e124 * v1_load_d));
        let _e131 = vec4(v0_load_c.y);
        let _e133 = sum_2a;
        sum_2a = (_e133 + (_e131 * v1_load_c));
        let _e136 = sum_2b;
        sum_2b = (_e136 + (_e131 * v1_load_d));
        let _e138 = vec4(v0_load_d.y);
        let _e140 = sum_3a;
        sum_3a = (_e140 + (_e138 * v1_load_c));
        let _e143 = sum_3b;
        sum_3b = (_e143 + (_e138 * v1_load_d));
        let _e146 = ((_e43 + 2u) * 6u);
        let v1_load_e = b1_in[(_e146 + quad_1)];
        let v1_load_f = b1_in[(_e146 + _e25)];
        let _e157 = vec4(v0_load.z);
        let _e159 = sum_0a;
        sum_0a = (_e159 + (_e157 * v1_load_e));
        let _e162 = sum_0b;
        sum_0b = (_e162 + (_e157 * v1_load_f));
        let _e164 = vec4(v0_load_b.z);
        let _e166 = sum_1a;
        sum_1a = (_e166 + (_e164 * v1_load_e));
        let _e169 = sum_1b;
        sum_1b = (_e169 + (_e164 * v1_load_f));
        let _e171 = vec4(v0_load_c.z);
        let _e173 = sum_2a;
        sum_2a = (_e173 + (_e171 * v1_load_e));
        let _e176 = sum_2b;
        sum_2b = (_e176 + (_e171 * v1_load_f));
        let _e178 = vec4(v0_load_d.z);
        let _e180 = sum_3a;
        sum_3a = (_e180 + (_e178 * v1_load_e));
        let _e183 = sum_3b;
        sum_3b = (_e183 + (_e178 * v1_load_f));
        let _e186 = ((_e43 + 3u) * 6u);
        let v1_load_g = b1_in[(_e186 + quad_1)];
        let v1_load_h = b1_in[(_e186 + _e25)];
        let _e197 = vec4(v0_load.w);
        let _e199 = sum_0a;
        sum_0a = (_e199 + (_e197 * v1_load_g));
        let _e202 = sum_0b;
        sum_0b = (_e202 + (_e197 * v1_load_h));
        let _e204 = vec4(v0_load_b.w);
        let _e206 = sum_1a;
        sum_1a = (_e206 + (_e204 * v1_load_g));
        let _e209 = sum_1b;
        sum_1b = (_e209 + (_e204 * v1_load_h));
        let _e211 = vec4(v0_load_c.w);
        let _e213 = sum_2a;
        sum_2a = (_e213 + (_e211 * v1_load_g));
        let _e216 = sum_2b;
        sum_2b = (_e216 + (_e211 * v1_load_h));
        let _e218 = vec4(v0_load_d.w);
        let _e220 = sum_3a;
        sum_3a = (_e220 + (_e218 * v1_load_g));
        let _e223 = sum_3b;
        sum_3b = (_e223 + (_e218 * v1_load_h));
    }
    let _e228 = sum_0a;
    finish(0u, m_1, quad_1, _e228);
    let _e229 = sum_0b;
    finish(0u, m_1, _e25, _e229);
    let _e230 = sum_1a;
    finish(0u, _e15, quad_1, _e230);
    let _e231 = sum_1b;
    finish(0u, _e15, _e25, _e231);
    let _e232 = sum_2a;
    finish(0u, _e17, quad_1, _e232);
    let _e233 = sum_2b;
    finish(0u, _e17, _e25, _e233);
    let _e234 = sum_3a;
    finish(0u, _e19, quad_1, _e234);
    let _e235 = sum_3b;
    finish(0u, _e19, _e25, _e235);
}
